//! ln Γ and the difference of two of them.

use super::elementary::ln_one_plus_minus;
use std::f64::consts::{LN_2, PI};

/// 1 − γ, the slope of ln Γ at 2.
const ONE_MINUS_EULER: f64 = 0.422_784_335_098_467_13;

/// (−1)^k (ζ(k) − 1)/k for k = 2, 3, …: the Taylor series of ln Γ about 2.
const ABOUT_TWO: [f64; 24] = [
    0.322_467_033_424_113_2,
    -0.067_352_301_053_198_1,
    0.020_580_808_427_784_546,
    -0.007_385_551_028_673_985,
    0.002_890_510_330_741_523_4,
    -0.001_192_753_911_703_261,
    0.000_509_669_524_743_042_5,
    -0.000_223_154_758_453_579_39,
    9.945_751_278_180_853e-5,
    -4.492_623_673_813_314e-5,
    2.050_721_277_567_069e-5,
    -9.439_488_275_268_397e-6,
    4.374_866_789_907_488e-6,
    -2.039_215_753_801_366e-6,
    9.551_412_130_407_42e-7,
    -4.492_469_198_764_566e-7,
    2.120_718_480_555_466_7e-7,
    -1.004_322_482_396_81e-7,
    4.769_810_169_363_980_4e-8,
    -2.271_109_460_894_316_4e-8,
    1.083_865_921_489_695_5e-8,
    -5.183_475_041_970_047e-9,
    2.483_674_543_802_478e-9,
    -1.192_140_140_586_091_2e-9,
];

/// Bernoulli coefficients B_{2n}/(2n(2n−1)) of Stirling's series.
const STIRLING: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
    1.0 / 156.0,
    -3617.0 / 122_400.0,
];

/// ln Γ(x) − [(x − ½) ln x − x + ½ ln 2π] for x ≥ 10, about 1/(12x).
pub fn stirling_correction(x: f64) -> f64 {
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    STIRLING.iter().rev().fold(0.0, |sum, c| sum * square + c) * inverse
}

/// ln Γ(x) for x > 0, to about 1e-15 relative also next to its zeros at 1 and 2. NaN for x ≤ 0.
pub fn ln_gamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    if x < 0.5 {
        return about_two(x) - x.ln() - x.ln_1p();
    }
    if x < 1.5 {
        return about_two(x - 1.0) - (x - 1.0).ln_1p();
    }
    if x < 10.0 {
        // Γ(x) = (x−1)(x−2)…Γ(x−n) with x − n next to 2.
        let mut rest = x;
        let mut product = 1.0;
        while rest >= 2.5 {
            rest -= 1.0;
            product *= rest;
        }
        return about_two(rest - 2.0) + f64::ln(product);
    }
    (x - 0.5) * x.ln() - x + 0.5 * (LN_2 + PI.ln()) + stirling_correction(x)
}

/// ln Γ(2 + e) for |e| ≤ ½.
fn about_two(e: f64) -> f64 {
    e * (ONE_MINUS_EULER + e * ABOUT_TWO.iter().rev().fold(0.0, |sum, c| sum * e + c))
}

/// ln[Γ(a + b)/Γ(a)] for a > 0, b ≥ 0, without cancellation when a ≫ b.
pub fn ln_gamma_ratio(a: f64, b: f64) -> f64 {
    if a < 10.0 {
        return ln_gamma(a + b) - ln_gamma(a);
    }
    let e = b / a;
    b * a.ln() + a * ln_one_plus_minus(e) + (b - 0.5) * e.ln_1p() + stirling_correction(a + b) - stirling_correction(a)
}
