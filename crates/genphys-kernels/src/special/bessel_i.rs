//! Modified Bessel functions of the first kind, orders zero and one.

/// From here on asymptotic series are used; their terms fall to 1e-16 before they grow.
const LARGE: f64 = 40.0;

/// ln I₀(x) for x ≥ 0.
pub fn log_bessel_i0(x: f64) -> f64 {
    if x < LARGE {
        series(x, 0.0).ln()
    } else {
        x - 0.5 * (2.0 * std::f64::consts::PI * x).ln() + asymptotic(x, 0.0).ln()
    }
}

/// I₁(x)/(x I₀(x)) for x ≥ 0: one half at zero, 1/x far out.
pub fn bessel_i_ratio(x: f64) -> f64 {
    if x < LARGE { 0.5 * series(x, 1.0) / series(x, 0.0) } else { asymptotic(x, 1.0) / (x * asymptotic(x, 0.0)) }
}

/// I_ν(x) Γ(ν + 1) (2/x)^ν = Σ (x²/4)^k / (k! (ν+1)…(ν+k)): all terms are positive.
fn series(x: f64, order: f64) -> f64 {
    let quarter = 0.25 * x * x;
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > 1e-17 * sum {
        term *= quarter / (k * (order + k));
        sum += term;
        k += 1.0;
    }
    sum
}

/// I_ν(x) √(2πx) e^{−x} ≈ Σ (−1)^k (4ν² − 1)…(4ν² − (2k−1)²) / (k! (8x)^k).
fn asymptotic(x: f64, order: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..40 {
        let k = f64::from(k);
        let odd = 2.0 * k - 1.0;
        let next = -term * (4.0 * order * order - odd * odd) / (k * 8.0 * x);
        if next.abs() < 1e-17 || next.abs() > term.abs() {
            break;
        }
        term = next;
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values_and_the_seam() {
        // Abramowitz and Stegun, tables 9.8 and 9.11.
        assert!((log_bessel_i0(1.0).exp() - 1.266_065_877_752_008_4).abs() < 1e-15);
        assert!((bessel_i_ratio(1.0) - 0.565_159_103_992_485 / 1.266_065_877_752_008_4).abs() < 1e-15);
        assert!((bessel_i_ratio(0.0) - 0.5).abs() < 1e-16);
        let (below, above) = (LARGE * (1.0 - 1e-15), LARGE);
        assert!((log_bessel_i0(below) - log_bessel_i0(above)).abs() < 1e-12);
        assert!((bessel_i_ratio(below) / bessel_i_ratio(above) - 1.0).abs() < 1e-13);
        assert!((bessel_i_ratio(1e9) * 1e9 - 1.0).abs() < 1e-9);
    }
}
