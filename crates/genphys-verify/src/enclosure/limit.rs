//! The value of a function of k at k = 0 where it is the limit of one that cannot be put in, as sin(k)/k: a power
//! series whose lowest terms cancel.

use super::{Interval, Rect, symbol};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use std::collections::BTreeMap;

/// Terms kept.
const TERMS: usize = 8;

/// Σ c_i k^{low + i}, exact up to the terms kept.
#[derive(Clone)]
struct Series {
    low: i32,
    c: Vec<Rect>,
}

/// The limit, where the expression has a power series.
pub(super) fn at_zero(expr: &Expr, values: &BTreeMap<String, Rect>) -> Option<Rect> {
    let series = read(expr, values)?;
    let negative = |i: usize| series.low + (i as i32) < 0;
    if (0..series.c.len()).any(|i| negative(i) && !series.c[i].is_zero()) {
        return None;
    }
    match usize::try_from(-series.low) {
        Ok(index) => series.c.get(index).copied(),
        Err(_) => Some(Rect::ZERO),
    }
}

fn constant(z: Rect) -> Series {
    let mut c = vec![Rect::ZERO; TERMS];
    c[0] = z;
    Series { low: 0, c }
}

impl Series {
    /// Without leading zeros.
    fn trimmed(mut self) -> Self {
        while self.c.len() > 1 && self.c[0].is_zero() {
            self.c.remove(0);
            self.low += 1;
        }
        self
    }

    fn at(&self, power: i32) -> Rect {
        usize::try_from(power - self.low).ok().and_then(|i| self.c.get(i).copied()).unwrap_or(Rect::ZERO)
    }

    /// The first power that is not known.
    fn end(&self) -> i32 {
        self.low + self.c.len() as i32
    }

    fn plus(&self, other: &Self) -> Self {
        let (low, end) = (self.low.min(other.low), self.end().min(other.end()));
        Self { low, c: (low..end).map(|i| self.at(i) + other.at(i)).collect() }
    }

    fn times(&self, other: &Self) -> Self {
        let n = self.c.len().min(other.c.len());
        let term = |i: usize| (0..=i).fold(Rect::ZERO, |sum, j| sum + self.c[j] * other.c[i - j]);
        Self { low: self.low + other.low, c: (0..n).map(term).collect() }
    }

    fn scaled(&self, factor: Rect) -> Self {
        Self { low: self.low, c: self.c.iter().map(|x| *x * factor).collect() }
    }

    fn reciprocal(&self) -> Option<Self> {
        let own = self.clone().trimmed();
        let first = own.c.first().filter(|c| !c.may_vanish())?;
        let inverse = Rect::ONE / *first;
        let mut c: Vec<Rect> = vec![inverse];
        for i in 1..own.c.len() {
            let sum = (1..=i).fold(Rect::ZERO, |sum, j| sum + own.c[j] * c[i - j]);
            c.push(-sum * inverse);
        }
        Some(Self { low: -own.low, c })
    }

    /// Σ f_n u^n/n! with the derivatives of f at the constant term, u the rest.
    fn composed(&self, derivatives: &dyn Fn(Rect, usize) -> Option<Rect>) -> Option<Self> {
        if self.low < 0 {
            return None;
        }
        let end = self.end();
        let c0 = self.at(0);
        let rest = Self { low: 1, c: (1..end).map(|i| self.at(i)).collect() };
        let mut sum = Self { low: 0, c: vec![Rect::ZERO; end as usize] };
        let mut power = Self {
            low: 0,
            c: {
                let mut c = vec![Rect::ZERO; end as usize];
                *c.first_mut()? = Rect::ONE;
                c
            },
        };
        let mut factorial = 1.0;
        for n in 0..end as usize {
            let coefficient = derivatives(c0, n)?.scale(Interval::ONE / Interval::point(factorial));
            sum = sum.plus(&power.scaled(coefficient));
            if rest.c.is_empty() {
                break;
            }
            // Powers of the rest begin at k^n, so that nothing below `end` is lost.
            let full = Self { low: 0, c: (0..end).map(|i| rest.at(i)).collect() };
            power = power.times(&full);
            factorial *= n as f64 + 1.0;
        }
        Some(sum)
    }
}

fn read(expr: &Expr, values: &BTreeMap<String, Rect>) -> Option<Series> {
    Some(match &expr.kind {
        ExprKind::Number(n) => constant(Rect::real(Interval::rational(&symbol::decimal(n)?))),
        ExprKind::Imaginary => constant(Rect::I),
        ExprKind::Pi => constant(Rect::real(Interval::PI)),
        ExprKind::Symbol(name) if name == "k" => {
            let mut c = vec![Rect::ZERO; TERMS];
            c[0] = Rect::ONE;
            Series { low: 1, c }
        }
        ExprKind::Symbol(name) => constant(*values.get(name)?),
        ExprKind::Neg(a) => read(a, values)?.scaled(-Rect::ONE),
        ExprKind::Add(a, b) => read(a, values)?.plus(&read(b, values)?),
        ExprKind::Sub(a, b) => read(a, values)?.plus(&read(b, values)?.scaled(-Rect::ONE)),
        ExprKind::Mul(a, b) => read(a, values)?.times(&read(b, values)?),
        ExprKind::Div(a, b) => read(a, values)?.times(&read(b, values)?.reciprocal()?),
        ExprKind::Pow(a, b) => {
            let ExprKind::Number(n) = &b.kind else { return None };
            let base = read(a, values)?;
            (0..n.to_u32().filter(|n| *n <= 16)?).fold(constant(Rect::ONE), |power, _| power.times(&base))
        }
        ExprKind::Function { function, argument } => {
            let turns = |z: Rect, n: usize, start: usize| {
                let (s, c) = (z.sin(), z.cos());
                [s, c, -s, -c][(n + start) % 4]
            };
            let argument = read(argument, values)?;
            match function {
                ScalarFunction::Exp => argument.composed(&|z, _| Some(z.exp()))?,
                ScalarFunction::Sin => argument.composed(&|z, n| Some(turns(z, n, 0)))?,
                ScalarFunction::Cos => argument.composed(&|z, n| Some(turns(z, n, 1)))?,
                ScalarFunction::Sqrt => argument.composed(&|z, n| {
                    let positive = z.is_real() && z.re.lo() > 0.0;
                    let falling = (0..n).fold(1.0, |p, i| p * (0.5 - i as f64));
                    positive.then(|| (z.sqrt() / z.powi(n as i32)).scale(Interval::point(falling)))
                })?,
                ScalarFunction::Log => argument.composed(&|z, n| match n {
                    0 => z.ln(),
                    _ => {
                        let factorial = (1..n).fold(1.0, |p, i| -p * i as f64);
                        (!z.may_vanish()).then(|| z.powi(-(n as i32)).scale(Interval::point(factorial)))
                    }
                })?,
            }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        let limit = |text: &str| at_zero(&genphys_pde::parse_expression(text).unwrap(), &BTreeMap::new()).map(|z| z.re);
        for (text, value) in [
            ("sin(k)/k", 1.0),
            ("(1 - cos(2*k))/k^2", 2.0),
            ("(exp(-k^2) - 1)/k^2", -1.0),
            ("(sqrt(1 + k^2) - 1)/k^2", 0.5),
            ("log(1 + 3*k^2)/(k*sin(k))", 3.0),
            ("k^2/(1 + k^2)", 0.0),
        ] {
            let found = limit(text).unwrap();
            assert!(found.contains(value) && found.hi() - found.lo() < 1e-12, "{text}: {found:?}");
        }
        assert_eq!(limit("cos(k)/k"), None);
    }
}
