//! Integrals of positive functions that are known by their logarithms, over a line.

/// Nodes of the rule.
pub(crate) const NODES: usize = 15;
const HALF: [(f64, f64, f64); 8] = [
    (0.991_455_371_120_812_6, 0.022_935_322_010_529_224, 0.0),
    (0.949_107_912_342_758_5, 0.063_092_092_629_978_55, 0.129_484_966_168_869_7),
    (0.864_864_423_359_769_1, 0.104_790_010_322_250_19, 0.0),
    (0.741_531_185_599_394_4, 0.140_653_259_715_525_92, 0.279_705_391_489_276_64),
    (0.586_087_235_467_691_1, 0.169_004_726_639_267_9, 0.0),
    (0.405_845_151_377_397_2, 0.190_350_578_064_785_4, 0.381_830_050_505_118_9),
    (0.207_784_955_007_898_47, 0.204_432_940_075_298_88, 0.0),
    (0.0, 0.209_482_141_084_727_82, 0.417_959_183_673_469_4),
];

/// ln of what may be neglected beside the largest value.
const NEGLIGIBLE: f64 = 42.0;

/// Relative error that is aimed at.
const PRECISION: f64 = 2e-15;

/// Panels at most.
const MANY: usize = 400;

/// The rule of Gauss and Kronrod: position in [−1, 1], weight of Kronrod and weight of Gauss.
pub(crate) fn rule(i: usize) -> (f64, f64, f64) {
    if i < 8 {
        let (x, kronrod, gauss) = HALF[i];
        (-x, kronrod, gauss)
    } else {
        HALF[NODES - 1 - i]
    }
}

/// The error of the rule from the difference of its two values, relative to the value.
pub(crate) fn rule_error(difference: f64) -> f64 {
    difference.min((200.0 * difference).powf(1.5)).max(0.1 * difference)
}

/// One interval, with the integral over it and its error.
#[derive(Clone, Copy)]
struct Panel {
    from: f64,
    width: f64,
    value: f64,
    error: f64,
}

/// ln of an integral, its relative error, the left end of what was looked at, and the peak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Integral {
    pub(crate) log: f64,
    pub(crate) error: f64,
    pub(crate) from: f64,
    pub(crate) peak: f64,
}

/// ∫ e^{log(x)} dx around one peak of the integrand, as far as it counts beside it; `start` is a place to look for the
/// peak from, and `noise` the error of the logarithms.
pub(crate) fn log_integral(log: &dyn Fn(f64) -> f64, start: f64, noise: f64) -> Integral {
    integral_within(log, peak(log, start, 1.0), noise, [f64::NEG_INFINITY, f64::INFINITY])
}

/// The same of a function with one peak or two, and places to look for them from, the left one first; ln of the integral
/// and its relative error.
pub(crate) fn log_integral_of_two(log: &dyn Fn(f64) -> f64, starts: [f64; 2], noise: f64) -> (f64, f64) {
    const CUTS: i32 = 200;
    let [left, right] = starts.map(|start| peak(log, start, 1.0));
    let everywhere = [f64::NEG_INFINITY, f64::INFINITY];
    let valley = (1..CUTS)
        .map(|i| left.0 + (right.0 - left.0) * f64::from(i) / f64::from(CUTS))
        .min_by(|a, b| log(*a).total_cmp(&log(*b)))
        .filter(|cut| left.0 < right.0 && log(*cut) < left.2.min(right.2));
    let Some(cut) = valley else {
        let higher = if left.2 > right.2 { left } else { right };
        let whole = integral_within(log, higher, noise, everywhere);
        return (whole.log, whole.error);
    };
    let parts = [
        integral_within(log, left, noise, [f64::NEG_INFINITY, cut]),
        integral_within(log, right, noise, [cut, f64::INFINITY]),
    ];
    let top = parts[0].log.max(parts[1].log);
    let shares = parts.map(|part| (part.log - top).exp());
    let whole = shares[0] + shares[1];
    (top + whole.ln(), (shares[0] * parts[0].error + shares[1] * parts[1].error) / whole)
}

/// Around a peak, given with a width and its value, as far as the limits.
fn integral_within(
    log: &dyn Fn(f64) -> f64,
    (peak, width, top): (f64, f64, f64),
    noise: f64,
    limits: [f64; 2],
) -> Integral {
    if !top.is_finite() {
        return Integral { log: top, error: if top == f64::NEG_INFINITY { 0.0 } else { 1.0 }, from: peak, peak };
    }
    let panel = |from: f64, width: f64| {
        let (mut kronrod, mut gauss) = (0.0, 0.0);
        for i in 0..NODES {
            let (x, more, less) = rule(i);
            let value = (log(from + 0.5 * width * (1.0 + x)) - top).exp();
            kronrod += more * value;
            gauss += less * value;
        }
        let value = 0.5 * width.abs() * kronrod;
        let error = if kronrod > 0.0 { value * rule_error((kronrod - gauss).abs() / kronrod) } else { 0.0 };
        Panel { from, width, value, error }
    };
    let mut panels = Vec::new();
    let mut left = peak;
    for side in [1.0, -1.0] {
        let (mut from, mut next) = (peak, side * width);
        for _ in 0..MANY {
            let inside = (from + next).clamp(limits[0], limits[1]);
            let ends = inside != from + next;
            if ends {
                next = inside - from;
            }
            if log(from + next) > top + 1.0 {
                // Another peak begins, and a higher one.
                break;
            }
            panels.push(panel(from, next));
            from += next;
            if ends || log(from) < top - NEGLIGIBLE || log(from).is_nan() {
                break;
            }
            // Tails that are powers of what is integrated over are long.
            next *= 1.6;
        }
        left = from;
    }
    loop {
        let whole: f64 = panels.iter().map(|panel| panel.value).sum();
        let rough = |panel: &Panel| {
            panel.error > PRECISION * whole
                && panel.error > noise * panel.value
                && panel.width.abs() > 1e-13 * panel.from.abs()
        };
        if panels.len() > MANY || !panels.iter().any(rough) {
            let error = panels.iter().map(|panel| panel.error).sum::<f64>() / whole;
            return Integral { log: top + whole.ln(), error, from: left, peak };
        }
        let split = |old: Panel| {
            let half = 0.5 * old.width;
            if rough(&old) { vec![panel(old.from, half), panel(old.from + half, half)] } else { vec![old] }
        };
        panels = panels.into_iter().flat_map(split).collect();
    }
}

/// The peak of a function, a width within which it falls little, and its value there.
fn peak(log: &dyn Fn(f64) -> f64, start: f64, step: f64) -> (f64, f64, f64) {
    let (mut at, mut step, mut here) = (start, step, log(start));
    for _ in 0..400 {
        let [left, right] = [log(at - step), log(at + step)];
        if right > here || here.is_nan() && right > f64::NEG_INFINITY {
            (at, here, step) = (at + step, right, 1.6 * step);
        } else if left > here || here.is_nan() && left > f64::NEG_INFINITY {
            (at, here, step) = (at - step, left, 1.6 * step);
        } else if here - left.max(right) < 0.5 || step < 1e-15 * (1.0 + at.abs()) {
            break;
        } else {
            step *= 0.4;
        }
    }
    (at, step, here)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::ln_gamma;

    #[test]
    fn gamma_functions() {
        // ∫ e^{sx − e^x} dx = Γ(s): long to the left for small s, narrow for large ones.
        for s in [1e-6, 0.01, 0.5, 1.0, 30.0, 5000.0] {
            let Integral { log, error, .. } = log_integral(&|x| s * x - x.exp(), 3.0, 1e-15);
            let off = (log - ln_gamma(s)).abs();
            assert!(error < 1e-13 && off < 3e-14 + 4e-16 * ln_gamma(s).abs(), "{s}: {off:e} {error:e}");
        }
    }
}
