//! Growth rates at short waves: Newton's polygon of the symbol along a ray k = q d, q → ∞, at fixed parameter values.
//!
//! Roots behave like s ~ c q^e with e the slopes of the upper hull of the points (j, degree of a_j in q), and c the
//! roots that are not zero of the polynomial of the leading coefficients on that edge (Puiseux). For e > 0 a root c
//! with Re c > 0 grows without bound and one with Re c < 0 falls; for Re c = 0 nothing is said.

use super::root_count::{Gauss, Q, sides};
use super::scale::Scale;
use num_traits::Zero;

/// The leading power of q in a_j (or of a larger scale) with its coefficient; nothing for a_j = 0.
pub(super) type Lead = Option<(Scale, Gauss)>;

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

/// The same where only the signs of the leading coefficients are right (±1, ±i or ±1 ± i stand for them): the
/// polynomials on the edges must have two terms, c^n = −ratio, of which one at most has both parts (no root reaches the
/// imaginary axis while the ratio stays in an open quadrant), or be real quadratics, whose signs say where the roots
/// lie (Routh). `None` where they have more, or the symbol is zero.
pub(super) fn by_signs(a: &[Lead]) -> Option<ShortWaves> {
    polygon(a, true)
}

/// `None` where the symbol is zero.
pub(super) fn short_waves(a: &[Lead]) -> Option<ShortWaves> {
    polygon(a, false)
}

fn polygon(a: &[Lead], two_terms: bool) -> Option<ShortWaves> {
    let points: Vec<(usize, &Scale)> =
        a.iter().enumerate().filter_map(|(j, l)| l.as_ref().map(|(e, _)| (j, e))).collect();
    let mut found = ShortWaves::default();
    let mut at = 0;
    let slope = |from: usize, to: usize| {
        let ((j, e), (i, f)) = (points[from], points[to]);
        let distance = i64::try_from(i - j).unwrap_or(i64::MAX);
        f.plus(e, &Q::from_integer((-1).into())).times(&Q::new(1.into(), distance.into()))
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
        if fall < Scale::default() {
            let (first, start) = points[at];
            let mut edge: Vec<Gauss> = vec![(Q::zero(), Q::zero()); points[best].0 - first + 1];
            for (j, e) in &points[at..=best] {
                let distance = i64::try_from(j - first).unwrap_or(i64::MAX);
                let on_edge = start.plus(&fall, &Q::from_integer(distance.into()));
                if **e == on_edge
                    && let Some((_, c)) = &a[*j]
                {
                    edge[j - first] = c.clone();
                }
            }
            let terms = edge.iter().filter(|(x, y)| !x.is_zero() || !y.is_zero()).count();
            let quadratic = edge.len() == 3 && edge.iter().all(|(_, y)| y.is_zero());
            let mixed = edge.iter().filter(|(x, y)| !x.is_zero() && !y.is_zero()).count();
            if two_terms && (terms > 2 && !quadratic || mixed > 1) {
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
        list.iter().map(|l| l.map(|(e, c)| (q(e).into(), (q(c), q(0))))).collect()
    }

    fn count(list: &[Option<(i64, i64)>]) -> (usize, usize, usize) {
        let found = short_waves(&lead(list)).unwrap();
        (found.rising, found.falling, found.unknown)
    }

    #[test]
    fn known_equations() {
        // Backward heat, s² − k² s + k², Poisson, the wave equation, s³ + 2s² + s + k², s² + k² s + k⁴ with complex
        // roots.
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

    #[test]
    fn quadrants_say_enough_of_two_terms() {
        // c³ = 1 + i for any numbers of these signs: one root to the right, at 15°; two of them are not known.
        let q = |x: i64| Q::from_integer(x.into());
        let mut list = lead(&[Some((6, -1)), None, None, Some((0, 1))]);
        list[0] = Some((q(6).into(), (q(-1), q(-1))));
        let found = by_signs(&list).unwrap();
        assert_eq!((found.rising, found.falling, found.unknown), (1, 2, 0));
        list[3] = Some((q(0).into(), (q(1), q(-1))));
        assert_eq!(by_signs(&list), None);
    }

    #[test]
    fn signs_say_enough_of_quadratics_only() {
        // c² − c + 1 and c² + c − 1 for any other numbers of these signs; not c⁴ − c² + 1, nor c² + i c + 1.
        let found = by_signs(&lead(&[Some((4, 1)), Some((2, -1)), Some((0, 1))])).unwrap();
        assert_eq!((found.rising, found.falling, found.unknown), (2, 0, 0));
        let found = by_signs(&lead(&[Some((4, -1)), Some((2, 1)), Some((0, 1))])).unwrap();
        assert_eq!((found.rising, found.falling, found.unknown), (1, 1, 0));
        assert_eq!(by_signs(&lead(&[Some((4, 1)), None, Some((2, -1)), None, Some((0, 1))])), None);
        let mut imaginary = lead(&[Some((4, 1)), Some((2, 0)), Some((0, 1))]);
        imaginary[1] = Some((Q::from_integer(2.into()).into(), (Q::zero(), Q::from_integer(1.into()))));
        assert_eq!(by_signs(&imaginary), None);
    }
}
