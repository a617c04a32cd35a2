//! Powers, exponentials, logarithms and angles as variables of an [`Algebra`], so that what is equal by
//! x^(a+b) = x^a x^b, exp(a + b) = exp(a) exp(b) and their kin becomes equal as a polynomial.
//!
//! (x y)^a = x^a y^a is used for x > 0 only; then it holds for every y and the principal value.

use super::algebra::{Algebra, Atom};
use super::fraction::{Complex, Fraction};
use super::poly::{Monomial, Poly, Var};
use super::range::Range;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// Roots of a higher degree are not introduced.
const LARGEST_ROOT: u32 = 64;
/// Powers of one variable beyond this are not written down.
const LARGEST_POWER: i64 = 4_096;
/// Powers of sums of parameters that may have more terms than this are not expanded.
const LONGEST_POWER: u64 = 24;
/// Prime factors beyond this are not looked for.
const LARGEST_PRIME: u32 = 1_000;

/// Factors, each to a power of one.
enum Factor {
    Number(u32),
    Variable(Var),
    Other(Fraction),
}

impl Algebra {
    /// base^exponent, the principal value.
    pub(crate) fn power(&mut self, base: &Complex, exponent: &Fraction) -> Option<Complex> {
        if let Some(e) = exponent.as_constant().filter(BigRational::is_integer) {
            let e32 = e.to_integer().to_i32()?;
            if let Some(sum) = self.as_one_variable(base, e32) {
                return Some(self.variable(sum).pow(e32)?.into());
            }
            return self.pow(base, e.to_integer().to_i32()?);
        }
        let half = BigRational::new(1.into(), 2.into());
        if !base.im.is_zero() {
            let whole = exponent.as_constant()? - &half;
            let root = self.sqrt_of_complex(base)?;
            return self.times(&root, &self.pow(base, whole.is_integer().then(|| whole.to_integer().to_i32())??)?);
        }
        self.power_of_real(&base.re, exponent)
    }

    /// A variable for a sum of parameters whose power would be long: a root of degree one. Nothing is known of it but
    /// its range, until a sign is looked at; even powers are not negative without being expanded.
    fn as_one_variable(&mut self, base: &Complex, exponent: i32) -> Option<Var> {
        let sum = base.as_real()?.as_poly()?;
        if exponent < 2 || sum.len() < 2 || sum.terms_of_power(exponent.unsigned_abs()) <= LONGEST_POWER {
            return None;
        }
        let is_parameter = |v: &Var| matches!(self.atom(*v), Some(Atom::Named(_) | Atom::Root { degree: 1, .. }));
        let moves = [self.k(), self.time()].into_iter().chain(self.components().to_vec()).chain(self.beyond());
        let real = base.as_real()?.clone();
        if !sum.variables().iter().all(is_parameter) || moves.into_iter().any(|v| self.depends(&real, v)) {
            return None;
        }
        let found = self.find(&|atom| matches!(atom, Atom::Root { degree: 1, of } if *of == real));
        let range = self.bounds(sum);
        Some(found.unwrap_or_else(|| self.add(Atom::Root { degree: 1, of: real }, range, None)))
    }

    pub(crate) fn sqrt(&mut self, value: &Complex) -> Option<Complex> {
        self.power(value, &Fraction::constant(BigRational::new(1.into(), 2.into())))
    }

    /// √z = u + i Im z/(2u) with u = √((|z| + Re z)/2), off the negative axis.
    fn sqrt_of_complex(&mut self, z: &Complex) -> Option<Complex> {
        let size = z.re.times(&z.re)?.plus(&z.im.times(&z.im)?)?;
        let size = self.sqrt(&self.reduced(&size)?.into())?;
        let half = BigRational::new(1.into(), 2.into());
        let u = self.sqrt(&size.as_real()?.plus(&z.re)?.scaled(&half).into())?;
        let im = z.im.scaled(&half).over(u.as_real()?)?;
        Some(Complex { re: u.re, im })
    }

    fn power_of_real(&mut self, base: &Fraction, exponent: &Fraction) -> Option<Complex> {
        let base = self.reduced(base)?;
        if base.is_zero() {
            // 0^a with a > 0.
            return self.is_positive(exponent).then(Complex::zero);
        }
        let half = exponent.as_constant().is_some_and(|e| e == BigRational::new(1.into(), 2.into()));
        let (factors, rest) = self.factors(&base)?;
        let mut product = Fraction::one();
        for (factor, times) in factors {
            let exponent = exponent.scaled(&BigRational::from_integer(times.into()));
            let power = match factor {
                Factor::Number(p) => self.power_of_base(&Fraction::integer(p.into()), exponent, true)?,
                Factor::Variable(v) => self.power_of_variable(v, exponent)?,
                Factor::Other(part) => self.power_of_base(&part, exponent, true)?,
            };
            product = self.reduced(&product.times(&power)?)?;
        }
        if rest.is_one() {
            return Some(product.into());
        }
        if half && self.is_positive(&rest.negated()) {
            let root = self.power_of_real(&rest.negated(), exponent)?;
            return Some(Complex { re: Fraction::zero(), im: product.times(root.as_real()?)? });
        }
        if half && let Some(root) = self.root_of_known_sign(&rest) {
            return Some(product.times(&root)?.into());
        }
        let positive = self.is_nonnegative(&rest);
        let power = self.power_of_base(&rest, exponent.clone(), positive)?;
        Some(self.reduced(&product.times(&power)?)?.into())
    }

    /// base = Π factor^times · rest with positive factors.
    fn factors(&self, base: &Fraction) -> Option<(Vec<(Factor, i64)>, Fraction)> {
        let mut list = Vec::new();
        let mut rest = Fraction::one();
        for (poly, sign) in [(&base.num, 1_i64), (&base.den, -1)] {
            let mut outside = Monomial::default();
            for (v, e) in poly.content_monomial().powers() {
                let positive = self.range(*v).is_some_and(Range::is_nonnegative);
                if positive {
                    list.push((Factor::Variable(*v), sign * i64::from(*e)));
                    outside = outside.times(&Monomial::power(*v, *e));
                }
            }
            let mut poly = poly.over_monomial(&outside);
            // |k|² where it is a sum over components.
            if let Some((degree, square)) = self.relation(self.k()) {
                while let Some(quotient) = poly.exact_quotient(&square.num).filter(|_| !poly.is_zero()) {
                    list.push((Factor::Variable(self.k()), sign * i64::from(*degree)));
                    poly = quotient;
                }
            }
            let content = poly.content();
            self.number(&content, sign, &mut list);
            let poly: Fraction = poly.scaled(&content.recip()).into();
            if poly.is_one() {
                continue;
            }
            if self.is_positive(&poly) {
                list.push(match self.square_root(&poly) {
                    Some(root) => (Factor::Other(root), 2 * sign),
                    None => (Factor::Other(poly), sign),
                });
            } else if sign < 0 && self.is_positive(&poly.negated()) {
                list.push((Factor::Other(poly.negated()), sign));
                rest = rest.negated();
            } else if sign > 0 {
                rest = rest.times(&poly)?;
            } else {
                rest = rest.over(&poly)?;
            }
        }
        Some((list, rest))
    }

    /// The prime factors of a positive number.
    fn number(&self, value: &BigRational, sign: i64, list: &mut Vec<(Factor, i64)>) {
        for (whole, sign) in [(value.numer(), sign), (value.denom(), -sign)] {
            let mut rest = BigRational::from_integer(whole.clone());
            for p in 2..LARGEST_PRIME {
                let prime = BigRational::from_integer(p.into());
                let mut times = 0;
                while !rest.is_one() && (&rest / &prime).is_integer() {
                    rest /= &prime;
                    times += 1;
                }
                if times > 0 {
                    list.push((Factor::Number(p), sign * times));
                }
                if rest.is_one() {
                    break;
                }
            }
            if !rest.is_one() {
                let root = BigRational::from_integer(rest.numer().sqrt());
                let (factor, times) = if &root * &root == rest { (root, 2) } else { (rest, 1) };
                list.push((Factor::Other(Fraction::constant(factor)), times * sign));
            }
        }
    }

    /// v^exponent for v ≥ 0, in terms of what v itself is a power of.
    fn power_of_variable(&mut self, v: Var, exponent: Fraction) -> Option<Fraction> {
        match self.atom(v)?.clone() {
            Atom::Root { degree, of } if self.is_positive(&of) => {
                let exponent = exponent.scaled(&BigRational::new(1.into(), degree.into()));
                self.power_of_real(&of, &exponent)?.as_real().cloned()
            }
            Atom::Power { base, exponent: inner } if self.is_positive(&base) => {
                let exponent = self.reduced(&exponent.times(&inner)?)?;
                self.power_of_real(&base, &exponent)?.as_real().cloned()
            }
            Atom::Exp(inner) => {
                let exponent = self.reduced(&exponent.times(&inner)?)?;
                self.exp(&exponent.into())?.as_real().cloned()
            }
            _ => self.power_of_base(&self.variable(v), exponent, true),
        }
    }

    /// Splits a^(n + p/q + Σ c m) into a^n, the p-th power of a root and powers of a^(m/d). `positive`: whether a ≥ 0.
    fn power_of_base(&mut self, base: &Fraction, exponent: Fraction, positive: bool) -> Option<Fraction> {
        // Variables may have been replaced by others since.
        let base = &self.reduced(base)?;
        let (number, mut terms) = split(&self.reduced(&exponent)?)?;
        let whole = number.floor();
        let mut product = base.pow(whole.to_integer().to_i32()?)?;
        let part = &number - &whole;
        match part.denom().to_u32().filter(|d| *d <= LARGEST_ROOT) {
            _ if part.is_zero() => {}
            Some(degree) => {
                let root = self.root(base, degree, positive);
                product = product.times(&self.variable(root).pow(part.numer().to_i32()?)?)?;
            }
            // A power like that with an exponent that is a parameter: nothing is known of it but its sign.
            None => terms.push((part, Fraction::one())),
        }
        for (c, m) in terms {
            let find = |atom: &Atom| match atom {
                Atom::Power { base: b, exponent: e } if b == base => ratio(e, &m),
                _ => None,
            };
            let range = (positive && self.is_real(&m)).then(Range::positive);
            let make = |unit: &BigRational| Atom::Power { base: base.clone(), exponent: m.scaled(unit) };
            let (var, times) = self.unit(&c, &find, &make, range)?;
            product = product.times(&self.variable(var).pow(times)?)?;
        }
        self.reduced(&product)
    }

    /// The variable for base^(1/degree).
    fn root(&mut self, base: &Fraction, degree: u32, positive: bool) -> Var {
        // What an older root is made of may have been written with other variables since.
        let same = |atom: &Atom| match atom {
            Atom::Root { degree: d, of } => *d == degree && (of == base || self.reduced(of).as_ref() == Some(base)),
            _ => false,
        };
        if let Some(var) = self.find(&same) {
            return var;
        }
        let range = (positive && self.is_real(base))
            .then(|| if self.is_positive(base) { Range::positive() } else { Range::nonnegative() });
        let var = self.add(Atom::Root { degree, of: base.clone() }, range, Some((degree, base.clone())));
        // √a = (a^(1/4))² and its kin, in whichever order they are met.
        let others: Vec<(Var, u32)> = self
            .atoms()
            .filter_map(|(v, atom)| match atom {
                Atom::Root { degree: d, of } if of == base && v != var => Some((v, *d)),
                _ => None,
            })
            .collect();
        for (other, d) in others {
            if degree.is_multiple_of(d) {
                self.replace(other, Fraction::from(Poly::power(var, degree / d)));
            } else if d.is_multiple_of(degree) {
                self.replace(var, Fraction::from(Poly::power(other, d / degree)));
            }
        }
        var
    }

    /// A variable u and n with u^n = the function at `c` times the argument, where u is the function at a multiple of
    /// the argument that divides all that are met. `find` tells the multiple of an atom, `make` makes one.
    pub(super) fn unit(
        &mut self,
        c: &BigRational,
        find: &dyn Fn(&Atom) -> Option<BigRational>,
        make: &dyn Fn(&BigRational) -> Atom,
        range: Option<Range>,
    ) -> Option<(Var, i32)> {
        let found = self.atoms().filter(|(v, _)| !self.is_replaced(*v)).find_map(|(v, atom)| Some((v, find(atom)?)));
        let Some((old, unit)) = found else {
            let unit = c.abs();
            let times = if c.is_negative() { -1 } else { 1 };
            return Some((self.add(make(&unit), range, None), times));
        };
        let times = c / &unit;
        let count = |times: &BigRational| {
            let n = times.is_integer().then(|| times.to_integer().to_i64())??;
            (n.abs() <= LARGEST_POWER).then(|| i32::try_from(n).ok())?
        };
        if times.is_integer() {
            return Some((old, count(&times)?));
        }
        let unit = &unit / BigRational::from_integer(times.denom().clone());
        let new = self.add(make(&unit), range, None);
        let step = times.denom().to_u32().filter(|n| i64::from(*n) <= LARGEST_POWER)?;
        self.replace(old, Poly::power(new, step).into());
        Some((new, count(&(c / &unit))?))
    }

    /// e^z.
    pub(crate) fn exp(&mut self, z: &Complex) -> Option<Complex> {
        let (number, terms) = split(&self.reduced(&z.re)?)?;
        let mut product = Fraction::one();
        let number = (!number.is_zero()).then(|| (number, Fraction::one()));
        for (c, m) in number.into_iter().chain(terms) {
            // e^(a log b) = b^a.
            if let Some((base, exponent)) = self.logarithm_in(&m) {
                let exponent = exponent.scaled(&c);
                let power = self.power(&base.into(), &exponent)?;
                product = self.reduced(&product.times(power.as_real()?)?)?;
                continue;
            }
            let find = |atom: &Atom| match atom {
                Atom::Exp(e) => ratio(e, &m),
                _ => None,
            };
            // e^x for x > 0 is above 1; units are positive.
            let range = self.is_real(&m).then(|| match (self.is_positive(&m), self.is_positive(&m.negated())) {
                (true, _) => Range::from(BigRational::one(), false),
                (_, true) => Range { upper: Some((BigRational::one(), false)), ..Range::positive() },
                _ => Range::positive(),
            });
            let (var, times) = self.unit(&c, &find, &|unit| Atom::Exp(m.scaled(unit)), range)?;
            product = product.times(&self.variable(var).pow(times)?)?;
        }
        let size = self.reduced(&product)?;
        if z.im.is_zero() {
            return Some(size.into());
        }
        let turn = self.turn(&z.im)?;
        self.times(&size.into(), &turn)
    }

    /// (b, a) of a·log b with a single logarithm of something positive, and a real.
    fn logarithm_in(&self, m: &Fraction) -> Option<(Fraction, Fraction)> {
        for v in m.variables() {
            if let Some(Atom::Log(of)) = self.atom(v)
                && m.num.degree(v) == 1
                && !m.den.contains(v)
                && self.range(v).is_some()
            {
                let rest = m.over(&self.variable(v))?;
                return Some((of.clone(), rest));
            }
        }
        None
    }

    /// The logarithm; of factors that are positive one by one.
    pub(crate) fn log(&mut self, z: &Complex) -> Option<Complex> {
        let value = self.reduced(z.as_real()?)?;
        if value.is_zero() {
            return None;
        }
        let (factors, rest) = self.factors(&value)?;
        let mut sum = Fraction::zero();
        for (factor, times) in factors {
            let log = match factor {
                Factor::Number(p) => self.log_of(&Fraction::integer(p.into()), true)?,
                Factor::Variable(v) => self.log_of_variable(v)?,
                Factor::Other(part) => self.log_of(&part, true)?,
            };
            sum = sum.plus(&log.scaled(&BigRational::from_integer(times.into())))?;
        }
        if !rest.is_one() {
            if self.is_positive(&rest.negated()) {
                return None;
            }
            sum = sum.plus(&self.log_of(&rest, false)?)?;
        }
        Some(self.reduced(&sum)?.into())
    }

    fn log_of_variable(&mut self, v: Var) -> Option<Fraction> {
        match self.atom(v)?.clone() {
            Atom::Root { degree, of } if self.is_positive(&of) => {
                let log = self.log(&of.into())?;
                Some(log.as_real()?.scaled(&BigRational::new(1.into(), degree.into())))
            }
            Atom::Power { base, exponent } if self.is_positive(&base) => {
                let log = self.log(&base.into())?;
                log.as_real()?.times(&exponent)
            }
            Atom::Exp(inner) => Some(inner),
            _ => self.log_of(&self.variable(v), true),
        }
    }

    fn log_of(&mut self, value: &Fraction, positive: bool) -> Option<Fraction> {
        let value = &self.reduced(value)?;
        let same = |atom: &Atom| matches!(atom, Atom::Log(of) if of == value);
        let range = (positive && self.is_real(value)).then(|| {
            // log w is positive above 1.
            let above = value.minus(&Fraction::one());
            let sign = |turn: bool| {
                above.as_ref().is_some_and(|a| self.is_positive(&if turn { a.negated() } else { a.clone() }))
            };
            match (sign(false), sign(true)) {
                (true, _) => Range::positive(),
                (_, true) => Range::positive().negated(),
                _ => Range::real(),
            }
        });
        let var = self.find(&same).unwrap_or_else(|| self.add(Atom::Log(value.clone()), range, None));
        Some(self.variable(var))
    }

    /// A root of a square of a polynomial that is positive by its terms.
    fn square_root(&self, value: &Fraction) -> Option<Fraction> {
        let root = self.root_of_square(value)?;
        if self.is_positive(&root) { Some(root) } else { Some(root.negated()).filter(|root| self.is_positive(root)) }
    }

    /// The root of a square that is not negative by its terms.
    pub(crate) fn root_of_known_sign(&self, value: &Fraction) -> Option<Fraction> {
        let root = self.root_of_square(value)?;
        [root.clone(), root.negated()].into_iter().find(|root| self.is_nonnegative(root))
    }

    /// One of the roots of a square, whatever its sign.
    fn root_of_square(&self, value: &Fraction) -> Option<Fraction> {
        // (|k| + m)² is one in |k|, whose square is written in components.
        let root_of = |p: &Poly| p.square_root().or_else(|| self.collected(p)?.square_root());
        Fraction::new(root_of(&value.num)?, root_of(&value.den)?)
    }
}

/// A number and terms c·m with different m that are no numbers, so that the value is their sum. Where the denominator
/// has several terms there is one m.
pub(super) fn split(value: &Fraction) -> Option<(BigRational, Vec<(BigRational, Fraction)>)> {
    if value.is_zero() {
        return Some((BigRational::zero(), Vec::new()));
    }
    if value.den.len() > 1 {
        return Some((BigRational::zero(), vec![as_one(value)?]));
    }
    let mut number = BigRational::zero();
    let mut terms = Vec::new();
    let lead = value.den.leading_coefficient()?.clone();
    for (monomial, c) in value.num.terms() {
        let m = Fraction::new(value.num.of_monomial(monomial.clone()), value.den.scaled(&lead.recip()))?;
        let c = c / &lead;
        if m.is_one() { number = c } else { terms.push((c, m)) }
    }
    Some((number, terms))
}

/// A number times an expression without a common factor.
pub(super) fn as_one(value: &Fraction) -> Option<(BigRational, Fraction)> {
    let c = value.num.content() / value.den.content();
    let m = Fraction::new(value.num.scaled(&c.recip()), value.den.clone())?;
    let turned = m.num.leading_coefficient().is_some_and(Signed::is_negative);
    Some(if turned { (-c, m.negated()) } else { (c, m) })
}

/// The number q > 0 with whole = q·part, where there is one.
pub(super) fn ratio(whole: &Fraction, part: &Fraction) -> Option<BigRational> {
    let (a, b) = (whole.num.leading_coefficient()?, part.num.leading_coefficient()?);
    let q = a / b;
    (whole.den == part.den && whole.num == part.num.scaled(&q)).then_some(q)
}
