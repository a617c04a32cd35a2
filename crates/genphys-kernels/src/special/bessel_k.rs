//! The modified Bessel function K_ν(x) for real ν > 0 and any x ≥ 0, as a logarithm and as a ratio.
//!
//! Below order 20 the pair K_μ, K_{μ+1} with |μ| ≤ ½ starts the upward recurrence, which is stable and a sum of
//! positive terms: Temme's series for x ≤ 2, Steed's continued fraction beyond (Temme, *J. Comput. Phys.* 19 (1975)
//! 324; Thompson, Barnett, *Comput. Phys. Commun.* 47 (1987) 245), closed form for half-integers. From order 20 on: the
//! uniform expansion.

use super::debye;
use super::gamma::ln_gamma;
use std::f64::consts::{FRAC_PI_2, LN_2, PI};

/// Taylor coefficients of 1/Γ(1 + μ) at 0.
const RECIPROCAL_GAMMA: [f64; 18] = [
    1.0,
    0.577_215_664_901_532_9,
    -0.655_878_071_520_253_9,
    -0.042_002_635_034_095_24,
    0.166_538_611_382_291_5,
    -0.042_197_734_555_544_34,
    -0.009_621_971_527_876_975,
    0.007_218_943_246_663_1,
    -0.001_165_167_591_859_065_2,
    -0.000_215_241_674_114_950_98,
    0.000_128_050_282_388_116_2,
    -2.013_485_478_078_824e-5,
    -1.250_493_482_142_670_6e-6,
    1.133_027_231_981_696e-6,
    -2.056_338_416_977_607e-7,
    6.116_095_104_481_416e-9,
    5.002_007_644_469_223e-9,
    -1.181_274_570_487_02e-9,
];

/// ln[x^ν K_ν(x) / (2^{ν−1} Γ(ν))] for ν > 0 and x ≥ 0.
///
/// Zero at x = 0 and falling from there; exactly −x at ν = ½. It is the logarithm of the Yukawa kernel over the Poisson
/// kernel (ν = (N+1)/2, x = mρ), and of the characteristic function of PFGM++ (ν = D/2, x = kt).
pub fn log_bessel_k_normalised(order: f64, x: f64) -> f64 {
    if x == 0.0 {
        return 0.0;
    }
    if order >= debye::MINIMUM_ORDER {
        return debye::log_normalised(order, x);
    }
    let steps = (order + 0.5).floor();
    let fraction = order - steps;
    if steps < 0.5 {
        return log_normalised_directly(order, x, Pair::at(order, x).log_lower);
    }
    // Half-integers start at ½ itself, where everything is elementary; all others at μ + 1. `excess` is w_ν − 2ν.
    let (mut current, mut log, mut excess) = if fraction == -0.5 {
        (0.5, -x, x)
    } else {
        let pair = Pair::at(fraction, x);
        let start = fraction + 1.0;
        // x K_{μ+1} = w K_μ.
        let log = pair.log_lower + pair.w.ln() + fraction * (0.5 * x).ln() - ln_gamma(start);
        (start, log, x * (x / pair.w))
    };
    // From ν to ν + 1 the value grows by ln(w_ν/2ν) = ln(1 + excess/2ν).
    while current + 0.5 < order {
        log += (excess / (2.0 * current)).ln_1p();
        excess = x * (x / (2.0 * current + excess));
        current += 1.0;
    }
    log
}

/// K_{ν−1}(x)/K_ν(x) for ν > 0 and x > 0. Below 1 for ν > ½, equal to 1 at ν = ½, and ~ x/(2(ν−1)) as x → 0 for ν > 1.
pub fn bessel_k_ratio(order: f64, x: f64) -> f64 {
    if order < 0.5 { Pair::at(-order, x).w / x } else { x / upward_ratio(order - 1.0, x) }
}

/// x K_{ν−1}(x)/K_ν(x) for ν > 0 and x ≥ 0, zero at x = 0.
pub fn scaled_bessel_k_ratio(order: f64, x: f64) -> f64 {
    if x == 0.0 {
        0.0
    } else if order < 0.5 {
        // K_{ν−1} = K_{1−ν}: one step up from −ν.
        Pair::at(-order, x).w
    } else {
        x * (x / upward_ratio(order - 1.0, x))
    }
}

/// w_ν(x) = x K_{ν+1}(x)/K_ν(x) for ν ≥ −½, x > 0; w_ν = 2ν + x²/w_{ν−1}.
fn upward_ratio(order: f64, x: f64) -> f64 {
    if order >= debye::MINIMUM_ORDER {
        return debye::upward_ratio(order, x);
    }
    let mut current = order - (order + 0.5).floor();
    let mut w = if current == -0.5 { x } else { Pair::at(current, x).w };
    while current + 0.5 < order {
        current += 1.0;
        w = 2.0 * current + x * (x / w);
    }
    w
}

/// ln[x^ν K_ν / (2^{ν−1}Γ(ν))] from ln K_ν, for small ν.
fn log_normalised_directly(order: f64, x: f64, log_k: f64) -> f64 {
    log_k + order * (0.5 * x).ln() + LN_2 - ln_gamma(order)
}

/// The start of the recurrence at |μ| ≤ ½.
struct Pair {
    /// ln K_μ(x).
    log_lower: f64,
    /// x K_{μ+1}(x)/K_μ(x).
    w: f64,
}

impl Pair {
    fn at(order: f64, x: f64) -> Self {
        if x <= 2.0 { Self::temme(order, x) } else { Self::steed(order, x) }
    }

    /// Temme's series, x ≤ 2.
    fn temme(order: f64, x: f64) -> Self {
        // 1/Γ(1±μ) = even ± odd; Γ₁ = −odd/μ, Γ₂ = even in Temme's notation.
        let square = order * order;
        let fold = |first: usize| RECIPROCAL_GAMMA.iter().skip(first).step_by(2).rev().fold(0.0, |s, c| s * square + c);
        let (even, odd_over_order) = (fold(0), fold(1));
        let log_half = -(0.5 * x).ln();
        let exponent = order * log_half;
        let angle = PI * order;
        let sine = if angle.abs() < 1e-8 { 1.0 } else { angle / angle.sin() };
        let sinh = if exponent.abs() < 1e-8 { 1.0 } else { exponent.sinh() / exponent };
        let mut f = sine * (-odd_over_order * exponent.cosh() + even * sinh * log_half);
        let power = exponent.exp();
        let mut p = 0.5 * power / (even + order * odd_over_order);
        let mut q = 0.5 / (power * (even - order * odd_over_order));
        let mut coefficient = 1.0;
        let quarter = 0.25 * x * x;
        let (mut lower, mut upper) = (f, p);
        let mut i = 1.0;
        while i < 60.0 {
            f = (i * f + p + q) / (i * i - square);
            coefficient *= quarter / i;
            p /= i - order;
            q /= i + order;
            let step = coefficient * f;
            lower += step;
            upper += coefficient * (p - i * f);
            if step.abs() < 1e-17 * lower.abs() {
                break;
            }
            i += 1.0;
        }
        // K_{μ+1} = (2/x) Σ.
        Self { log_lower: lower.ln(), w: 2.0 * upper / lower }
    }

    /// Steed's evaluation of the second continued fraction, x > 2.
    fn steed(order: f64, x: f64) -> Self {
        let first = 0.25 - order * order;
        let mut b = 2.0 * (1.0 + x);
        let mut d = 1.0 / b;
        let mut h = d;
        let mut step_h = d;
        let (mut q1, mut q2) = (0.0, 1.0);
        let mut q = first;
        let mut c = first;
        let mut a = -first;
        let mut s = 1.0 + q * step_h;
        let mut i = 2.0;
        while i < 10_000.0 {
            a -= 2.0 * (i - 1.0);
            c = -a * c / i;
            let next = (q1 - b * q2) / a;
            q1 = q2;
            q2 = next;
            q += c * next;
            b += 2.0;
            // b d − 1 without the cancellation that would keep the steps from shrinking at large x.
            let previous = d;
            d = 1.0 / (b + a * d);
            step_h *= -a * previous * d;
            h += step_h;
            let step = q * step_h;
            s += step;
            if step.abs() < 1e-17 * s.abs() {
                break;
            }
            i += 1.0;
        }
        Self { log_lower: 0.5 * (FRAC_PI_2 / x).ln() - x - s.ln(), w: order + x + 0.5 - first * h }
    }
}
