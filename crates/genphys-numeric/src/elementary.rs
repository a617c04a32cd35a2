//! Exponential function and logarithm that compilers turn into vector instructions.

/// `e^x` in `f32`, within 2 units in the last place on [-87, 88]; clamped outside (Cody-Waite reduction, degree 6).
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits, without a library call.
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = if x > 88.0 { 88.0 } else { x };
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let rest = (x - whole * LN2_HIGH) - whole * LN2_LOW;
    let mut series = 1.0 / 720.0;
    for coefficient in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        series = series * rest + coefficient;
    }
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23;
    series * f32::from_bits(exponent)
}

/// `ln x` in `f32`, within 2 units in the last place for positive normal `x`; anything smaller counts as the smallest
/// of them. (Cephes `logf`: a mantissa in [√½, √2) and a polynomial of degree 9.)
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = if x > f32::MIN_POSITIVE { x } else { f32::MIN_POSITIVE };
    // Adding the bits of 1 − √½ carries into the exponent exactly where the mantissa exceeds √2.
    const SHIFT: u32 = 0x3f80_0000 - 0x3f35_04f3;
    let bits = x.to_bits().wrapping_add(SHIFT);
    let exponent = ((bits >> 23) as i32 - 127) as f32;
    let z = f32::from_bits((bits & 0x007f_ffff) + 0x3f35_04f3) - 1.0;
    let mut series = 7.037_683_6e-2;
    for coefficient in [
        -1.151_461e-1,
        1.167_699_9e-1,
        -1.242_014_1e-1,
        1.424_932_3e-1,
        -1.666_805_8e-1,
        2.000_071_5e-1,
        -2.499_999_4e-1,
        3.333_333e-1,
    ] {
        series = series * z + coefficient;
    }
    let square = z * z;
    let low = series * z * square + exponent * LN2_LOW - 0.5 * square;
    z + low + exponent * LN2_HIGH
}

/// Largest argument of [`sin_cos`].
pub const LARGEST_PHASE: f32 = 8192.0;

/// `(sin x, cos x)` in `f32`, within 2e-7 for arguments up to [`LARGEST_PHASE`] (reduction by multiples of π/2 in three
/// parts; Cephes `sinf` and `cosf`).
#[inline(always)]
pub fn sin_cos(x: f32) -> (f32, f32) {
    const ROUND: f32 = 12_582_912.0;
    const HIGH: f32 = 1.570_312_5;
    const MIDDLE: f32 = 4.837_513e-4;
    const LOW: f32 = 7.549_79e-8;
    let shifted = x * std::f32::consts::FRAC_2_PI + ROUND;
    let whole = shifted - ROUND;
    let rest = ((x - whole * HIGH) - whole * MIDDLE) - whole * LOW;
    quarter_turns(rest, shifted.to_bits())
}

/// `(sin, cos)` of an angle within π/4 of zero and as many quarter turns more as the last two bits of `quarter` say.
#[inline(always)]
pub fn quarter_turns(rest: f32, quarter: u32) -> (f32, f32) {
    let square = rest * rest;
    let sine = ((-1.951_529_6e-4 * square + 8.332_161e-3) * square - 1.666_665_5e-1) * square * rest + rest;
    let cosine =
        ((2.443_315_7e-5 * square - 1.388_731_6e-3) * square + 4.166_664_6e-2) * square * square - 0.5 * square + 1.0;
    // A quarter turn exchanges the two, half a turn changes the sign.
    let (a, b) = if quarter & 1 == 0 { (sine, cosine) } else { (cosine, sine) };
    let negative = |condition: u32| (condition & 2) << 30;
    (f32::from_bits(a.to_bits() ^ negative(quarter)), f32::from_bits(b.to_bits() ^ negative(quarter.wrapping_add(1))))
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_PHASE, exp, ln, sin_cos};

    #[test]
    fn sines_and_cosines_agree_with_the_library() {
        let few = (-80_000..=80_000).map(|step| step as f32 * 0.1017);
        for x in few.chain([0.0, 1e-20, -1e-4, LARGEST_PHASE, -LARGEST_PHASE]) {
            let (sine, cosine) = sin_cos(x);
            let (s, c) = f64::from(x).sin_cos();
            assert!((f64::from(sine) - s).abs() < 2e-7, "sin {x}: {sine} {s}");
            assert!((f64::from(cosine) - c).abs() < 2e-7, "cos {x}: {cosine} {c}");
        }
        assert!(sin_cos(f32::NAN).0.is_nan() && sin_cos(f32::NAN).1.is_nan());
    }

    #[test]
    fn agrees_with_the_library() {
        for step in -8700..=8800 {
            let x = step as f32 * 0.01;
            let exact = f64::from(x).exp();
            let error = (f64::from(exp(x)) / exact - 1.0).abs();
            assert!(error < 3e-7, "exp({x}) is off by {error:e}");
        }
        assert!(exp(1e30).is_finite() && exp(-1e30) >= 0.0);
    }

    #[test]
    fn logarithm_agrees_with_the_library() {
        for step in -8000..=8800 {
            let x = (f64::from(step) * 0.01).exp() as f32;
            let exact = f64::from(x).ln();
            let error = (f64::from(ln(x)) - exact).abs();
            assert!(error < 2e-7 * exact.abs().max(0.5), "ln({x}) is off by {error:e}");
        }
        assert_eq!(ln(1.0), 0.0);
        assert!(ln(0.0) < -87.0);
    }
}
