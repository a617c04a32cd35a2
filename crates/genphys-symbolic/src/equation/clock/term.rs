//! Functions of the time as sums of terms c ∏ b_i(t)^{p_i} e^{λt} {1, sin, cos}(ωt + φ), with c, p_i, λ, ω and φ free
//! of the time: the form in which products stay short and antiderivatives are known.

use crate::algebra::fraction::Fraction;
use crate::algebra::ring::{CPoly, Poly, Ring, coefficients};
use crate::algebra::tree;
use crate::equation::symbol::Scalars;
use crate::trees::calculus::differentiate;
use crate::trees::expression::{add, div, exact, function, mul, name, neg, pow, rebuilt, substitute};
use crate::trees::interval::{Interval, enclose};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use std::cell::RefCell;
use symbolica::domains::rational::Rational;

/// The values that a name may have.
pub(crate) type Enclosures<'a> = Box<dyn Fn(&str) -> Option<Interval> + 'a>;

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
    pub(super) scalars: RefCell<Scalars<'a>>,
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

    pub(super) fn zero_in(&self, ring: &crate::algebra::ring::Ring) -> Fraction {
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
            _ => rebuilt(e, &go),
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
    for (factor, power) in ring.work.factors(p)? {
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
