//! A last resort for symbols without parameters that no algebra decides: f(k) > 0 for every k > 0, proved by interval
//! arithmetic: finitely many pieces in the middle, and expansions with remainders at both ends.

use crate::base::budget::Budget;
use crate::trees::interval::{Interval, enclose};
use crate::trees::series;
use crate::trees::series::End;
use genphys_pde::ast::Expr;

/// Where the three regions may meet.
const NEAR: [f64; 4] = [0.5, 0.25, 0.125, 1.0 / 64.0];
const FAR: [f64; 3] = [4.0, 16.0, 256.0];
/// At most this many pieces in the middle.
const MOST_PIECES: usize = 4000;

/// Whether f > 0 on (0, ∞) is proved, for an f in `k` alone.
pub(crate) fn positive(f: &Expr, budget: &Budget) -> bool {
    let edge = |list: &[f64], end| list.iter().copied().find(|edge| series::positive(f, end, *edge));
    let Some(near) = edge(&NEAR, End::Zero) else { return false };
    edge(&FAR, End::Infinity).is_some_and(|far| middle(f, near, far, budget))
}

fn at(f: &Expr, k: Interval) -> Option<Interval> {
    enclose(f, &|name| (name == "k").then_some(k))
}

fn middle(f: &Expr, near: f64, far: f64, budget: &Budget) -> bool {
    let mut waiting = vec![(near, far)];
    let mut pieces = 0;
    while let Some((lo, hi)) = waiting.pop() {
        pieces += 1;
        if pieces > MOST_PIECES || (pieces % 64 == 0 && budget.is_spent()) {
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
    use super::*;

    fn proved(text: &str) -> bool {
        super::positive(&genphys_pde::parse_expression(text).unwrap(), &Budget::new(u64::MAX))
    }

    #[test]
    fn proofs_and_refusals() {
        assert!(proved("k^2 - 0.5*(1 - exp(-k^2))"));
        assert!(proved("1 - exp(-k^4)"));
        assert!(proved("k^2 + 1 - cos(k)"));
        assert!(proved("k^2 - (1 - exp(-k^2))"));
        assert!(proved("k - log(1 + k^2)"));
        assert!(proved("k - 0.9*sin(k)"));
        assert!(proved("k^2 - 0.9*(1 - cos(k))"));
        assert!(!proved("k^2 - 2*(1 - exp(-k^2))"));
        assert!(!proved("1 - cos(k)"));
    }
}
