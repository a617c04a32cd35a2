//! C1 of φ_tt + (D − 1)/t φ_t + (c |k|² − μ) φ = 0 in N ≤ 2 − D.

use super::closure::{POINTS, Probe, dimension, parse};
use super::condition::Condition;
use super::{Claim, Level, Report};

/// The form is that of the equation, c > 0, μ ≥ 0, and N ≤ 2 − D for every N of the claim.
pub(super) fn check(claim: &Claim, conditions: &[Condition], form: [&String; 3], report: &mut Report) {
    let stated = conditions.iter().filter_map(Condition::unreadable).find_map(|text| {
        let (_, n) = text.strip_prefix("N ")?.split_once("= ")?;
        n.parse::<u32>().ok()
    });
    let largest = [stated, claim.dims.1].into_iter().flatten().min();
    let (Some(largest), Some(dim)) = (largest, dimension(claim)) else {
        report.add("c1", Level::Rejected, "no form of this kind is one in every dimension");
        return;
    };
    let result = form.into_iter().map(|text| parse(text)).collect::<Result<Vec<_>, _>>().and_then(|form| {
        Probe { claim, conditions, dim }.each(59, |model, k, t| {
            let values: Option<Vec<f64>> = form.iter().map(|e| model.scalar(e, k, t, &[]).map(|z| z.re)).collect();
            let (Some(values), Some((d, psi))) = (values, model.bessel(k, t)) else { return Ok(false) };
            let [stated_d, c, growth] = values[..] else { return Ok(false) };
            let square: f64 = k.iter().map(|x| x * x).sum();
            let expected = growth - c * square;
            let size = growth.abs() + c.abs() * square;
            if (d - stated_d).abs() > 1e-7 * (1.0 + d.abs()) || (psi - expected).abs() > 1e-7 * size {
                return Err(format!("the form is not that of the equation at k = {k:?}"));
            }
            if c > 0.0 && growth >= 0.0 && f64::from(largest) <= 2.0 - d + 1e-9 {
                Ok(true)
            } else {
                Err(format!("D = {d}, c = {c}, growth = {growth} do not make means over spheres in N = {largest}"))
            }
        })
    });
    match result {
        Ok(()) => report.add("c1", Level::Probed(POINTS), "the form is a mixture of means over spheres in N <= 2 - D"),
        Err(text) => report.add("c1", Level::Rejected, text),
    }
}
