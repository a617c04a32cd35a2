//! Stage 5: branch -> point-source kernel in closed form (theory, section 6). The families are recognised by the
//! form of the branch, never by the name of the equation.

use crate::dispersion::{quotient, root_text};
use crate::equation::Equation;
use crate::hurwitz;
use crate::positivity::Space;
use crate::print;
use crate::ring::{CPoly, Poly, RADIAL, coefficient, coefficients};
use genphys_pde::derivation::{Kernel, KernelFamily};
use genphys_pde::verdict::Problem;
use std::collections::BTreeMap;

/// The kernel of an isotropic equation with one real branch, if it is a heat, Poisson or Yukawa kernel.
pub(crate) fn find(eq: &Equation, problem: Problem) -> Option<Kernel> {
    if eq.space != Space::Radial || !eq.is_real() || eq.a.iter().any(|c| has_symbolic_power(eq, &c.re)) {
        return None;
    }
    match eq.a.as_slice() {
        [a0, a1] if !eq.ring.has_wave(&a1.re) => first_order(eq, a0, a1),
        [a0, a1, a2] if problem == Problem::HalfSpace && !eq.ring.has_wave(&a1.re) && !eq.ring.has_wave(&a2.re) => {
            half_space(eq, &a0.re, &a1.re, &a2.re)
        }
        _ => None,
    }
}

fn has_symbolic_power(eq: &Equation, p: &Poly) -> bool {
    eq.ring.wave_variables().into_iter().any(|i| i != RADIAL && p.degree(i) > 0)
}

/// The radial exponents that occur besides zero.
fn exponents(p: &Poly) -> Vec<u32> {
    coefficients(p, RADIAL).into_iter().filter(|(c, e)| *e > 0 && !c.is_zero()).map(|(_, e)| u32::from(e)).collect()
}

/// s = −(c + D|k|²) or −(c + v|k|).
fn first_order(eq: &Equation, a0: &CPoly, a1: &CPoly) -> Option<Kernel> {
    let value = |p: Poly| {
        let (num, den) = quotient(&CPoly::real(p), a1);
        print::fraction(&eq.ring, &num, &den)
    };
    let decay = value(eq.ring.at_zero(&a0.re));
    let [exponent] = exponents(&a0.re)[..] else { return None };
    let weight = value(coefficient(&a0.re, RADIAL, u16::try_from(exponent).ok()?));
    if exponent == 2 * eq.ring.root {
        Some(heat(weight, decay))
    } else if exponent == eq.ring.root {
        Some(poisson(weight, decay))
    } else {
        None
    }
}

/// s = −b/(2a) − √Ψ with 4a²Ψ = b² − 4ac.
fn half_space(eq: &Equation, c: &Poly, b: &Poly, a: &Poly) -> Option<Kernel> {
    let (a, b, c) = if eq.oracle.signs(a).always_negative() {
        (-a.clone(), -b.clone(), -c.clone())
    } else {
        (a.clone(), b.clone(), c.clone())
    };
    if !eq.oracle.signs(&a).always_positive() {
        return None;
    }
    let psi = hurwitz::discriminant(&a, &b, &c);
    let double = crate::ring::scale(&a, 2);
    let decay = print::fraction(&eq.ring, &CPoly::real(b), &double);
    let [exponent] = exponents(&psi)[..] else { return None };
    let weight = coefficient(&psi, RADIAL, u16::try_from(exponent).ok()?);
    let constant = eq.ring.at_zero(&psi);
    let root = |p: &Poly| root_text(eq, p, &a);
    match (exponent / eq.ring.root, exponent % eq.ring.root, constant.is_zero()) {
        (2, 0, true) => Some(poisson(root(&weight), decay)),
        (2, 0, false) => Some(yukawa(root(&weight), root(&constant), decay)),
        (4, 0, true) => Some(heat(root(&weight), decay)),
        _ => None,
    }
}

fn kernel(family: KernelFamily, parameters: &[(&str, String)], texts: [String; 4]) -> Kernel {
    let parameters: BTreeMap<String, String> = parameters.iter().map(|(k, v)| ((*k).to_string(), v.clone())).collect();
    let [velocity, growth, sampler, prior] = texts;
    Kernel { family, parameters, velocity, growth, sampler, prior }
}

/// `-decay`, or `0`.
fn killed(decay: &str) -> String {
    if decay == "0" { "0".into() } else { format!("-{}", print::grouped(decay)) }
}

fn heat(diffusivity: String, decay: String) -> Kernel {
    let growth = killed(&decay);
    let prior =
        format!("Gaussian with variance 2*{}*T per coordinate around the data mean", print::grouped(&diffusivity));
    let sampler = format!("z = sqrt(2*{}*t)*xi, xi standard normal", print::grouped(&diffusivity));
    kernel(
        KernelFamily::Heat,
        &[("diffusivity", diffusivity), ("decay", decay)],
        ["z/(2*t)".into(), growth, sampler, prior],
    )
}

fn poisson(speed: String, decay: String) -> Kernel {
    let growth = killed(&decay);
    let scale = if speed == "1" { "T".to_string() } else { format!("{}*T", print::grouped(&speed)) };
    let sampler = "z = sqrt(2*u)*xi, u = (speed*t)^2/(2*chi^2_1), xi standard normal".to_string();
    kernel(
        KernelFamily::Poisson,
        &[("speed", speed), ("decay", decay)],
        ["z/t".into(), growth, sampler, format!("multivariate Cauchy of scale {scale} around the data mean")],
    )
}

fn yukawa(speed: String, mass: String, decay: String) -> Kernel {
    let extra = if decay == "0" { String::new() } else { format!(" - {}", print::grouped(&decay)) };
    let growth = format!(
        "-kappa*rho*K_(nu-1)(kappa*rho)/(t*K_nu(kappa*rho)){extra}, kappa = mass/speed, rho^2 = |z|^2 + (speed*t)^2, nu = (N+1)/2"
    );
    let sampler =
        "z = sqrt(2*u)*xi, u inverse Gaussian with mean speed^2*t/(2*mass) and shape (speed*t)^2/2, xi standard normal";
    kernel(
        KernelFamily::Yukawa,
        &[("speed", speed), ("mass", mass), ("decay", decay)],
        [
            "z/t".into(),
            growth,
            sampler.into(),
            "the kernel itself at t = T around the data mean (Gaussian scale mixture)".into(),
        ],
    )
}
