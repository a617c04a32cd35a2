//! First order in time, φ_t = −(c(t) + g(t) B(|k|) − i b(t)·k) φ with linear drift θ(t) ∇·(xφ): the kernel of B with a
//! clock, τ = ∫g, in coordinates that move with the drift, x = e^{−Θ} (y + ∫b). With linear drift B must be a power of
//! |k|, whose clock is ∫ g e^{αΘ}. Where that integral has no closed form, the kernel has the rate of the clock, which the
//! model integrates.

use super::family::{Found, heat};
use super::gaussian::moved;
use super::subordinated;
use crate::algebra::polynomial::monomials;
use crate::algebra::print;
use crate::algebra::ring::{CPoly, Meaning, Poly, lowest_terms};
use crate::algebra::tree;
use crate::claims::c2::amplitude::{accumulated_text, mass_text};
use crate::equation::clock::degree;
use crate::equation::linear::Equation;
use genphys_pde::certificate::{Certificate, Class, Closure};

/// The kernel, where all parts of the exponent share one function of the time, and drift and mass have a closed form.
pub(super) fn find(eq: &Equation, proof: &Certificate) -> Option<Found> {
    // The exponents of a clock are those at each time up to their weights.
    let Certificate::LevyExponent { closure, .. } = proof else { return None };
    if !of_bernstein_functions(closure) {
        return None;
    }
    let [a0, a1] = eq.a.as_slice() else { return None };
    if !a1.is_real() || eq.ring.has_wave(&a1.re) {
        return None;
    }
    let den = &a1.re;
    let constant = eq.ring.at_zero(&a0.re);
    let rest = &a0.re - &constant;
    let list = monomials(&rest, &eq.ring);
    let wave = eq.ring.wave_variables();
    let named = |key: &[u16]| {
        wave.iter().zip(key).any(|(i, e)| *e > 0 && matches!(eq.ring.meanings[*i], Meaning::Component(_)))
    };
    if list.iter().any(|(key, _)| named(key)) {
        return None;
    }
    let (key, weight) = list.iter().find(|(_, c)| eq.oracle.signs(&(c * den)).always_positive())?;
    let (num, other) = lowest_terms(&rest, weight);
    if eq.ring.has_time(&num) || eq.ring.has_time(&other) || eq.motion.is_some() && list.len() > 1 {
        return None;
    }
    let (scale, mean) = moved(eq, &a0.im, den)?;
    let (named, clock) = match accumulated_text(eq, key, weight, den) {
        Some(clock) => ("clock", clock),
        None => ("clock_rate", rate(eq, key, weight, den, &scale)?),
    };
    let mass = mass_text(eq, &constant, den)?;
    let exponent = tree::fraction(&eq.ring, &CPoly::real(num), &other)?;
    let log_mass = if mass == "0" { mass } else { format!("-{}", print::operand(&mass)) };
    let found = match subordinated::of_function(eq, &exponent, "0")? {
        // Gaussians whose integrals have a closed form do not come here.
        found if found.is_heat() => heat("1".into(), "0".into()),
        found => found,
    };
    Some(found.with([(named, clock), ("scale", scale), ("mean", mean), ("log_mass", log_mass)]))
}

/// g e^{aΘ}, whose integral has no closed form, for a power a of |k|.
fn rate(eq: &Equation, key: &[u16], weight: &Poly, den: &Poly, scale: &str) -> Option<String> {
    let rate = print::fraction(&eq.ring, &CPoly::real(weight.clone()), den);
    if scale == "1" {
        return Some(rate);
    }
    let degree = print::number(&degree(eq, key)?);
    let text = format!("({rate})/({scale})^({degree})");
    genphys_pde::parse_expression(&text).ok().map(|rate| genphys_pde::print_expr(&rate))
}

/// Whether the proof goes by Bernstein functions of |k|² alone, so that the kernel is a Gaussian scale mixture;
/// positive definite functions such as sin(k)/k are none.
fn of_bernstein_functions(closure: &Closure) -> bool {
    closure.class != Class::PositiveDefinite && closure.of.iter().all(of_bernstein_functions)
}
