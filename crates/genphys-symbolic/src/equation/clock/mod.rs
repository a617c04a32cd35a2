//! Clocks: the integrals ∫ c(τ) e^{aΘ(τ)} dτ over the time that first-order equations with coefficients in the time
//! come down to (theory, "Coefficients in t"): closed forms, their signs inside of the interval, and what becomes of
//! them at its ends.

mod end;
mod expand;
mod groups;
mod integrate;
mod sign;
mod term;

pub(crate) use groups::{Group, by_time, degree, groups};
pub(crate) use sign::{positive_inside, vanishes_at};
use term::{Term, Terms};

use crate::algebra::formula::Formula;
use crate::algebra::fraction::Fraction;
use crate::algebra::ring::{CPoly, Poly};
use crate::algebra::tree;
use crate::equation::declared::time_range;
use crate::equation::linear::Equation;
use crate::equation::symbol;
use crate::equation::symbol::Scalars;
use crate::trees::expression::{div, exact, mul, number};
use crate::trees::interval::{Interval, enclose};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use symbolica::domains::rational::Rational;

/// The clocks of one equation.
pub(crate) struct Clocks<'a> {
    eq: &'a Equation<'a>,
    terms: Terms<'a>,
    start: Option<Rational>,
    end: Option<Rational>,
    /// Θ, zero at the start, where there is linear drift and Θ has a closed form.
    theta: Option<Vec<Term>>,
}

/// c(t) e^{aΘ(t)} as a quotient and a.
pub(crate) struct Rate<'r> {
    pub(crate) num: &'r Poly,
    pub(crate) den: &'r Poly,
    /// a; zero where nothing moves.
    pub(crate) degree: Rational,
}

impl<'a> Clocks<'a> {
    pub(crate) fn new(eq: &'a Equation<'a>) -> Self {
        let mut clocks = Self::without_drift(eq);
        clocks.theta = clocks.drift();
        clocks
    }

    /// For expressions in the time alone.
    fn without_drift(eq: &'a Equation<'a>) -> Self {
        let names = |name: &str| -> Option<Interval> { symbol::enclosure(eq.pde, &eq.fixed, name) };
        let terms = Terms::new(Scalars::new(eq.pde, &eq.fixed, &eq.ring.work), &eq.pde.time.name, Box::new(names));
        let range = time_range(eq.pde);
        Self { eq, terms, start: range.lower.map(|(l, _)| l), end: range.upper.map(|(u, _)| u), theta: None }
    }

    /// Θ = ∫θ in φ_t = θ ∇·(xφ) + …
    fn drift(&self) -> Option<Vec<Term>> {
        let (c, a1) = (self.eq.motion.as_ref()?, self.eq.a.get(1).filter(|a| a.is_real())?);
        let rate = self.terms_of(&-c.clone(), &a1.re)?;
        self.since_start(&self.terms.antiderivative(&rate)?)
    }

    /// c(t) as terms.
    fn terms_of(&self, num: &Poly, den: &Poly) -> Option<Vec<Term>> {
        if num.is_zero() {
            return Some(Vec::new());
        }
        self.terms.terms(&tree::fraction(&self.eq.ring, &CPoly::real(num.clone()), den)?)
    }

    /// F − F(start).
    fn since_start(&self, f: &[Term]) -> Option<Vec<Term>> {
        let start = self.start.as_ref()?;
        let mut list = f.to_vec();
        for term in f {
            list.push(self.terms.plain(self.terms.at(term, start)?.neg()));
        }
        Some(self.terms.collected(list))
    }

    /// e^{cΘ}.
    fn stretch(&self, c: &Fraction) -> Option<Term> {
        match &self.eq.motion {
            None => Some(self.terms.plain(self.terms.number(1))),
            Some(_) => self.terms.exponential(self.theta.as_ref()?, c),
        }
    }

    /// c e^{aΘ} as terms.
    fn rate(&self, rate: &Rate<'_>) -> Option<Vec<Term>> {
        let list = self.terms_of(rate.num, rate.den)?;
        let stretch = self.stretch(&self.terms.rational(&rate.degree))?;
        Some(self.terms.collected(self.terms.multiply(&list, &[stretch])?))
    }

    /// ∫ c e^{aΘ} from the start, as terms.
    fn clock(&self, rate: &Rate<'_>) -> Option<Vec<Term>> {
        self.since_start(&self.terms.antiderivative(&self.rate(rate)?)?)
    }

    /// factor e^{−bΘ} ∫ c e^{aΘ}: the integral from the start of the interval, or for b > 0 what has been added in
    /// coordinates that do not move.
    pub(crate) fn carried(&self, rate: &Rate<'_>, b: i64, factor: i64) -> Option<Expr> {
        let mut back = self.stretch(&self.terms.number(-b))?;
        back.factor = back.factor.mul(&self.terms.number(factor));
        let list = self.terms.multiply(&self.clock(rate)?, &[back])?;
        self.short(&self.terms.collected(list))
    }

    /// Θ.
    pub(crate) fn moving(&self) -> Option<Expr> {
        self.short(self.theta.as_ref()?)
    }

    /// e^{−Θ}.
    pub(crate) fn scale(&self) -> Option<Expr> {
        self.short(&[self.stretch(&self.terms.number(-1))?])
    }

    /// The sum with numerator and denominator as products, exponentials as powers of one that falls.
    fn short(&self, list: &[Term]) -> Option<Expr> {
        let plain = || self.terms.sum_expr(list);
        let powers = self.in_powers_of_one(list).or_else(|| self.in_powers(list)).or_else(plain)?;
        self.terms.read(&powers).and_then(|f| self.terms.by_factors(&f)).or(Some(powers))
    }

    /// c_i e^{r_i P(t)} with whole multiples r_i of a number, P a polynomial of a higher degree and no other function of
    /// the time, as a sum of powers of one exponential, that factors.
    fn in_powers_of_one(&self, list: &[Term]) -> Option<Expr> {
        let polynomials: Vec<Vec<Fraction>> = list.iter().map(|t| self.exponent(t)).collect::<Option<_>>()?;
        let first = polynomials.iter().find(|p| p.iter().skip(1).any(|c| !c.num.is_zero()))?;
        let ratios: Vec<Rational> =
            polynomials.iter().map(|p| self.ratio(p, first)).collect::<Option<Vec<Rational>>>()?;
        let unit = ratios.iter().fold(Rational::from(0), |unit, r| rational_gcd(&unit, r));
        let t = crate::trees::expression::name(self.terms.time);
        let mut sum = number(0);
        for (n, c) in (1_u32..).zip(first) {
            let power = crate::trees::expression::pow(&t, &number(n));
            let c = self.terms.expr(&c.mul(&self.terms.rational(&unit)).cancelled())?;
            sum = crate::trees::expression::add(&sum, &mul(&c, &power));
        }
        let exponent = self.terms.expr(&self.terms.read(&sum)?)?;
        let rises = crate::trees::interval::enclose(&exponent, &*self.terms.names)?.non_negative();
        let exponent = if rises { crate::trees::expression::neg(&exponent) } else { exponent };
        let exponential = crate::trees::expression::function(ScalarFunction::Exp, &exponent);
        let mut sum = number(0);
        for (term, ratio) in list.iter().zip(&ratios) {
            let times = &(ratio / &unit) * &Rational::from(if rises { -1 } else { 1 });
            let mut part = self.terms.expr(&term.factor)?;
            if !times.is_zero() {
                let power = crate::trees::expression::pow(&exponential, &exact(&times.abs()));
                part = if times.is_negative() { div(&part, &power) } else { mul(&part, &power) };
            }
            sum = crate::trees::expression::add(&sum, &part);
        }
        Some(sum)
    }

    /// The coefficients of t, t², … in the exponent of a term that is one exponential.
    fn exponent(&self, term: &Term) -> Option<Vec<Fraction>> {
        if term.wave.is_some() {
            return None;
        }
        let mut coefficients = vec![term.rate.clone()];
        for (base, c) in &term.bases {
            let power = self.terms.exponential_power(base)?;
            coefficients.resize(coefficients.len().max(power), self.terms.number(0));
            *coefficients.get_mut(power.checked_sub(1)?)? = c.clone();
        }
        Some(coefficients)
    }

    /// r with p = r q.
    fn ratio(&self, p: &[Fraction], q: &[Fraction]) -> Option<Rational> {
        let zero = self.terms.number(0);
        let at = |list: &[Fraction], i: usize| list.get(i).unwrap_or(&zero).clone();
        let mut found: Option<Rational> = None;
        for i in 0..p.len().max(q.len()) {
            let (a, b) = (at(p, i), at(q, i));
            if a.num.is_zero() && b.num.is_zero() {
                continue;
            }
            let ratio = self.terms.over(&a, &b).and_then(|f| self.terms.constant(&f))?;
            if found.as_ref().is_some_and(|known| *known != ratio) {
                return None;
            }
            found = Some(ratio);
        }
        Some(found.unwrap_or_else(|| Rational::from(0)))
    }

    /// e^{λ_i t} as powers of one e^{μt}, where all λ_i are whole multiples of μ.
    fn in_powers(&self, list: &[Term]) -> Option<Expr> {
        let rates: Vec<&Fraction> = list.iter().map(|t| &t.rate).filter(|r| !r.num.is_zero()).collect();
        let first = rates.first()?;
        let ratios: Vec<Rational> = rates
            .iter()
            .map(|r| self.terms.over(r, first).and_then(|f| self.terms.constant(&f)))
            .collect::<Option<_>>()?;
        let mut unit = Rational::from(0);
        for r in &ratios {
            unit = rational_gcd(&unit, r);
        }
        let mut mu = first.mul(&self.terms.rational(&unit));
        if self.terms.enclosure(&mu)?.positive() {
            (mu, unit) = (mu.neg(), unit.neg());
        }
        let exponential = self.terms.term_expr(&Term { rate: mu, ..self.terms.plain(self.terms.number(1)) })?;
        let mut sum = number(0);
        for term in list {
            let mut part = self.terms.term_expr(&Term { rate: self.terms.number(0), ..term.clone() })?;
            if !term.rate.num.is_zero() {
                let ratio = self.terms.over(&term.rate, first).and_then(|f| self.terms.constant(&f))?;
                let times = &ratio / &unit;
                let power = crate::trees::expression::pow(&exponential, &exact(&times.abs()));
                part = if times.is_negative() { div(&part, &power) } else { mul(&part, &power) };
            }
            sum = crate::trees::expression::add(&sum, &part);
        }
        Some(sum)
    }

    /// Whether the clock diverges at the end of the interval, as a condition on the parameters.
    pub(crate) fn diverges(&self, rate: &Rate<'_>) -> Formula {
        let open = || Formula::Unknown("whether an integral over the time diverges at the end of the interval".into());
        let Some(list) = self.rate(rate) else { return open() };
        let found = match &self.end {
            None => self.diverges_at_infinity(&list),
            Some(end) => self.diverges_at(&list, end),
        };
        found.map_or_else(open, |f| f.simplify(&self.eq.oracle))
    }

    /// Whether a coefficient is integrable at the start, as a condition on the parameters.
    pub(crate) fn starts(&self, num: &Poly, den: &Poly) -> Formula {
        let open = || Formula::Unknown("whether a coefficient is integrable at the start".into());
        let (Some(list), Some(start)) = (self.terms_of(num, den), &self.start) else { return open() };
        self.diverges_at(&list, start).map_or_else(open, |f| f.negate().simplify(&self.eq.oracle))
    }

    /// The sign of the clock everywhere inside of the interval: `Some(true)` where it is positive for all parameter
    /// values.
    pub(crate) fn is_positive(&self, rate: &Rate<'_>) -> Option<bool> {
        let clock = self.terms.sum_expr(&self.clock(rate)?)?;
        positive_inside(self.eq, &clock)
    }

    /// Whether `factor` times the clock is not negative, by the enclosure of its closed form.
    pub(crate) fn is_bounded_below(&self, rate: &Rate<'_>, factor: i64) -> bool {
        let names = |name: &str| symbol::enclosure(self.eq.pde, &self.eq.fixed, name);
        let clock = self.carried(rate, 0, factor);
        clock.and_then(|c| enclose(&c, &names)).is_some_and(Interval::non_negative)
    }

    /// A polynomial with the sign of P, where the clock is (e^P − 1)² times what is positive.
    pub(crate) fn squared(&self, rate: &Rate<'_>) -> Option<Poly> {
        let clock = self.carried(rate, 0, 1)?;
        let mut found = None;
        let rest = without_square(&clock, &mut found)?;
        let names = |name: &str| symbol::enclosure(self.eq.pde, &self.eq.fixed, name);
        enclose(&rest, &names).filter(|v| v.positive())?;
        let (num, den) = symbol::scalar_in(self.eq.pde, &self.eq.fixed, &self.eq.ring, &found?)?;
        Some(&num * &den)
    }

    /// Whether the clock is negative everywhere inside.
    pub(crate) fn is_negative(&self, rate: &Rate<'_>) -> Option<bool> {
        let clock = self.terms.sum_expr(&self.clock(rate)?)?;
        positive_inside(self.eq, &crate::trees::expression::neg(&clock))
    }

    /// A polynomial with the sign of the clock at the finite end of the interval.
    pub(crate) fn value_at_end(&self, rate: &Rate<'_>) -> Option<Poly> {
        let end = self.end.as_ref()?;
        let mut sum = self.terms.number(0);
        for term in &self.clock(rate)? {
            sum = sum.add(&self.terms.at(term, end)?).cancelled();
        }
        if sum.num.is_zero() {
            return Some(self.eq.ring.zero());
        }
        match self.terms.enclosure(&sum) {
            Some(v) if v.positive() => return Some(self.eq.ring.integer(1)),
            Some(v) if v.neg().positive() => return Some(self.eq.ring.integer(-1)),
            _ => {}
        }
        let (num, den) = symbol::scalar_in(self.eq.pde, &self.eq.fixed, &self.eq.ring, &self.terms.expr(&sum)?)?;
        Some(&num * &den)
    }
}

/// A product with 1 in the place of its one factor (e^P − 1)², and P.
fn without_square(e: &Expr, found: &mut Option<Expr>) -> Option<Expr> {
    match &e.kind {
        ExprKind::Mul(a, b) => Some(mul(&without_square(a, found)?, &without_square(b, found)?)),
        ExprKind::Div(a, b) => Some(div(&without_square(a, found)?, b)),
        ExprKind::Pow(a, n) if *n.as_ref() == number(2) => match &a.kind {
            ExprKind::Sub(exponential, one) if *one.as_ref() == number(1) => match &exponential.kind {
                ExprKind::Function { function: ScalarFunction::Exp, argument } if found.is_none() => {
                    *found = Some((**argument).clone());
                    Some(number(1))
                }
                _ => Some(e.clone()),
            },
            _ => Some(e.clone()),
        },
        _ => Some(e.clone()),
    }
}

/// The greatest number of which both are whole multiples.
fn rational_gcd(a: &Rational, b: &Rational) -> Rational {
    let (mut a, mut b) = (a.abs(), b.abs());
    while !b.is_zero() {
        let quotient = &a / &b;
        let whole = Rational::from(quotient.numerator().quot_rem(&quotient.denominator()).0);
        (a, b) = (b.clone(), &a - &(&whole * &b));
    }
    a
}
