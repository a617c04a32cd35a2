//! K_ν(x) for large order: the uniform (Debye) expansion.

use super::elementary::ln_one_plus_minus;
use super::gamma::stirling_correction;

/// Smallest order for which [`debye`] is good to 1e-14.
pub(crate) const MINIMUM_ORDER: f64 = 20.0;

/// Highest term kept.
const TERMS: usize = 16;

/// Row k: the coefficients of u_k(p)/p^k as a polynomial in p².
type Polynomials = [[f64; TERMS + 1]; TERMS + 1];

const U: Polynomials = u_polynomials();
const V: Polynomials = v_polynomials(&U);

/// u_{k+1}(p) = ½p²(1−p²)u_k′(p) + ⅛∫₀^p (1−5s²)u_k(s) ds, u_0 = 1 (DLMF 10.41.9).
const fn u_polynomials() -> Polynomials {
    let mut u = [[0.0; TERMS + 1]; TERMS + 1];
    u[0][0] = 1.0;
    let mut k = 0;
    while k < TERMS {
        let mut j = 0;
        while j <= k {
            let n = (k + 2 * j) as f64;
            u[k + 1][j] += u[k][j] * (0.5 * n + 0.125 / (n + 1.0));
            u[k + 1][j + 1] -= u[k][j] * (0.5 * n + 0.625 / (n + 3.0));
            j += 1;
        }
        k += 1;
    }
    u
}

/// v_k(p) = u_k(p) + p(p²−1)[½u_{k−1}(p) + p u_{k−1}′(p)] (DLMF 10.41.10).
const fn v_polynomials(u: &Polynomials) -> Polynomials {
    let mut v = *u;
    let mut k = 1;
    while k <= TERMS {
        let mut j = 0;
        while j < k {
            let n = (k - 1 + 2 * j) as f64;
            let a = u[k - 1][j] * (0.5 + n);
            v[k][j] -= a;
            v[k][j + 1] += a;
            j += 1;
        }
        k += 1;
    }
    v
}

/// Terms that matter at this order: the k-th is at most about (k−1)!/(2π (2ν)^k).
fn terms(order: f64) -> usize {
    if order > 1000.0 {
        5
    } else if order > 100.0 {
        8
    } else {
        TERMS
    }
}

/// Σ_k (−1)^k u_k(p)/ν^k.
fn sum(polynomials: &Polynomials, order: f64, p: f64) -> f64 {
    let square = p * p;
    let step = -p / order;
    let mut total = 0.0;
    for k in (0..=terms(order)).rev() {
        let value = polynomials[k][..=k].iter().rev().fold(0.0, |sum, c| sum * square + c);
        total = total * step + value;
    }
    total
}

/// ln[x^ν K_ν(x) / (2^{ν−1} Γ(ν))] for ν ≥ [`MINIMUM_ORDER`] and x ≥ 0 (DLMF 10.41.4 with Stirling's series for Γ).
///
/// With s = √(1 + (x/ν)²) and p = 1/s it is ν[ln((1+s)/2) − (s−1)] − ½ ln s + ln Σ(−1)^k u_k(p)/ν^k − (Stirling's
/// correction): no term grows as x → 0.
pub(crate) fn log_normalised(order: f64, x: f64) -> f64 {
    let z = x / order;
    let s = z.hypot(1.0);
    // s − 1 without cancellation.
    let d = z * (z / (1.0 + s));
    let exponent = ln_one_plus_minus(0.5 * d) - 0.5 * d;
    order * exponent - 0.5 * d.ln_1p() + sum(&U, order, 1.0 / s).ln() - stirling_correction(order)
}

/// w_ν(x) = x K_{ν+1}(x)/K_ν(x) = ν − x K_ν′(x)/K_ν(x) for ν ≥ [`MINIMUM_ORDER`], a sum of two positive terms.
pub(crate) fn upward_ratio(order: f64, x: f64) -> f64 {
    let s = (x / order).hypot(1.0);
    let p = 1.0 / s;
    order * (1.0 + s * (sum(&V, order, p) / sum(&U, order, p)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_match_the_published_ones() {
        // DLMF 10.41.10: u_1 = (3p − 5p³)/24, u_2 = (81p² − 462p⁴ + 385p⁶)/1152, v_1 = (−9p + 7p³)/24.
        let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-15 * b.abs(), "{a} against {b}");
        close(U[1][0], 3.0 / 24.0);
        close(U[1][1], -5.0 / 24.0);
        close(U[2][0], 81.0 / 1152.0);
        close(U[2][1], -462.0 / 1152.0);
        close(U[2][2], 385.0 / 1152.0);
        close(V[1][0], -9.0 / 24.0);
        close(V[1][1], 7.0 / 24.0);
        close(V[2][0], -135.0 / 1152.0);
        close(V[2][1], 594.0 / 1152.0);
        close(V[2][2], -455.0 / 1152.0);
    }

    #[test]
    fn wronskian_free_recurrence_holds_between_orders() {
        // w_{ν} = 2ν + x²/w_{ν−1}.
        for order in [21.0, 40.5, 300.0, 2000.5, 100_001.0] {
            for x in [0.0, 1e-3, 1.0, 30.0, 1e3, 1e6] {
                let direct = upward_ratio(order, x);
                let recurred = 2.0 * order + x * (x / upward_ratio(order - 1.0, x));
                assert!((direct / recurred - 1.0).abs() < 2e-14, "{order} {x}: {direct} {recurred}");
            }
        }
    }
}
