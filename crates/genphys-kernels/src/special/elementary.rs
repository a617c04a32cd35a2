//! Logarithms written so that nothing cancels and nothing overflows.

/// ln(1 + q²) for any q, also where q² overflows.
pub fn ln_one_plus_square(q: f64) -> f64 {
    if q.abs() < 1e8 { (q * q).ln_1p() } else { 2.0 * q.abs().ln() }
}

/// ln(1 + x) − x for x > −1, without the cancellation at small x.
pub fn ln_one_plus_minus(x: f64) -> f64 {
    if x.abs() > 0.1 {
        return x.ln_1p() - x;
    }
    // With s = x/(2 + x): ln(1+x) = 2 artanh s, and x = 2s/(1 − s), so ln(1+x) − x = −x s + 2(s³/3 + s⁵/5 + …).
    let s = x / (2.0 + x);
    let square = s * s;
    let mut power = s * square;
    let mut sum = 0.0;
    let mut odd = 3.0;
    while power.abs() > 1e-18 * square {
        sum += power / odd;
        power *= square;
        odd += 2.0;
    }
    2.0 * sum - x * s
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithm_of_one_plus_square_at_all_scales() {
        assert!((ln_one_plus_square(2.0) - 5f64.ln()).abs() < 1e-15);
        assert!((ln_one_plus_square(1e-9) / 1e-18 - 1.0).abs() < 1e-15);
        assert!((ln_one_plus_square(1e200) - 400.0 * 10f64.ln()).abs() < 1e-12);
        let edge = 1e8;
        let (below, above) = (ln_one_plus_square(edge * (1.0 - 1e-15)), ln_one_plus_square(edge));
        assert!((below - above).abs() < 1e-14);
    }

    #[test]
    fn logarithm_minus_argument() {
        assert_eq!(ln_one_plus_minus(0.0), 0.0);
        // −x²/2 + x³/3 − x⁴/4 + … to the digits that matter.
        for x in [1e-12, -1e-9, 1e-5, -1e-3f64] {
            let series = x * x * (-0.5 + x * (1.0 / 3.0 + x * (-0.25 + x * (0.2 - x / 6.0))));
            assert!((ln_one_plus_minus(x) / series - 1.0).abs() < 1e-13, "{x}");
        }
        for x in [0.0999999, -0.0999999, 0.05f64] {
            assert!((ln_one_plus_minus(x) / (x.ln_1p() - x) - 1.0).abs() < 1e-13, "{x}");
        }
    }
}
