//! C2 at one point where numbers are not rational: a line Re s = σ that has the roots at k on its right and those at
//! rest on its left, by the Hurwitz determinants of P(s + σ), enclosed. Multiple roots do no harm, as they would to
//! enclosed roots.
//!
//! Hurwitz: with a positive leading coefficient all roots lie left of 0 if and only if all determinants are positive.
//! One that is negative therefore shows a root with Re s ≥ 0.

use crate::enclosure::{Interval, Rect};
use genphys_pde::verdict::Problem;

/// Where the line is looked for, from the rate at rest to that at k.
const PLACES: [f64; 5] = [0.5, 0.1, 0.9, 0.01, 0.99];

/// Whether the rate at k lies strictly above the one at rest: of the fastest root of an evolution, or of the lower one
/// of two of a half-space problem. `here` and `rest` are the coefficients of s by rising power; `rate` and `at_zero`
/// are guesses.
pub(super) fn is_above(here: &[Rect], rest: &[Rect], problem: Problem, [rate, at_zero]: [f64; 2]) -> bool {
    let real = |list: &[Rect]| list.iter().map(|c| c.is_real().then_some(c.re)).collect::<Option<Vec<Interval>>>();
    let (Some(here), Some(rest)) = (real(here), real(rest)) else { return false };
    let lines = PLACES.map(|x| Interval::point(at_zero + x * (rate - at_zero)));
    match problem {
        Problem::Evolution | Problem::IllPosed => lines.iter().any(|line| {
            let [here, rest] = [&here, &rest].map(|p| determinants(&shifted(p, *line)));
            all_left(rest.as_deref()) && not_all_left(here.as_deref())
        }),
        // Seen in a mirror: both roots at k right of the line, and not both of them at rest.
        Problem::HalfSpace if here.len() == 3 && rest.len() == 3 => lines.iter().any(|line| {
            let [here, rest] = [&here, &rest].map(|p| determinants(&mirrored(&shifted(p, *line))));
            all_left(here.as_deref()) && not_all_left(rest.as_deref())
        }),
        _ => false,
    }
}

fn all_left(determinants: Option<&[Interval]>) -> bool {
    determinants.is_some_and(|list| list.iter().all(|d| d.lo() > 0.0))
}

fn not_all_left(determinants: Option<&[Interval]>) -> bool {
    determinants.is_some_and(|list| list.iter().any(|d| d.hi() < 0.0))
}

/// Coefficients of P(s + σ).
fn shifted(p: &[Interval], sigma: Interval) -> Vec<Interval> {
    let mut result: Vec<Interval> = Vec::new();
    for c in p.iter().rev() {
        // result·(s + σ) + c.
        let mut next = vec![Interval::ZERO; result.len() + 1];
        for (j, a) in result.iter().enumerate() {
            next[j] = next[j] + *a * sigma;
            next[j + 1] = next[j + 1] + *a;
        }
        next[0] = next[0] + *c;
        result = next;
    }
    result
}

/// Coefficients of P(−s).
fn mirrored(p: &[Interval]) -> Vec<Interval> {
    p.iter().enumerate().map(|(j, c)| if j % 2 == 1 { -*c } else { *c }).collect()
}

/// The Hurwitz determinants of sizes 1 to n, for a positive leading coefficient; `None` where its sign is not known,
/// and above fourth order.
fn determinants(p: &[Interval]) -> Option<Vec<Interval>> {
    let n = p.len().checked_sub(1).filter(|n| (1..=4).contains(n))?;
    let turn = if p[n].lo() > 0.0 {
        Interval::ONE
    } else if p[n].hi() < 0.0 {
        -Interval::ONE
    } else {
        return None;
    };
    let entry = |i: usize, j: usize| {
        // The coefficient of s^{n − (2j − i + 1)}, rows and columns counted from zero.
        let power = (2 * j + 1).checked_sub(i).and_then(|l| n.checked_sub(l));
        power.map_or(Interval::ZERO, |power| p[power] * turn)
    };
    let of_size = |size: usize| determinant(&entry, &(0..size).collect::<Vec<_>>(), 0, size);
    Some((1..=n).map(of_size).collect())
}

/// Of some rows and the columns from `column` to `size`.
fn determinant(entry: &dyn Fn(usize, usize) -> Interval, rows: &[usize], column: usize, size: usize) -> Interval {
    if column == size {
        return Interval::ONE;
    }
    let mut sum = Interval::ZERO;
    for (n, row) in rows.iter().enumerate() {
        let others: Vec<usize> = rows.iter().copied().filter(|r| r != row).collect();
        let term = entry(*row, column) * determinant(entry, &others, column + 1, size);
        sum = if n % 2 == 0 { sum + term } else { sum - term };
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rects(list: &[f64]) -> Vec<Rect> {
        list.iter().map(|x| Rect::real(Interval::point(*x))).collect()
    }

    #[test]
    fn the_fastest_root_of_an_evolution() {
        // s² = 2 at k, s² = 0 at rest.
        let (here, rest) = (rects(&[-2.0, 0.0, 1.0]), rects(&[0.0, 0.0, 1.0]));
        assert!(is_above(&here, &rest, Problem::Evolution, [2f64.sqrt(), 0.0]));
        assert!(!is_above(&rest, &here, Problem::Evolution, [0.0, 2f64.sqrt()]));
        // s² + 2s + 5 against s² + 2s + 1: all with Re s = −1.
        let (here, rest) = (rects(&[5.0, 2.0, 1.0]), rects(&[1.0, 2.0, 1.0]));
        assert!(!is_above(&here, &rest, Problem::Evolution, [-1.0, -1.0]));
        // (s + 1)(s + 2)(s − 3) against (s + 1)³, with a negative leading coefficient.
        let (here, rest) = (rects(&[6.0, 7.0, 0.0, -1.0]), rects(&[-1.0, -3.0, -3.0, -1.0]));
        assert!(is_above(&here, &rest, Problem::Evolution, [3.0, -1.0]));
        assert!(!is_above(&rest, &here, Problem::Evolution, [-1.0, 3.0]));
    }

    #[test]
    fn the_lower_root_of_a_half_space() {
        // s² + 7s + 1 at k, s² + 7s at rest: −6.85 above −7.
        let (here, rest) = (rects(&[1.0, 7.0, 1.0]), rects(&[0.0, 7.0, 1.0]));
        assert!(is_above(&here, &rest, Problem::HalfSpace, [-6.854_1, -7.0]));
        assert!(!is_above(&rest, &here, Problem::HalfSpace, [-7.0, -6.854_1]));
    }
}
