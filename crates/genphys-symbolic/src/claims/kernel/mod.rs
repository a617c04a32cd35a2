//! Stage 5: branch -> point-source kernel (theory, section 6), its prior and how far it is from it at a finite time.
//! The families are recognised by the form of the branch, never by the name of the equation. Every isotropic equation
//! with a Bernstein exponent has a kernel: a Gaussian scale mixture over the subordinator u(t).

mod clocked;
mod family;
mod gaussian;
mod subordinated;

use crate::algebra::components::in_terms_of_components;
use crate::algebra::polynomial::monomials;
use crate::algebra::positivity::{Space, form_matrix};
use crate::algebra::print;
use crate::algebra::ring::{CPoly, Poly, RADIAL, coefficient, coefficients};
use crate::claims::answer::C2;
use crate::claims::bessel;
use crate::claims::c1::density_is_derived;
use crate::equation::declared::time_range;
use crate::equation::dispersion::{quotient, root_text};
use crate::equation::linear::Equation;
use crate::trees::expression::{exact, name, sub};
use family::{Found, heat, poisson, yukawa};
use genphys_pde::certificate::Certificate;
use genphys_pde::derivation::{Kernel, KernelFamily, exponent_variable};
use genphys_pde::verdict::{ConditionReport, Problem, Status};

/// The kernel of an equation for which C1 holds, perhaps under conditions, by the certificate of that.
pub(crate) fn find(eq: &Equation, c2: &C2, c1: &ConditionReport) -> Option<Kernel> {
    let holds = matches!(c1.status, Status::Holds | Status::Conditional);
    if !holds || c2.band.is_some() || !density_is_derived(eq) {
        return None;
    }
    let found = of_the_branch(eq, c2.problem(), c1.certificate.as_ref()).filter(|found| !stands_still(found))?;
    let found = in_interval(eq, found)?;
    let lambda = exponent_variable(eq.pde.params.iter().map(|param| param.name.as_str()));
    Kernel::new(found.constants()?, &eq.pde.time.name, &lambda)
}

/// Whether nothing moves, so that a point source stays a point, which has no density.
fn stands_still(found: &Found) -> bool {
    ["exponent", "covariance", "diffusivity", "clock", "clock_rate"]
        .iter()
        .any(|name| found.parameters.get(*name).is_some_and(|v| v == "0"))
}

/// The kernel from the start of the time, which is 0 in the formulas, and what the interval is where it is not (0,
/// inf).
fn in_interval(eq: &Equation, mut found: Found) -> Option<Found> {
    let range = time_range(eq.pde);
    let (start, _) = range.lower?;
    let in_time = found.family == KernelFamily::Gaussian
        || ["clock", "clock_rate"].iter().any(|name| found.parameters.contains_key(*name));
    if !start.is_zero() && !in_time {
        let elapsed = genphys_pde::print_expr(&sub(&name(&eq.pde.time.name), &exact(&start)));
        let mut log_mass = "0".to_string();
        if let Some(decay) = found.parameters.get_mut("decay").filter(|decay| *decay != "0") {
            log_mass = format!("-({decay})*({elapsed})");
            *decay = "0".into();
        }
        found = found.with([("clock", elapsed), ("scale", "1".into()), ("mean", "0".into()), ("log_mass", log_mass)]);
    }
    if !start.is_zero() {
        found = found.with([("start", print::number(&start))]);
    }
    if let Some((end, _)) = range.upper {
        found = found.with([("end", print::number(&end))]);
    }
    Some(found)
}

fn of_the_branch(eq: &Equation, problem: Problem, proof: Option<&Certificate>) -> Option<Found> {
    if let Some(form) = bessel::recognise(eq) {
        return if problem == Problem::HalfSpace { pfgmpp(eq, &form) } else { None };
    }
    if eq.order() == 1 && (eq.depends_on_time() || eq.motion.is_some() || eq.space != Space::Radial) {
        return gaussian::find(eq).or_else(|| clocked::find(eq, proof?));
    }
    if eq.order() == 2 && problem == Problem::Evolution {
        return telegraph(eq, proof?);
    }
    if let (Space::Components(n), Problem::HalfSpace, true) = (eq.space, problem, eq.is_real()) {
        return shaped(eq, n as usize);
    }
    if eq.space != Space::Radial || !eq.is_real() {
        return None;
    }
    closed_form(eq, problem).or_else(|| subordinated::find(eq, proof?))
}

/// Heat, Poisson or Yukawa.
fn closed_form(eq: &Equation, problem: Problem) -> Option<Found> {
    if eq.a.iter().any(|c| eq.ring.has_atom(&c.re)) {
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

/// The radial exponents that occur besides zero.
fn exponents(p: &Poly) -> Vec<u32> {
    coefficients(p, RADIAL).into_iter().filter(|(c, e)| *e > 0 && !c.is_zero()).map(|(_, e)| u32::from(e)).collect()
}

/// s = −(c + D|k|²) or −(c + v|k|).
fn first_order(eq: &Equation, a0: &CPoly, a1: &CPoly) -> Option<Found> {
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

/// a > 0, 4a²Ψ = b² − 4ac and the decay b/(2a) of s = −b/(2a) − √Ψ.
fn decaying_root(eq: &Equation, c: &Poly, b: &Poly, a: &Poly) -> Option<(Poly, Poly, String)> {
    let negative = eq.oracle.signs(a).always_negative();
    let [c, b, a] = [c, b, a].map(|p| if negative { -p.clone() } else { p.clone() });
    if !eq.oracle.signs(&a).always_positive() {
        return None;
    }
    let psi = crate::algebra::polynomial::discriminant(&a, &b, &c);
    let decay = print::fraction(&eq.ring, &CPoly::real(b), &crate::algebra::ring::scale(&a, 2));
    Some((a, psi, decay))
}

/// Poisson, Yukawa or heat, where Ψ is a power of |k| and a constant.
fn half_space(eq: &Equation, c: &Poly, b: &Poly, a: &Poly) -> Option<Found> {
    let (a, psi, decay) = decaying_root(eq, c, b, a)?;
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

/// Poisson or Yukawa with k·Ak in place of |k|²: s = −b/(2a) − √(c + k·Ak).
fn shaped(eq: &Equation, n: usize) -> Option<Found> {
    let [c, b, a] = eq.a.as_slice() else { return None };
    if [c, b, a].iter().any(|p| eq.ring.has_atom(&p.re)) || eq.ring.has_wave(&a.re) || eq.ring.has_wave(&b.re) {
        return None;
    }
    let (a, psi, decay) = decaying_root(eq, &c.re, &b.re, &a.re)?;
    let psi = in_terms_of_components(&eq.ring, &psi);
    let constant = eq.ring.at_zero(&psi);
    let form = monomials(&(&psi - &constant), &eq.ring);
    let four = crate::algebra::ring::scale(&(&a * &a), 4);
    let matrix = form_matrix(&form, &eq.ring.wave_variables(), n, &psi)?;
    let rows: Vec<String> = matrix
        .iter()
        .map(|row| {
            let entries = row.iter().map(|entry| print::fraction(&eq.ring, &CPoly::real(entry.clone()), &four));
            format!("[{}]", entries.collect::<Vec<_>>().join(", "))
        })
        .collect();
    let found = if constant.is_zero() {
        poisson("1".into(), decay)
    } else {
        yukawa("1".into(), root_text(eq, &constant, &a), decay)
    };
    Some(found.with([("shape", format!("[{}]", rows.join(", ")))]))
}

/// φ_tt + (D − 1)/t φ_t + c²∇²φ − m²φ = 0.
fn pfgmpp(eq: &Equation, form: &bessel::Bessel) -> Option<Found> {
    let (psi, den) = (&form.psi.0, &form.psi.1);
    if eq.space != Space::Radial || eq.ring.has_atom(psi) {
        return None;
    }
    let [exponent] = exponents(psi)[..] else { return None };
    if exponent != 2 * eq.ring.root {
        return None;
    }
    // root_text gives √p/(2a).
    let root = |p: &Poly| root_text(eq, &crate::algebra::ring::scale(&(p * den), 4), den);
    let speed = root(&coefficient(psi, RADIAL, u16::try_from(exponent).ok()?));
    let constant = eq.ring.at_zero(psi);
    let d = print::fraction(&eq.ring, &CPoly::real(form.d.0.clone()), &form.d.1);
    Some(if constant.is_zero() {
        Found::new(KernelFamily::Pfgmpp, [("D", d), ("speed", speed)])
    } else {
        let mass = root(&constant);
        Found::new(KernelFamily::ScreenedPfgmpp, [("D", d), ("speed", speed), ("mass", mass)])
    })
}

/// Kac's random walk, in N = 1.
fn telegraph(eq: &Equation, proof: &Certificate) -> Option<Found> {
    let Certificate::Telegraph { a, b, c, d, drift: None, .. } = proof else { return None };
    if eq.dims.only() != Some(1) || c == "0" {
        return None;
    }
    let over = |top: &str, bottom: &str| match (top, bottom) {
        ("0", _) => "0".to_string(),
        (top, "1") => top.to_string(),
        (top, bottom) => format!("{}/({bottom})", print::grouped(top)),
    };
    let root = |text: String| if matches!(text.as_str(), "0" | "1") { text } else { format!("sqrt({text})") };
    let double = if a == "1" { "2".to_string() } else { format!("2*({a})") };
    let (damping, mass) = (over(b, &double), root(over(d, a)));
    Some(Found::new(KernelFamily::Telegraph, [("damping", damping), ("speed", root(over(c, a))), ("mass", mass)]))
}
