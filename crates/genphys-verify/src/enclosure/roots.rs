//! Growth rates: enclosures of the roots of the symbol.

use super::{Enclosed, Interval, Rect};
use genphys_pde::verdict::Problem;

impl Enclosed<'_> {
    /// The one branch that counts: the only one, or the lower of two in a half-space problem, which must lie apart.
    pub(crate) fn one_branch(&self, k: &[Interval], problem: Problem) -> Option<Rect> {
        match (self.symbol(k, None)?.as_slice(), problem) {
            ([a0, a1], _) if !a1.may_vanish() => Some(-*a0 / *a1),
            ([c, b, a], Problem::HalfSpace) if !a.may_vanish() => {
                let (middle, square) = centred(*c, *b, *a);
                let apart = square.sqrt();
                // The principal root has a real part that is not negative; here it must be positive.
                (apart.re.lo() > 0.0).then(|| middle - apart)
            }
            _ => None,
        }
    }
}

/// (s₁ + s₂)/2 and ((s₁ − s₂)/2)² of a s² + b s + c.
pub(super) fn centred(c: Rect, b: Rect, a: Rect) -> (Rect, Rect) {
    let middle = -(b / (a + a));
    (middle, middle * middle - c / a)
}

/// All roots, each in a rectangle of its own; `None` where they cannot be told apart.
///
/// The discs |z − z_i| ≤ n |W_i| with Weierstrass' corrections W_i = P(z_i)/(a_n Π (z_i − z_j)) of any distinct z_i
/// contain all roots, and a disc that meets no other contains one (Smith 1970, by Gershgorin's theorem).
pub(crate) fn all(a: &[Rect]) -> Option<Vec<Rect>> {
    let n = a.len().checked_sub(1)?;
    let lead = *a.last().filter(|c| !c.may_vanish())?;
    let middle: Vec<genphys_pde::Complex> =
        a.iter().map(|c| genphys_pde::Complex::new(c.re.middle(), c.im.middle())).collect();
    let guesses = crate::numeric::roots_of(&middle);
    let points: Vec<Rect> = guesses.iter().map(|z| Rect::point(z.re, z.im)).collect();
    let radius = |i: usize| {
        let value = a.iter().rev().fold(Rect::ZERO, |sum, c| sum * points[i] + *c);
        let others = (0..n).filter(|j| *j != i).fold(lead, |product, j| product * (points[i] - points[j]));
        let size = (value / others).abs() * Interval::point(n as f64);
        size.is_finite().then(|| size.hi())
    };
    let discs: Vec<(Rect, f64)> = (0..n).map(|i| Some((points[i], radius(i)?))).collect::<Option<_>>()?;
    let apart = |i: usize, j: usize| {
        let reach = Interval::point(discs[i].1) + Interval::point(discs[j].1);
        (discs[i].0 - discs[j].0).abs().lo() > reach.hi()
    };
    let distinct = (0..n).all(|i| (0..i).all(|j| apart(i, j)));
    let square = |(z, r): &(Rect, f64)| {
        let reach = Interval::new(-r, *r);
        Rect::new(z.re + reach, z.im + reach)
    };
    (distinct && discs.len() == n).then(|| discs.iter().map(square).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_lie_in_their_rectangles() {
        // (s + 1)(s + 2)(s² + 1)
        let a = [2.0, 3.0, 3.0, 3.0, 1.0].map(|x| Rect::point(x, 0.0));
        let found = all(&a).unwrap();
        for (x, y) in [(-1.0, 0.0), (-2.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
            let inside = found.iter().filter(|z| z.re.contains(x) && z.im.contains(y)).count();
            assert_eq!(inside, 1, "{found:?}");
        }
        // A double root cannot be told apart.
        assert_eq!(all(&[1.0, 3.0, 3.0, 1.0].map(|x| Rect::point(x, 0.0))), None);
    }
}
