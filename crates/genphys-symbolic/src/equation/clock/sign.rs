//! The sign of a function of the time inside of its interval, by enclosures: finitely many pieces, and at an end where
//! the function vanishes the sign of its derivative.

use crate::equation::declared::time_range;
use crate::equation::linear::Equation;
use crate::equation::symbol;
use crate::trees::calculus::differentiate;
use crate::trees::expression::{exact, mul, substitute};
use crate::trees::interval::{Interval, enclose};
use genphys_pde::ast::Expr;
use symbolica::domains::rational::Rational;

/// Pieces looked at.
const MOST_PIECES: u32 = 2000;

/// Whether f > 0 at every time inside of the interval, for all parameter values: `Some(false)` where f < 0 at some time
/// for all of them, `None` where neither is proved.
pub(crate) fn positive_inside(eq: &Equation, f: &Expr) -> Option<bool> {
    let range = time_range(eq.pde);
    let bound = |end: Option<(Rational, bool)>| end.map(|(value, _)| value);
    let (start, end) = (bound(range.lower)?, bound(range.upper));
    let mut search = Search { eq, f, left: MOST_PIECES };
    let from = start.to_f64();
    let length = end.as_ref().map_or(1.0, |e| e.to_f64() - from);
    let left = search.near(&start, true, length)?;
    let right = match &end {
        Some(end) => search.near(end, false, length),
        // [T, ∞).
        None => (0..8)
            .map(|j| from + f64::powi(2.0, j))
            .find(|t| search.values(*t, f64::INFINITY).is_some_and(Interval::positive)),
    };
    match right {
        Some(right) => search.between(left, right),
        // Negative somewhere decides even where nothing is known at the end.
        None => {
            let reach = end.map_or(from + 64.0, |e| e.to_f64());
            (search.between(left, left + 0.75 * (reach - left)) == Some(false)).then_some(false)
        }
    }
}

/// Whether an expression is zero at a time, exactly.
pub(crate) fn vanishes_at(eq: &Equation, f: &Expr, time: &Rational) -> bool {
    let name = &eq.pde.time.name;
    let value = |n: &str| (n == name).then(|| exact(time));
    let clocks = super::Clocks::without_drift(eq);
    let there = clocks.terms.special(&substitute(f, &value, &|_| None));
    clocks.terms.read(&there).is_some_and(|v| v.num.is_zero())
}

struct Search<'s> {
    eq: &'s Equation<'s>,
    f: &'s Expr,
    left: u32,
}

impl Search<'_> {
    fn enclosed(&self, f: &Expr, lo: f64, hi: f64) -> Option<Interval> {
        let names = |name: &str| {
            if name == self.eq.pde.time.name {
                Some(if lo == hi { Interval::exactly(lo) } else { Interval::between(lo, hi) })
            } else {
                symbol::enclosure(self.eq.pde, &self.eq.fixed, name)
            }
        };
        enclose(f, &names)
    }

    fn values(&self, lo: f64, hi: f64) -> Option<Interval> {
        self.enclosed(self.f, lo, hi)
    }

    /// A time close to an end up to which f > 0 from that end on.
    fn near(&self, end: &Rational, rising: bool, length: f64) -> Option<f64> {
        let at = end.to_f64();
        let sign = crate::trees::expression::number(1);
        let sign = if rising { sign } else { crate::trees::expression::neg(&sign) };
        // f, and where it vanishes at the end its derivatives into the interval.
        let mut f = self.f.clone();
        for _ in 0..4 {
            for j in 2..14 {
                let step = length * f64::powi(0.5, j);
                let (lo, hi) = if rising { (at, at + step) } else { (at - step, at) };
                if self.enclosed(&f, lo, hi).is_some_and(Interval::positive) {
                    return Some(if rising { hi } else { lo });
                }
            }
            if !vanishes_at(self.eq, &f, end) {
                return None;
            }
            f = mul(&sign, &differentiate(&f, &self.eq.pde.time.name)?);
        }
        None
    }

    fn between(&mut self, lo: f64, hi: f64) -> Option<bool> {
        let mut open = vec![(lo, hi)];
        while let Some((lo, hi)) = open.pop() {
            if lo >= hi || self.values(lo, hi).is_some_and(Interval::positive) {
                continue;
            }
            let middle = 0.5 * (lo + hi);
            if self.values(middle, middle).is_some_and(|v| v.hi < 0.0) {
                return Some(false);
            }
            self.left = self.left.checked_sub(1)?;
            if self.eq.ring.work.budget.is_spent() {
                return None;
            }
            open.extend([(lo, middle), (middle, hi)]);
        }
        Some(true)
    }
}
