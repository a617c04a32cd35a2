//! Exponential function and logarithm that compilers turn into vector instructions.

/// `e^x` in `f32`, within 2 units in the last place on [-87, 88]; clamped outside (Cody-Waite reduction, degree 6).
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
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

/// `ln x` in `f32`, within 2 units in the last place for positive normal `x`; anything smaller counts as the smallest of
/// them. (Cephes `logf`: a mantissa in [√½, √2) and a polynomial of degree 9.)
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
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

#[cfg(test)]
mod tests {
    use super::{exp, ln};

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
