//! The sector aθ ≤ arg f ≤ bθ, θ = arg λ, into which a function of |k| maps the upper half-plane, and what it needs not
//! to meet (−∞, 0]. In [0, 1] f is complete Bernstein, in [−1, 0] a Stieltjes function. The checker goes through the
//! same steps in rational numbers.

use super::prove::Prover;
use crate::trees::expression::{Term, add, depends_on_k, neg, number, sub, summands, wave_number};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};

impl Prover<'_> {
    /// [a, b], for f > 0 on (0, ∞).
    pub(super) fn sector(&self, f: &Expr) -> Option<(f64, f64)> {
        if !depends_on_k(f) {
            return self.sign(f).positive().then_some((0.0, 0.0));
        }
        if *f == wave_number() {
            return Some((0.5, 0.5));
        }
        match &f.kind {
            ExprKind::Add(a, b) => hull(self.sector(a)?, self.sector(b)?),
            ExprKind::Function { function: ScalarFunction::Log, argument } => self.sector_of_logarithm(argument),
            ExprKind::Function { function: ScalarFunction::Sqrt, .. }
            | ExprKind::Mul(..)
            | ExprKind::Div(..)
            | ExprKind::Pow(..) => {
                let term = Term::of(f)?;
                if !self.sign(&term.coefficient).positive() {
                    return None;
                }
                let mut sum = (0.0, 0.0);
                for (base, exponent) in &term.factors {
                    let (low, high) = self.sector_of_power(base, exponent)?;
                    sum = (sum.0 + low, sum.1 + high);
                }
                Some(sum)
            }
            _ => None,
        }
    }

    fn sector_of_power(&self, base: &Expr, exponent: &Expr) -> Option<(f64, f64)> {
        let (low, high) = self.sector(base)?;
        if *exponent == number(1) {
            return Some((low, high));
        }
        let range = match crate::trees::exponents::constant_value(exponent) {
            Some(value) => (value.to_f64(), value.to_f64()),
            None => {
                let range = self.sign(exponent);
                (range.lo, range.hi)
            }
        };
        if low < -1.0 || high > 1.0 || !range.0.is_finite() || !range.1.is_finite() {
            return None;
        }
        let corners = [low * range.0, low * range.1, high * range.0, high * range.1];
        Some((corners.into_iter().fold(f64::INFINITY, f64::min), corners.into_iter().fold(f64::NEG_INFINITY, f64::max)))
    }

    /// log(1 + f) lies between 0 and f.
    fn sector_of_logarithm(&self, argument: &Expr) -> Option<(f64, f64)> {
        let (mut free, mut rest) = (neg(&number(1)), None);
        for (negative, e) in summands(argument) {
            if depends_on_k(&e) {
                let sector = self.sector(&e).filter(|_| !negative)?;
                rest = Some(rest.map_or(Some(sector), |known| hull(known, sector))?);
            } else {
                free = if negative { sub(&free, &e) } else { add(&free, &e) };
            }
        }
        let (low, high) = rest.filter(|(low, high)| *low >= -1.0 && *high <= 1.0)?;
        self.sign(&free).non_negative().then_some((low.min(0.0), high.max(0.0)))
    }
}

/// Where the sector is convex.
fn hull((a, b): (f64, f64), (c, d): (f64, f64)) -> Option<(f64, f64)> {
    let (low, high) = (a.min(c), b.max(d));
    (high - low <= 1.0).then_some((low, high))
}
