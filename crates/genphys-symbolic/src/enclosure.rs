//! A last resort for symbols without parameters that no algebra decides: f(k) > 0 for every k > 0, proved by interval
//! arithmetic. Near 0 a derivative is positive, in the middle finitely many pieces are, and the last piece reaches to
//! infinity.

use crate::calculus::differentiate;
use crate::interval::{Interval, enclose};
use genphys_pde::ast::Expr;

/// Where the three regions meet.
const NEAR: f64 = 1.0 / 64.0;
const FAR: f64 = 256.0;
/// At most this many pieces in the middle.
const MOST_PIECES: usize = 4000;
/// Highest derivative looked at near 0.
const HIGHEST: usize = 4;

/// Whether f > 0 on (0, ∞) is proved, for an f in `k` alone with f(0) ≥ 0.
pub(crate) fn positive(f: &Expr) -> bool {
    near_zero(f) && middle(f) && at(f, Interval::between(FAR, f64::INFINITY)).is_some_and(Interval::positive)
}

fn at(f: &Expr, k: Interval) -> Option<Interval> {
    enclose(f, &|name| (name == "k").then_some(k))
}

/// f^(j)(0) ≥ 0 for all j < n and f^(n) > 0 on [0, NEAR] (Taylor).
fn near_zero(f: &Expr) -> bool {
    let start = Interval::exactly(0.0);
    let close = Interval { lo: 0.0, hi: NEAR, nonzero: false };
    if at(f, close).is_some_and(Interval::positive) {
        return true;
    }
    let mut derivative = f.clone();
    for _ in 0..HIGHEST {
        let Some(next) = differentiate(&derivative, "k") else { return false };
        let value = at(&derivative, start);
        // The value of f itself at 0 is 0 or above, whatever rounding makes of it.
        if derivative != *f && !value.is_some_and(|v| v.lo >= 0.0) {
            return false;
        }
        if at(&next, close).is_some_and(Interval::positive) {
            return true;
        }
        derivative = next;
    }
    false
}

fn middle(f: &Expr) -> bool {
    let mut waiting = vec![(NEAR, FAR)];
    let mut pieces = 0;
    while let Some((lo, hi)) = waiting.pop() {
        pieces += 1;
        if pieces > MOST_PIECES || (pieces % 64 == 0 && crate::budget::is_spent()) {
            return false;
        }
        let Some(value) = at(f, Interval::between(lo, hi)) else { return false };
        if value.positive() {
            continue;
        }
        if value.hi <= 0.0 || hi - lo < 1e-9 {
            return false;
        }
        let half = if hi > 2.0 * lo { (lo * hi).sqrt() } else { 0.5 * (lo + hi) };
        waiting.push((half, hi));
        waiting.push((lo, half));
    }
    true
}

#[cfg(test)]
mod tests {
    fn proved(text: &str) -> bool {
        super::positive(&genphys_pde::parse_expression(text).unwrap())
    }

    #[test]
    fn proofs_and_refusals() {
        assert!(proved("k^2 - 0.5*(1 - exp(-k^2))"));
        assert!(proved("1 - exp(-k^4)"));
        assert!(proved("k^2 + 1 - cos(k)"));
        assert!(!proved("k^2 - 2*(1 - exp(-k^2))"));
        assert!(!proved("1 - cos(k)"));
    }
}
