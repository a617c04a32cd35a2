//! C1 of relaxation: φ_tt + b φ_t + d φ + (1 + θ ∂_t) ψ φ = 0.

use super::closure::{POINTS, Probe, dimension, parse, proof};
use super::condition::Condition;
use super::{Claim, Level, Report};
use genphys_pde::Complex;
use genphys_pde::certificate::{Class, Closure};

/// The form is that of the equation, θ > 0, 1 − bθ + dθ² ≤ 0, and ψ is a Lévy exponent.
pub(super) fn check(
    claim: &Claim,
    conditions: &[Condition],
    form: [&String; 3],
    closure: &Closure,
    report: &mut Report,
) {
    if closure.class != Class::LevyExponent {
        report.add("c1", Level::Rejected, "the proof ends in another class than that of Levy exponents");
        return;
    }
    let Some(dim) = dimension(claim) else { return };
    let texts = form.into_iter().chain([&closure.function]);
    let result = texts.map(|text| parse(text)).collect::<Result<Vec<_>, _>>().and_then(|form| {
        Probe { claim, conditions, dim }.each(53, |model, k, t| {
            let values: Option<Vec<Complex>> = form.iter().map(|e| model.scalar(e, k, t, &[])).collect();
            let (Some(values), Ok(symbol)) = (values, model.symbol(k, t)) else { return Ok(false) };
            let [b, d, theta, psi] = values[..] else { return Ok(false) };
            let [a0, a1, a2] = symbol.a[..] else { return Err("the equation is not of second order".into()) };
            for (found, expected) in [(a0 / a2, d + psi), (a1 / a2, b + theta * psi)] {
                if (found - expected).abs() > 1e-7 * (found.abs() + d.abs() + b.abs() + expected.abs()) {
                    return Err(format!("the form is not that of the equation at k = {k:?}"));
                }
            }
            let (b, d, theta) = (b.re, d.re, theta.re);
            let size = 1.0 + (b * theta).abs() + (d * theta * theta).abs();
            if theta > 0.0 && 1.0 - b * theta + d * theta * theta <= 1e-9 * size {
                Ok(true)
            } else {
                Err("the pole of (s^2 + b s + d)/(1 + theta s) does not interlace with its zeros".into())
            }
        })
    });
    match result {
        Ok(()) => report.add("c1", Level::Probed(POINTS), "the form is relaxation, a mixture over u of exp(-u psi)"),
        Err(text) => {
            report.add("c1", Level::Rejected, text);
            return;
        }
    }
    proof(claim, conditions, closure, report);
}
