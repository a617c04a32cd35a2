//! Functions of the time as sums of terms c ∏ b_i(t)^{p_i} e^{λt} {1, sin, cos}(ωt + φ), with c, p_i, λ, ω and φ free
//! of the time: the form in which products stay short and antiderivatives are known.

use crate::algebra::fraction::Fraction;
use crate::algebra::ring::{CPoly, Poly, Ring, coefficients};
use crate::algebra::tree;
use crate::equation::symbol::Scalars;
use crate::trees::calculus::differentiate;
use crate::trees::exponents::constant_value;
use crate::trees::expression::{add, div, exact, function, mentions, mul, name, neg, pow, substitute};
use crate::trees::interval::{Interval, enclose};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use std::cell::RefCell;
use symbolica::domains::rational::Rational;

/// The values that a name may have.
pub(crate) type Enclosures<'a> = Box<dyn Fn(&str) -> Option<Interval> + 'a>;

/// Products longer than this are not multiplied out.
const MOST_TERMS: usize = 24;

/// A function of the time that is raised to a power.
#[derive(Clone)]
pub(crate) struct Base {
    pub(crate) expr: Expr,
    /// α and β of α + βt.
    pub(crate) linear: Option<(Fraction, Fraction)>,
}

/// sin or cos of ωt + φ.
type Wave = (ScalarFunction, Fraction, Fraction);

/// One term.
#[derive(Clone)]
pub(crate) struct Term {
    pub(crate) factor: Fraction,
    pub(crate) bases: Vec<(Base, Fraction)>,
    /// λ.
    pub(crate) rate: Fraction,
    pub(crate) wave: Option<Wave>,
}

/// Reads, writes and multiplies terms for one equation.
pub(crate) struct Terms<'a> {
    scalars: RefCell<Scalars<'a>>,
    pub(crate) time: &'a str,
    /// Values of parameters and the time inside of its interval.
    pub(crate) names: Enclosures<'a>,
}

impl<'a> Terms<'a> {
    pub(crate) fn new(scalars: Scalars<'a>, time: &'a str, names: Enclosures<'a>) -> Self {
        Self { scalars: RefCell::new(scalars), time, names }
    }

    /// A real scalar in the parameters and functions of the time.
    pub(crate) fn read(&self, expr: &Expr) -> Option<Fraction> {
        let (num, den) = self.scalars.borrow_mut().read(expr)?;
        (num.is_real() && !den.is_zero()).then(|| Fraction { num, den }.cancelled())
    }

    pub(crate) fn number(&self, value: i64) -> Fraction {
        Fraction::whole(CPoly::real(self.scalars.borrow().ring().integer(value)))
    }

    pub(crate) fn rational(&self, value: &Rational) -> Fraction {
        Fraction::whole(CPoly::real(self.scalars.borrow().ring().constant(value.clone()))).cancelled()
    }

    /// With numerator and denominator as products, which loses fewer digits where they vanish.
    pub(crate) fn by_factors(&self, f: &Fraction) -> Option<Expr> {
        if f.num.is_zero() {
            return Some(crate::trees::expression::number(0));
        }
        let scalars = self.scalars.borrow();
        let ring = scalars.ring();
        let plain = || tree::fraction(ring, &f.num, &f.den);
        match (in_factors(ring, &f.num.re), f.den.is_constant()) {
            (Some(top), true) if f.den.is_one() => Some(top),
            (Some(top), false) => in_factors(ring, &f.den).map(|bottom| tree::over(top, bottom)).or_else(plain),
            _ => plain(),
        }
    }

    pub(crate) fn expr(&self, f: &Fraction) -> Option<Expr> {
        tree::fraction(self.scalars.borrow().ring(), &f.num, &f.den)
    }

    pub(crate) fn is_free(&self, f: &Fraction) -> bool {
        let scalars = self.scalars.borrow();
        !scalars.ring().has_time(&f.num.re) && !scalars.ring().has_time(&f.den)
    }

    /// The number that a fraction is.
    pub(crate) fn constant(&self, f: &Fraction) -> Option<Rational> {
        (f.num.re.is_constant() && f.den.is_constant()).then(|| &f.num.re.get_constant() / &f.den.get_constant())
    }

    pub(crate) fn enclosure(&self, f: &Fraction) -> Option<Interval> {
        enclose(&self.expr(f)?, &*self.names)
    }

    /// α + βt.
    pub(crate) fn linear(&self, expr: &Expr) -> Option<(Fraction, Fraction)> {
        let f = self.read(expr)?;
        let scalars = self.scalars.borrow();
        let ring = scalars.ring();
        if ring.has_time(&f.den) {
            return None;
        }
        let Some(time) = ring.time() else { return Some((f, self.zero_in(ring))) };
        let mut parts = [ring.zero(), ring.zero()];
        for (c, e) in coefficients(&f.num.re, time) {
            if c.is_zero() {
                continue;
            }
            if ring.has_time(&c) {
                return None;
            }
            *parts.get_mut(usize::from(e))? = c;
        }
        let [alpha, beta] = parts.map(|p| Fraction { num: CPoly::real(p), den: f.den.clone() }.cancelled());
        Some((alpha, beta))
    }

    fn zero_in(&self, ring: &crate::algebra::ring::Ring) -> Fraction {
        Fraction::whole(CPoly::real(ring.zero()))
    }

    pub(crate) fn inverse(&self, f: &Fraction) -> Option<Fraction> {
        (!f.num.is_zero()).then(|| Fraction { num: CPoly::real(f.den.clone()), den: f.num.re.clone() }.cancelled())
    }

    pub(crate) fn over(&self, a: &Fraction, b: &Fraction) -> Option<Fraction> {
        Some(a.mul(&self.inverse(b)?))
    }

    pub(crate) fn plain(&self, factor: Fraction) -> Term {
        Term { factor, bases: Vec::new(), rate: self.number(0), wave: None }
    }

    pub(crate) fn to_the(&self, base: Base, exponent: Fraction) -> Term {
        Term { bases: vec![(base, exponent)], ..self.plain(self.number(1)) }
    }

    /// α + βt as a base that is positive inside of the interval, and whether its sign was turned.
    pub(crate) fn base(&self, alpha: &Fraction, beta: &Fraction) -> Option<(Base, bool)> {
        let t = name(self.time);
        let of = |a: &Fraction, b: &Fraction| Some(add(&self.expr(a)?, &mul(&self.expr(b)?, &t)));
        let linear = of(alpha, beta)?;
        let values = enclose(&linear, &*self.names)?;
        // A linear function that is >= 0 between the ends is positive inside where it is not constant or not 0 at the
        // start.
        let moves = self.enclosure(beta)?.nonzero;
        let from = (self.names)(self.time)?.lo;
        let first = |n: &str| if n == self.time { Some(Interval::exactly(from)) } else { (self.names)(n) };
        let starts = from.is_finite() && enclose(&linear, &first).is_some_and(|v| v.lo > 0.0 || v.hi < 0.0);
        let positive = |v: Interval| v.positive() || v.non_negative() && (moves || starts);
        let turned = match (positive(values), positive(values.neg())) {
            (true, _) => false,
            (_, true) => true,
            _ => return None,
        };
        let (alpha, beta) = if turned { (alpha.neg(), beta.neg()) } else { (alpha.clone(), beta.clone()) };
        let read = self.read(&of(&alpha, &beta)?)?;
        Some((Base { expr: self.expr(&read)?, linear: Some((alpha, beta)) }, turned))
    }

    /// sin or cos of ωt + φ as an expression.
    pub(crate) fn wave_expr(&self, (kind, omega, phi): &Wave) -> Option<Expr> {
        let argument = add(&mul(&self.expr(omega)?, &name(self.time)), &self.expr(phi)?);
        let argument = self.expr(&self.read(&argument)?)?;
        Some(function(*kind, &argument))
    }

    /// Arguments of functions and bases of powers in one way of writing, so that equal ones are recognised.
    fn canonical(&self, e: &Expr) -> Expr {
        let go = |x: &Expr| self.canonical(x);
        match &e.kind {
            ExprKind::Function { function: f, argument } => {
                let inner = go(argument);
                function(*f, &self.read(&inner).and_then(|a| self.expr(&a)).unwrap_or(inner))
            }
            ExprKind::Neg(a) => neg(&go(a)),
            ExprKind::Add(a, b) => add(&go(a), &go(b)),
            ExprKind::Sub(a, b) => crate::trees::expression::sub(&go(a), &go(b)),
            ExprKind::Mul(a, b) => mul(&go(a), &go(b)),
            ExprKind::Div(a, b) => div(&go(a), &go(b)),
            ExprKind::Pow(a, b) => pow(&go(a), &go(b)),
            _ => e.clone(),
        }
    }

    /// An expression as a sum of terms; `None` where it is not of this form.
    pub(crate) fn terms(&self, e: &Expr) -> Option<Vec<Term>> {
        let terms = self.expand(&self.canonical(e))?;
        (terms.len() <= MOST_TERMS).then_some(terms)
    }

    fn expand(&self, e: &Expr) -> Option<Vec<Term>> {
        if !mentions(e, self.time) {
            return Some(vec![self.plain(self.read(e)?)]);
        }
        let negated = |mut list: Vec<Term>| {
            list.iter_mut().for_each(|t| t.factor = t.factor.neg());
            list
        };
        let both = |a: &Expr, b: Vec<Term>| {
            let mut list = self.expand(a)?;
            list.extend(b);
            Some(list)
        };
        match &e.kind {
            ExprKind::Symbol(_) => self.power_of_linear(e, self.number(1)).map(|t| vec![t]),
            ExprKind::Neg(a) => self.expand(a).map(negated),
            ExprKind::Add(a, b) => both(a, self.expand(b)?),
            ExprKind::Sub(a, b) => both(a, negated(self.expand(b)?)),
            ExprKind::Mul(a, b) => self.multiply(&self.expand(a)?, &self.expand(b)?),
            ExprKind::Div(a, b) => self.multiply(&self.expand(a)?, &self.expand_power(b, &self.number(-1))?),
            ExprKind::Pow(a, b) if !mentions(b, self.time) => self.expand_power(a, &self.read(b)?),
            ExprKind::Pow(a, b) if !mentions(a, self.time) => {
                let (start, rate) = self.linear(b)?;
                let log = self.read(&function(ScalarFunction::Log, a))?;
                let factor = self.read(&pow(a, &self.expr(&start)?))?;
                Some(vec![Term { rate: rate.mul(&log), ..self.plain(factor) }])
            }
            ExprKind::Function { function: ScalarFunction::Sqrt, argument } => {
                self.expand_power(argument, &self.rational(&Rational::new(1, 2)))
            }
            ExprKind::Function { function: ScalarFunction::Exp, argument } if self.polynomial(argument).is_some() => {
                Some(vec![self.exponential_of(&self.polynomial(argument)?)?])
            }
            ExprKind::Function { function: kind @ (ScalarFunction::Sin | ScalarFunction::Cos), argument }
                if self.linear(argument).is_some() =>
            {
                let (phi, omega) = self.linear(argument)?;
                Some(vec![Term { wave: Some((*kind, omega, phi)), ..self.plain(self.number(1)) }])
            }
            _ => Some(vec![self.to_the(Base { expr: e.clone(), linear: None }, self.number(1))]),
        }
    }

    /// The coefficients of a polynomial in the time, by rising power.
    pub(crate) fn polynomial(&self, expr: &Expr) -> Option<Vec<Fraction>> {
        let f = self.read(expr)?;
        let scalars = self.scalars.borrow();
        let ring = scalars.ring();
        if ring.has_time(&f.den) {
            return None;
        }
        let Some(time) = ring.time() else { return Some(vec![f]) };
        let mut parts = vec![self.zero_in(ring); usize::from(f.num.re.degree(time)) + 1];
        for (c, e) in coefficients(&f.num.re, time) {
            if ring.has_time(&c) {
                return None;
            }
            parts[usize::from(e)] = Fraction { num: CPoly::real(c), den: f.den.clone() }.cancelled();
        }
        Some(parts)
    }

    /// e^{Σ c_n t^n}, with e^{t^n} to the power c_n for n ≥ 2.
    pub(crate) fn exponential_of(&self, coefficients: &[Fraction]) -> Option<Term> {
        let constant = function(ScalarFunction::Exp, &self.expr(coefficients.first()?)?);
        let mut term = self.plain(self.read(&substitute(&constant, &|_| None, &|_| None))?);
        for (n, c) in coefficients.iter().enumerate().skip(1).filter(|(_, c)| !c.num.is_zero()) {
            if n == 1 {
                term.rate = c.clone();
                continue;
            }
            let power = pow(&name(self.time), &exact(&Rational::from(i64::try_from(n).ok()?)));
            term.bases.push((Base { expr: function(ScalarFunction::Exp, &power), linear: None }, c.clone()));
        }
        Some(term)
    }

    /// n of a base e^{t^n}.
    pub(crate) fn exponential_power(&self, base: &Base) -> Option<usize> {
        let ExprKind::Function { function: ScalarFunction::Exp, argument } = &base.expr.kind else { return None };
        let ExprKind::Pow(t, n) = &argument.kind else { return None };
        let is_time = **t == name(self.time);
        constant_value(n).filter(|_| is_time)?.numerator().to_i64().and_then(|n| usize::try_from(n).ok())
    }

    fn power_of_linear(&self, e: &Expr, exponent: Fraction) -> Option<Term> {
        let (alpha, beta) = self.linear(e)?;
        let (base, turned) = match self.base(&alpha, &beta) {
            Some(found) => found,
            // Whole powers need no sign.
            None if self.whole(&exponent).is_some_and(|n| n > 0) => {
                (Base { expr: self.expr(&self.read(e)?)?, linear: Some((alpha, beta)) }, false)
            }
            None => return None,
        };
        let mut term = self.to_the(base, exponent.clone());
        if turned {
            let power = self.constant(&exponent).filter(Rational::is_integer)?.numerator().to_i64()?;
            term.factor = self.number(if power % 2 == 0 { 1 } else { -1 });
        }
        Some(term)
    }

    /// a^exponent.
    fn expand_power(&self, a: &Expr, exponent: &Fraction) -> Option<Vec<Term>> {
        let whole = self.constant(exponent).filter(Rational::is_integer).and_then(|v| v.numerator().to_i64());
        let power = |f: &Fraction| -> Option<Fraction> {
            match whole {
                Some(n @ -8..=8) => {
                    let positive = (0..n.abs()).fold(self.number(1), |p, _| p.mul(f));
                    if n < 0 { self.inverse(&positive) } else { Some(positive) }
                }
                _ => self.read(&pow(&self.expr(f)?, &self.expr(exponent)?)),
            }
        };
        if !mentions(a, self.time) {
            return Some(vec![self.plain(power(&self.read(a)?)?)]);
        }
        if let ExprKind::Mul(x, y) = &a.kind
            && whole.is_some()
        {
            return self.multiply(&self.expand_power(x, exponent)?, &self.expand_power(y, exponent)?);
        }
        if self.linear(a).is_some() {
            return self.power_of_linear(a, exponent.clone()).map(|t| vec![t]);
        }
        let list = self.expand(a)?;
        if let [single] = list.as_slice()
            && (whole.is_some() || single.wave.is_none() && single.bases.iter().all(|(b, _)| b.linear.is_some()))
        {
            let mut term = self.plain(power(&single.factor)?);
            term.rate = single.rate.mul(exponent);
            term.bases = single.bases.iter().map(|(b, p)| (b.clone(), p.mul(exponent))).collect();
            let mut result = vec![term];
            if let Some(wave) = &single.wave {
                let base = Base { expr: self.wave_expr(wave)?, linear: None };
                result = self.multiply(&result, &[self.to_the(base, exponent.clone())])?;
            }
            return Some(result);
        }
        match whole {
            Some(n @ 1..=4) => (1..n).try_fold(list.clone(), |product, _| self.multiply(&product, &list)),
            _ => {
                // A polynomial in the time by its factors.
                if let Some(f) = self.read(a)
                    && whole.is_some()
                    && let Some(product) = self.factored(&f, exponent)
                {
                    return Some(vec![product]);
                }
                Some(vec![self.to_the(Base { expr: a.clone(), linear: None }, exponent.clone())])
            }
        }
    }

    /// f^exponent for a polynomial in the time that is a product of linear factors.
    fn factored(&self, f: &Fraction, exponent: &Fraction) -> Option<Term> {
        let factors = crate::algebra::steps::factors(&f.num.re)?;
        let n = self.constant(exponent)?.numerator().to_i64()?;
        let power = |f: &Fraction| -> Option<Fraction> {
            let positive = (0..n.abs()).fold(self.number(1), |p, _| p.mul(f));
            if n < 0 { self.inverse(&positive) } else { Some(positive) }
        };
        let lead = Fraction { num: CPoly::real(f.den.one()), den: f.den.clone() };
        let mut product = vec![self.plain(power(&lead)?)];
        for (factor, times) in factors {
            let f = Fraction::whole(CPoly::real(factor)).cancelled();
            let part = if self.is_free(&f) {
                self.plain(power(&f)?)
            } else {
                self.power_of_linear(&self.expr(&f)?, exponent.clone())?
            };
            for _ in 0..times {
                product = self.multiply(&product, std::slice::from_ref(&part))?;
            }
        }
        product.pop()
    }

    /// The product of two sums.
    pub(crate) fn multiply(&self, a: &[Term], b: &[Term]) -> Option<Vec<Term>> {
        if a.len() * b.len() > MOST_TERMS {
            return None;
        }
        let mut list = Vec::new();
        for x in a {
            for y in b {
                list.extend(self.product(x, y)?);
            }
        }
        Some(list)
    }

    fn product(&self, a: &Term, b: &Term) -> Option<Vec<Term>> {
        let mut bases = a.bases.clone();
        for (base, exponent) in &b.bases {
            match bases.iter_mut().find(|(known, _)| known.expr == base.expr) {
                Some((_, sum)) => *sum = sum.add(exponent).cancelled(),
                None => bases.push((base.clone(), exponent.clone())),
            }
        }
        bases.retain(|(_, exponent)| !exponent.num.is_zero());
        let term = Term { factor: a.factor.mul(&b.factor), bases, rate: a.rate.add(&b.rate).cancelled(), wave: None };
        let (x, y) = match (&a.wave, &b.wave) {
            (None, wave) | (wave, None) => return Some(vec![Term { wave: wave.clone(), ..term }]),
            (Some(x), Some(y)) => (x, y),
        };
        // sin a = cos(a − π/2) is not needed: the four products by the addition theorems.
        use ScalarFunction::{Cos, Sin};
        let (sum, difference) = ((x.1.add(&y.1), x.2.add(&y.2)), (x.1.add(&y.1.neg()), x.2.add(&y.2.neg())));
        let (kind, plus, minus) = match (x.0, y.0) {
            (Sin, Sin) => (Cos, -1, 1),
            (Cos, Cos) => (Cos, 1, 1),
            (Sin, Cos) => (Sin, 1, 1),
            _ => (Sin, 1, -1),
        };
        let half = |sign: i64| self.rational(&Rational::new(sign, 2));
        let part = |(omega, phi): (Fraction, Fraction), sign: i64| -> Option<Term> {
            let (omega, phi) = (omega.cancelled(), phi.cancelled());
            let scaled = Term { factor: term.factor.mul(&half(sign)), ..term.clone() };
            if omega.num.is_zero() {
                let value = self.read(&function(kind, &self.expr(&phi)?))?;
                return Some(Term { factor: scaled.factor.mul(&value), ..scaled });
            }
            Some(Term { wave: Some((kind, omega, phi)), ..scaled })
        };
        Some(vec![part(sum, plus)?, part(difference, minus)?])
    }

    /// Terms that differ by their factors only are added; what vanishes is left out.
    pub(crate) fn collected(&self, list: Vec<Term>) -> Vec<Term> {
        let same = |a: &Fraction, b: &Fraction| a.add(&b.neg()).num.is_zero();
        let alike = |a: &Term, b: &Term| {
            let waves = match (&a.wave, &b.wave) {
                (None, None) => true,
                (Some(x), Some(y)) => x.0 == y.0 && same(&x.1, &y.1) && same(&x.2, &y.2),
                _ => false,
            };
            let bases = a.bases.len() == b.bases.len()
                && a.bases.iter().all(|(x, p)| b.bases.iter().any(|(y, q)| x.expr == y.expr && same(p, q)));
            waves && bases && same(&a.rate, &b.rate)
        };
        let mut kept: Vec<Term> = Vec::new();
        for term in list {
            match kept.iter_mut().find(|k| alike(k, &term)) {
                Some(known) => known.factor = known.factor.add(&term.factor).cancelled(),
                None => kept.push(term),
            }
        }
        kept.retain(|t| !t.factor.num.is_zero());
        kept
    }

    /// A term as an expression.
    pub(crate) fn term_expr(&self, term: &Term) -> Option<Expr> {
        let one = crate::trees::expression::number(1);
        let mut result = self.expr(&term.factor)?;
        let minus_one = neg(&one);
        for (base, exponent) in &term.bases {
            let power = pow(&base.expr, &self.expr(exponent)?);
            result = if result == minus_one { neg(&power) } else { mul(&result, &power) };
        }
        if !term.rate.num.is_zero() {
            let argument = self.read(&mul(&self.expr(&term.rate)?, &name(self.time)))?;
            result = mul(&result, &function(ScalarFunction::Exp, &self.expr(&argument)?));
        }
        if let Some(wave) = &term.wave {
            result = mul(&result, &self.wave_expr(wave)?);
        }
        Some(result)
    }

    /// The sum of terms as an expression.
    pub(crate) fn sum_expr(&self, list: &[Term]) -> Option<Expr> {
        let mut sum = crate::trees::expression::number(0);
        for term in list {
            sum = add(&sum, &self.term_expr(term)?);
        }
        Some(sum)
    }

    /// The term at a time where it has a value or vanishes as a positive power; `None` elsewhere.
    pub(crate) fn at(&self, term: &Term, time: &Rational) -> Option<Fraction> {
        let value = |n: &str| (n == self.time).then(|| exact(time));
        let put = |e: &Expr| self.special(&substitute(e, &value, &|_| None));
        let mut product = term.clone();
        for (base, exponent) in std::mem::take(&mut product.bases) {
            let there = self.read(&put(&base.expr))?;
            if there.num.is_zero() {
                return self.enclosure(&exponent)?.positive().then(|| self.number(0));
            }
            let factor = self.read(&pow(&self.expr(&there)?, &self.expr(&exponent)?))?;
            product.factor = product.factor.mul(&factor);
        }
        self.read(&put(&self.term_expr(&product)?))
    }

    /// sin and cos of whole and half multiples of π as numbers.
    pub(crate) fn special(&self, e: &Expr) -> Expr {
        let go = |x: &Expr| self.special(x);
        match &e.kind {
            ExprKind::Function { function: kind @ (ScalarFunction::Sin | ScalarFunction::Cos), argument } => {
                let argument = go(argument);
                let over_pi = div(&argument, &crate::trees::expression::node(ExprKind::Pi));
                let halves = self.read(&over_pi).and_then(|f| self.constant(&f)).map(|v| &v * &Rational::from(2));
                let halves = halves.filter(Rational::is_integer).and_then(|v| v.numerator().to_i64());
                match halves {
                    Some(n) => {
                        let quarter = if *kind == ScalarFunction::Sin { n } else { n + 1 };
                        let value = [0, 1, 0, -1][usize::try_from(quarter.rem_euclid(4)).unwrap_or(0)];
                        exact(&Rational::from(value))
                    }
                    None => function(*kind, &argument),
                }
            }
            ExprKind::Function { function: f, argument } => function(*f, &go(argument)),
            ExprKind::Neg(a) => neg(&go(a)),
            ExprKind::Add(a, b) => add(&go(a), &go(b)),
            ExprKind::Sub(a, b) => crate::trees::expression::sub(&go(a), &go(b)),
            ExprKind::Mul(a, b) => mul(&go(a), &go(b)),
            ExprKind::Div(a, b) => div(&go(a), &go(b)),
            ExprKind::Pow(a, b) => pow(&go(a), &go(b)),
            _ => e.clone(),
        }
    }

    /// de/dt.
    pub(crate) fn derivative(&self, e: &Expr) -> Option<Expr> {
        differentiate(e, self.time)
    }

    /// Whether an exponent is a number n.
    pub(crate) fn is(&self, f: &Fraction, n: i64) -> bool {
        self.constant(f).is_some_and(|v| v == n)
    }

    /// The exponent as a whole number, if it is one.
    pub(crate) fn whole(&self, f: &Fraction) -> Option<i64> {
        self.constant(f).filter(Rational::is_integer)?.numerator().to_i64()
    }
}

/// A polynomial as the product of its factors.
fn in_factors(ring: &Ring, p: &Poly) -> Option<Expr> {
    let mut constant = Rational::from(1);
    let mut list = Vec::new();
    for (factor, power) in crate::algebra::steps::factors(p)? {
        if factor.is_constant() {
            constant = (0..power).fold(constant, |n, _| &n * &factor.get_constant());
        } else {
            list.push(tree::power(tree::poly(ring, &factor)?, &Rational::from(i64::try_from(power).ok()?)));
        }
    }
    let size = constant.abs();
    let first = if !size.is_one() || list.is_empty() { Some(tree::number(&size)?) } else { None };
    let product = first.into_iter().chain(list).fold(None, |product, factor| Some(tree::times(product, factor)))?;
    tree::walkable(if constant.is_negative() { tree::negated(product) } else { product })
}
