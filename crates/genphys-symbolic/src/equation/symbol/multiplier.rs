//! Fourier multipliers: `fourier(g, f)` multiplies f̂ by g(|k|). What is a polynomial in powers of |k| becomes one in
//! the ring; every other part g becomes a variable that stands for g − g(0), with the proof, where there is one, that
//! this is a Lévy exponent.

use super::{Reader, Unsupported, Value, unsupported};
use crate::algebra::fraction::Fraction;
use crate::algebra::ring::{CPoly, Meaning};
use crate::trees::bernstein::Prover;
use crate::trees::exponents::{constant_value, small_fraction};
use crate::trees::expression::{K, add, div, exact, function, mentions, mul, neg, number, pow, sub, substitute};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};

impl Reader<'_> {
    /// The factor that `fourier(symbol, ·)` is.
    pub(super) fn multiplier(&mut self, symbol: &Expr) -> Result<Fraction, Unsupported> {
        let fixed = self.fixed;
        let (pde, numbers) = (self.pde, |name: &str| fixed.get(name).map(exact));
        let names = |name: &str| super::enclosure(pde, fixed, name);
        let symbol = without_squared_sines(&substitute(symbol, &numbers, &names));
        self.of_wave_number(&symbol)
    }

    fn of_wave_number(&mut self, e: &Expr) -> Result<Fraction, Unsupported> {
        let depends = |e: &Expr| mentions(e, K);
        if !depends(e) {
            return match self.value(e)? {
                Value::Scalar(f) => Ok(f),
                _ => Err(unsupported("a Fourier multiplier that is not a scalar", e)),
            };
        }
        match &e.kind {
            ExprKind::Symbol(_) => self.power_of_wave_number(&number(1), e),
            ExprKind::Neg(a) => Ok(self.of_wave_number(a)?.neg()),
            ExprKind::Add(a, b) => Ok(self.of_wave_number(a)?.add(&self.of_wave_number(b)?)),
            ExprKind::Sub(a, b) => Ok(self.of_wave_number(a)?.add(&self.of_wave_number(b)?.neg())),
            ExprKind::Mul(a, b) if !depends(a) || !depends(b) || (self.is_polynomial(a) && self.is_polynomial(b)) => {
                Ok(self.of_wave_number(a)?.mul(&self.of_wave_number(b)?))
            }
            ExprKind::Div(a, b) if !depends(b) => {
                let inverse = self.inverse(b)?;
                Ok(self.of_wave_number(a)?.mul(&inverse))
            }
            ExprKind::Pow(a, b) if matches!(a.kind, ExprKind::Symbol(_)) && !is_negative(b) => {
                self.power_of_wave_number(b, e)
            }
            ExprKind::Pow(a, b) if self.is_polynomial(a) => match whole_exponent(b) {
                Some(n) => {
                    let base = self.of_wave_number(a)?;
                    let one = Fraction::whole(CPoly::real(self.ring.integer(1)));
                    Ok((0..n).fold(one, |product, _| product.mul(&base)))
                }
                None => self.atom(e),
            },
            _ => self.atom(e),
        }
    }

    /// |k|^a with a > 0 for all parameter values.
    fn power_of_wave_number(&mut self, exponent: &Expr, e: &Expr) -> Result<Fraction, Unsupported> {
        let (pde, fixed) = (self.pde, self.fixed);
        let positive = crate::trees::interval::enclose(exponent, &|n| super::enclosure(pde, fixed, n))
            .is_some_and(crate::trees::interval::Interval::positive);
        if small_fraction(exponent).is_none() && !positive {
            return Err(unsupported("a power of k whose exponent may not be positive", e));
        }
        self.fractional(exponent)
    }

    /// Whether only sums, products and non-negative powers of k and constants occur.
    fn is_polynomial(&self, e: &Expr) -> bool {
        if !mentions(e, K) {
            return true;
        }
        match &e.kind {
            ExprKind::Symbol(_) => true,
            ExprKind::Neg(a) => self.is_polynomial(a),
            ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) => {
                self.is_polynomial(a) && self.is_polynomial(b)
            }
            ExprKind::Div(a, b) => self.is_polynomial(a) && !mentions(b, K),
            ExprKind::Pow(a, b) if matches!(a.kind, ExprKind::Symbol(_)) => !is_negative(b),
            ExprKind::Pow(a, b) => self.is_polynomial(a) && whole_exponent(b).is_some(),
            _ => false,
        }
    }

    /// A part that is no polynomial: its value at k = 0 plus a variable.
    fn atom(&mut self, e: &Expr) -> Result<Fraction, Unsupported> {
        if mentions(e, &self.pde.time.name) {
            return Err(unsupported("a Fourier multiplier that depends on the time inside a function", e));
        }
        let (pde, fixed) = (self.pde, self.fixed);
        let names = |name: &str| super::enclosure(pde, fixed, name);
        let prover = Prover { names: &names };
        let zero = prover.at_zero(e);
        if !prover.has_value(&zero) {
            return Err(unsupported("a Fourier multiplier without a finite real value at k = 0", e));
        }
        // Where g(0) − g is the Lévy exponent, the variable stands for that.
        let (proof, falls) = match prover.levy(e) {
            Some(proof) => (Some(proof), false),
            None => {
                let mirrored = prover.levy(&neg(e));
                let falls = mirrored.is_some() || crate::trees::bernstein::rises(&neg(e), &names);
                (mirrored, falls)
            }
        };
        let Value::Scalar(at_zero) = self.value(&zero)? else {
            return Err(unsupported("a Fourier multiplier that is not a scalar", e));
        };
        let rise = sub(e, &zero);
        let rise = if falls { neg(&rise) } else { rise };
        let text = genphys_pde::print_expr(&rise);
        let meaning = Meaning::Multiplier { text, expr: rise, proof: proof.map(Box::new) };
        let index = self.ring.adjoin(meaning).ok_or_else(|| unsupported("too many different multipliers", e))?;
        let variable = Fraction::whole(CPoly::real(self.ring.variable(index)));
        Ok(at_zero.add(&if falls { variable.neg() } else { variable }))
    }
}

/// 1 − cos² in place of sin², where that is a summand up to a factor without k.
fn without_squared_sines(e: &Expr) -> Expr {
    match &e.kind {
        ExprKind::Add(a, b) => add(&without_squared_sines(a), &without_squared_sines(b)),
        ExprKind::Sub(a, b) => sub(&without_squared_sines(a), &without_squared_sines(b)),
        ExprKind::Neg(a) => neg(&without_squared_sines(a)),
        ExprKind::Mul(a, b) if !mentions(a, K) => mul(a, &without_squared_sines(b)),
        ExprKind::Mul(a, b) if !mentions(b, K) => mul(b, &without_squared_sines(a)),
        ExprKind::Div(a, b) if !mentions(b, K) => div(&without_squared_sines(a), b),
        ExprKind::Pow(base, exponent) if **exponent == number(2) => match &base.kind {
            ExprKind::Function { function: ScalarFunction::Sin, argument } if mentions(argument, K) => {
                sub(&number(1), &pow(&function(ScalarFunction::Cos, argument), exponent))
            }
            _ => e.clone(),
        },
        _ => e.clone(),
    }
}

fn is_negative(exponent: &Expr) -> bool {
    matches!(exponent.kind, ExprKind::Neg(_)) || constant_value(exponent).is_some_and(|v| v.is_negative())
}

fn whole_exponent(exponent: &Expr) -> Option<u32> {
    let value = constant_value(exponent).filter(|v| v.is_integer())?;
    value.numerator().to_i64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n <= 16)
}
