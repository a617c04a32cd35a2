//! Growth rates at short waves: Newton's polygon of the symbol along a ray k = q d, q → ∞, at fixed parameter values.
//!
//! Roots behave like s ~ c q^e with e the slopes of the upper hull of the points (j, degree of a_j in q), and c the roots
//! that are not zero of the polynomial of the leading coefficients on that edge (Puiseux). For e > 0 a root c with Re c > 0
//! grows without bound and one with Re c < 0 falls; for Re c = 0 nothing is said.

use super::root_count::{Gauss, Q, sides};
use num_traits::{Signed, Zero};

/// The leading power of q in a_j with its coefficient; nothing for a_j = 0.
pub(super) type Lead = Option<(Q, Gauss)>;

/// How many branches rise and fall without bound, and of how many it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ShortWaves {
    pub(super) rising: usize,
    pub(super) falling: usize,
    pub(super) unknown: usize,
}

impl ShortWaves {
    /// Growth without bound, and not as many branches that fall.
    pub(super) fn is_ill_posed(self) -> bool {
        self.rising > 0 && self.rising.abs_diff(self.falling) > self.unknown
    }
}

/// The same where only the signs of the leading coefficients are right (±1 or ±i stand for them): the polynomials on the edges
/// must have two terms, c^n = −ratio. `None` where they have more, or the symbol is zero.
pub(super) fn by_signs(a: &[Lead]) -> Option<ShortWaves> {
    polygon(a, true)
}

/// `None` where the symbol is zero.
pub(super) fn short_waves(a: &[Lead]) -> Option<ShortWaves> {
    polygon(a, false)
}

fn polygon(a: &[Lead], two_terms: bool) -> Option<ShortWaves> {
    let points: Vec<(usize, &Q)> = a.iter().enumerate().filter_map(|(j, l)| l.as_ref().map(|(e, _)| (j, e))).collect();
    let mut found = ShortWaves::default();
    let mut at = 0;
    let slope = |from: usize, to: usize| {
        let ((j, e), (i, f)) = (points[from], points[to]);
        (f - e) / Q::from_integer((i as i64 - j as i64).into())
    };
    points.first()?;
    while at + 1 < points.len() {
        // The steepest way on; of several points on it the last one.
        let mut best = at + 1;
        for next in at + 2..points.len() {
            if slope(at, next) >= slope(at, best) {
                best = next;
            }
        }
        let fall = slope(at, best);
        // s ~ q^e with e = −slope.
        if fall.is_negative() {
            let (first, start) = points[at];
            let mut edge: Vec<Gauss> = vec![(Q::zero(), Q::zero()); points[best].0 - first + 1];
            for (j, e) in &points[at..=best] {
                let on_edge = start + &fall * Q::from_integer(((j - first) as i64).into());
                if **e == on_edge
                    && let Some((_, c)) = &a[*j]
                {
                    edge[j - first] = c.clone();
                }
            }
            if two_terms && edge.iter().filter(|(x, y)| !x.is_zero() || !y.is_zero()).count() > 2 {
                return None;
            }
            let count = sides(&edge)?;
            found.rising += count.right;
            found.falling += count.left;
            found.unknown += count.on;
        }
        at = best;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(list: &[Option<(i64, i64)>]) -> Vec<Lead> {
        let q = |x: i64| Q::from_integer(x.into());
        list.iter().map(|l| l.map(|(e, c)| (q(e), (q(c), q(0))))).collect()
    }

    fn count(list: &[Option<(i64, i64)>]) -> (usize, usize, usize) {
        let found = short_waves(&lead(list)).unwrap();
        (found.rising, found.falling, found.unknown)
    }

    #[test]
    fn known_equations() {
        // Backward heat, s² − k² s + k², Poisson, the wave equation, s³ + 2s² + s + k², s² + k² s + k⁴ with complex roots.
        assert_eq!(count(&[Some((2, -1)), Some((0, 1))]), (1, 0, 0));
        assert_eq!(count(&[Some((2, 1)), Some((2, -1)), Some((0, 1))]), (1, 0, 0));
        assert_eq!(count(&[Some((2, -1)), None, Some((0, 1))]), (1, 1, 0));
        assert_eq!(count(&[Some((2, 1)), None, Some((0, 1))]), (0, 0, 2));
        assert_eq!(count(&[Some((2, 1)), Some((0, 1)), Some((0, 2)), Some((0, 1))]), (2, 1, 0));
        assert_eq!(count(&[Some((4, 1)), Some((2, 1)), Some((0, 1))]), (0, 2, 0));
        // Bounded branches, and a factor s.
        assert_eq!(count(&[Some((2, 1)), Some((2, 1))]), (0, 0, 0));
        assert_eq!(count(&[None, Some((2, -1)), Some((0, 1))]), (1, 0, 0));
    }
}
