//! C1 of relaxation: φ_tt + b φ_t + d φ + (1 + θ ∂_t) ψ φ = 0.

use super::closure::{POINTS, Probe, dimension, parse, proof};
use super::condition::Condition;
use super::{Claim, Level, Report};
use genphys_pde::Complex;
use genphys_pde::certificate::{Class, Closure};

/// The form is that of the equation, θ > 0, ψ is a Lévy exponent, and 1 − bθ + dθ² ≤ 0, or in N = 1 for ψ = c k² the zeros of
/// s² + bs + d lie in [−1/θ, 0].
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
    let stated = conditions.iter().filter_map(Condition::unreadable).any(|c| c == "N = 1");
    let on_the_line = stated || claim.dims.1 == Some(1);
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
            let at_pole = 1.0 - b * theta + d * theta * theta;
            let twice: Vec<f64> = k.iter().map(|x| 2.0 * x).collect();
            let is_square = || {
                let double = model.scalar(&form[3], &twice, t, &[]).unwrap_or_default();
                (double - psi * Complex::real(4.0)).abs() <= 1e-9 * double.abs()
            };
            let right_of_pole = at_pole >= -1e-9 * size && 2.0 - b * theta >= -1e-9 * size;
            let real_zeros = b >= 0.0 && d >= 0.0 && b * b >= 4.0 * d * (1.0 - 1e-12);
            if theta > 0.0 && (at_pole <= 1e-9 * size || (on_the_line && right_of_pole && real_zeros && is_square())) {
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
