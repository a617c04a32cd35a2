//! The exact symbol along rays k = q d, q > 0: sums of powers of q whose coefficients are polynomials in the
//! parameters, and signs of these coefficients over the whole domain.

use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::{Poly, Var};
use crate::exact::{Algebra, Atom};
use crate::sign::{Fact, Region, Relation};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use std::collections::BTreeMap;

pub(super) type Q = BigRational;

/// Coefficients by the power of q; none of them is the zero polynomial.
pub(super) type Terms = BTreeMap<Q, Poly>;

/// Σ a_j s^j and what is known of its variables.
pub(super) struct Exact<'a> {
    pub(super) algebra: &'a Algebra,
    /// a_0, a_1, …; the last one is not zero.
    pub(super) a: Vec<Complex>,
    /// θ of a drift φ_t = θ div(x φ) + …, of an equation of first order in time; real and free of k.
    pub(super) drift: Option<Fraction>,
    /// Domains, and conditions under which the claim is to be refuted.
    region: Region,
}

/// d, by component; empty where only |k| occurs.
pub(super) type Direction = Vec<Q>;

/// (re + i im)/den along a ray, den a square.
pub(super) struct Along {
    pub(super) re: Terms,
    pub(super) im: Terms,
    pub(super) den: Terms,
}

/// What a variable is along a ray.
pub(super) enum Weight {
    /// factor·q^power.
    Power(Q, Q),
    Free,
    Other,
}

pub(super) fn number(x: i64) -> Q {
    Q::from_integer(x.into())
}

/// The root of a number that is not negative, where it is rational.
pub(super) fn root_of(x: &Q, degree: u32) -> Option<Q> {
    if x.is_negative() || degree == 0 {
        return None;
    }
    let (top, bottom) = (x.numer().nth_root(degree), x.denom().nth_root(degree));
    let root = Q::new(top, bottom);
    (num_traits::pow(root.clone(), degree as usize) == *x).then_some(root)
}

/// The lowest term.
pub(super) fn low(terms: &Terms) -> Option<(&Q, &Poly)> {
    terms.first_key_value()
}

/// The highest term.
pub(super) fn top(terms: &Terms) -> Option<(&Q, &Poly)> {
    terms.last_key_value()
}

fn add(terms: &mut Terms, power: Q, c: &Poly) {
    let sum = terms.get(&power).map_or_else(|| c.clone(), |p| p.plus(c));
    if sum.is_zero() {
        terms.remove(&power);
    } else {
        terms.insert(power, sum);
    }
}

pub(super) fn scaled(terms: &Terms, factor: &Poly) -> Option<Terms> {
    let mut list = Terms::new();
    for (e, c) in terms {
        add(&mut list, e.clone(), &c.times(factor)?);
    }
    Some(list)
}

pub(super) fn minus(a: &Terms, b: &Terms) -> Terms {
    let mut list = a.clone();
    for (e, c) in b {
        add(&mut list, e.clone(), &c.negated());
    }
    list
}

pub(super) fn product(a: &Terms, b: &Terms) -> Option<Terms> {
    let mut list = Terms::new();
    for (e, c) in a {
        for (f, d) in b {
            add(&mut list, e + f, &c.times(d)?);
        }
    }
    Some(list)
}

impl<'a> Exact<'a> {
    pub(super) fn new(algebra: &'a Algebra, a: Vec<Complex>, conditions: &[Fact]) -> Self {
        let mut region = Region::new(BTreeMap::new());
        let mut var: Var = 0;
        while let Some(atom) = algebra.atom(var) {
            if let Some(range) = algebra.range(var) {
                region = region.with_range(var, range.clone());
                if let (Atom::Root { degree: 2, of }, true) = (atom, range.is_nonnegative())
                    && let Some(square) = of.as_poly()
                {
                    region = region.with_root(var, square.clone());
                }
            }
            var += 1;
        }
        let region = conditions.iter().fold(region, |r, fact| r.with(fact.clone()));
        Self { algebra, a, drift: None, region }
    }

    /// Whether a statement holds wherever the parameters lie in the domain.
    pub(super) fn holds(&self, p: &Poly, relation: Relation) -> bool {
        match p.as_constant() {
            Some(c) => match relation {
                Relation::Positive => c.is_positive(),
                Relation::NonNegative => !c.is_negative(),
                Relation::Zero => c.is_zero(),
                Relation::NonZero => !c.is_zero(),
            },
            None => {
                p.variables().iter().all(|v| self.algebra.range(*v).is_some())
                    && self.region.prove(p, relation).is_some()
            }
        }
    }

    pub(super) fn positive(&self, p: &Poly) -> bool {
        self.holds(p, Relation::Positive)
    }

    pub(super) fn negative(&self, p: &Poly) -> bool {
        self.holds(&p.negated(), Relation::Positive)
    }

    pub(super) fn nonzero(&self, p: &Poly) -> bool {
        self.holds(p, Relation::NonZero)
    }

    /// Some coefficient is never zero, so that the sum is not the zero function for any parameters.
    pub(super) fn is_something(&self, terms: &Terms) -> bool {
        terms.values().any(|c| self.nonzero(c))
    }

    /// Whether the wave vector occurs in a value.
    pub(super) fn has_wave(&self, value: &Complex) -> bool {
        [&value.re, &value.im].iter().any(|f| self.in_fraction(f))
    }

    fn in_fraction(&self, f: &Fraction) -> bool {
        f.variables().iter().any(|v| self.depends(*v))
    }

    /// Whether a variable depends on the wave vector.
    pub(super) fn depends(&self, v: Var) -> bool {
        let algebra = self.algebra;
        if v == algebra.k() || algebra.components().contains(&v) || algebra.beyond() == Some(v) {
            return true;
        }
        match algebra.atom(v) {
            Some(Atom::Named(_)) | None => false,
            Some(Atom::Root { of: f, .. } | Atom::Exp(f) | Atom::Log(f) | Atom::Cos(f) | Atom::Sin(f)) => {
                self.in_fraction(f)
            }
            Some(Atom::Power { base, exponent }) => self.in_fraction(base) || self.in_fraction(exponent),
        }
    }

    /// Whether the time occurs in a value.
    pub(super) fn has_time(&self, value: &Complex) -> bool {
        [&value.re, &value.im].iter().any(|f| f.variables().iter().any(|v| self.is_timed(*v)))
    }

    pub(super) fn is_timed(&self, v: Var) -> bool {
        let within = |f: &Fraction| f.variables().iter().any(|w| self.is_timed(*w));
        match self.algebra.atom(v) {
            _ if v == self.algebra.time() => true,
            Some(Atom::Named(_)) | None => false,
            Some(Atom::Root { of: f, .. } | Atom::Exp(f) | Atom::Log(f) | Atom::Cos(f) | Atom::Sin(f)) => within(f),
            Some(Atom::Power { base, exponent }) => within(base) || within(exponent),
        }
    }

    /// |d| where it is rational.
    fn norm(&self, d: &Direction) -> Option<Q> {
        if self.algebra.components().is_empty() {
            return Some(Q::one());
        }
        let square = d.iter().fold(Q::zero(), |sum, x| sum + x * x);
        root_of(&square, 2)
    }

    pub(super) fn weight(&self, v: Var, d: &Direction) -> Weight {
        let algebra = self.algebra;
        let norm = || self.norm(d).filter(|n| n.is_positive());
        if v == algebra.k() {
            return norm().map_or(Weight::Other, |n| Weight::Power(Q::one(), n));
        }
        if let Some(i) = algebra.components().iter().position(|c| *c == v) {
            return Weight::Power(Q::one(), d.get(i).cloned().unwrap_or_else(Q::zero));
        }
        if algebra.beyond() == Some(v) {
            return Weight::Power(Q::one(), d.get(algebra.components().len()).cloned().unwrap_or_else(Q::zero));
        }
        if !self.depends(v) {
            return Weight::Free;
        }
        match algebra.atom(v) {
            Some(Atom::Root { degree, of }) => {
                let power = of.as_poly().filter(|p| **p == Poly::power(algebra.k(), p.degree(algebra.k())));
                match (power, norm()) {
                    (Some(p), Some(n)) if n.is_one() => {
                        Weight::Power(Q::new(p.degree(algebra.k()).into(), (*degree).into()), n)
                    }
                    _ => Weight::Other,
                }
            }
            _ => Weight::Other,
        }
    }

    /// A polynomial along a ray; `None` where a function of k is no power.
    pub(super) fn terms(&self, p: &Poly, d: &Direction) -> Option<Terms> {
        let mut list = Terms::new();
        for (monomial, c) in p.terms() {
            let (mut power, mut factor, mut rest) = (Q::zero(), c.clone(), p.number(Q::one()));
            for (v, e) in monomial.powers() {
                match self.weight(*v, d) {
                    Weight::Power(one, scale) => {
                        power += one * number(i64::from(*e));
                        factor *= num_traits::pow(scale, *e as usize);
                    }
                    Weight::Free => rest = rest.times(&Poly::power(*v, *e))?,
                    Weight::Other => return None,
                }
            }
            if !factor.is_zero() {
                add(&mut list, power, &rest.scaled(&factor));
            }
        }
        Some(list)
    }

    /// A value along a ray.
    pub(super) fn along(&self, value: &Complex, d: &Direction) -> Option<Along> {
        let [re, im] = [&value.re, &value.im].map(|f| Some((self.terms(&f.num, d)?, self.terms(&f.den, d)?)));
        let ((re, a), (im, b)) = (re?, im?);
        // Over a·b, or a where they are equal; then over its square.
        let (re, im, den) = if a == b { (re, im, a) } else { (product(&re, &b)?, product(&im, &a)?, product(&a, &b)?) };
        if den.len() == 1 && low(&den).is_some_and(|(e, c)| e.is_zero() && *c == Poly::one()) {
            return Some(Along { re, im, den });
        }
        Some(Along { re: product(&re, &den)?, im: product(&im, &den)?, den: product(&den, &den)? })
    }

    /// Directions that are looked along: the axes and some between two of them.
    pub(super) fn directions(&self) -> Vec<Direction> {
        let n = self.algebra.components().len();
        if n == 0 {
            return vec![Vec::new()];
        }
        let all = n + usize::from(self.algebra.beyond().is_some());
        let along = |i: usize, x: i64, j: usize, y: i64| {
            let mut d = vec![Q::zero(); all];
            d[i] = number(x);
            if i != j {
                d[j] = number(y);
            }
            d
        };
        let mut list: Vec<Direction> = (0..all).flat_map(|i| [along(i, 1, i, 0), along(i, -1, i, 0)]).collect();
        for i in 0..all.min(4) {
            for j in i + 1..all.min(4) {
                for (x, y) in [(1, 1), (1, -1), (3, 4), (4, 3), (3, -4), (4, -3), (1, 2), (2, 1), (1, -2), (2, -1)] {
                    list.extend([along(i, x, j, y), along(i, -x, j, -y)]);
                }
            }
        }
        list
    }

    /// Whether a quadratic form is positive off 0.
    pub(super) fn definite(&self, form: &Poly, variables: &[Var]) -> bool {
        let parts = self.region.off_zero(variables);
        parts.iter().all(|part| part.prove(form, Relation::Positive).is_some())
    }

    /// Whether every monomial has components along one axis only.
    pub(super) fn only_axes(&self, value: &Complex) -> Option<bool> {
        let wave = |v: &Var| self.depends(*v);
        let alone = |p: &Poly| p.terms().all(|(m, _)| m.powers().iter().filter(|(v, _)| wave(v)).count() <= 1);
        Some([&value.re, &value.im].iter().all(|f| alone(&f.num) && f.den.variables().iter().all(|v| !wave(v))))
    }

    /// The value of a polynomial in the parameters; `None` where other variables occur.
    pub(super) fn number(&self, p: &Poly, params: &BTreeMap<String, Q>) -> Option<Q> {
        let mut p = p.clone();
        for v in p.variables() {
            let Some(Atom::Named(name)) = self.algebra.atom(v) else { return None };
            p = p.at(v, params.get(name)?);
        }
        p.as_constant()
    }

    /// The value 1 for every parameter.
    pub(super) fn representative(&self) -> BTreeMap<String, Q> {
        let mut list = BTreeMap::new();
        let mut var: Var = 0;
        while let Some(atom) = self.algebra.atom(var) {
            if let Atom::Named(name) = atom {
                list.insert(name.clone(), Q::one());
            }
            var += 1;
        }
        list.remove("pi");
        list
    }

    /// a_j(−k) = a_j(k)*: the field is real.
    pub(super) fn is_hermitian(&self, value: &Complex) -> bool {
        let turned = |f: &Fraction| {
            self.algebra.components().iter().try_fold(f.clone(), |f, v| f.substitute(*v, &Fraction::var(*v).negated()))
        };
        let same = |a: Option<Fraction>, b: &Fraction| {
            a.and_then(|a| self.algebra.reduced(&a.minus(b)?)).is_some_and(|f| f.is_zero())
        };
        same(turned(&value.re), &value.re) && same(turned(&value.im).map(|f| f.negated()), &value.im)
    }

    /// Whether no parameter values are left.
    pub(super) fn is_empty(&self) -> bool {
        self.region.is_empty().is_some()
    }

    /// Whether the time runs to infinity.
    pub(super) fn endless(&self) -> bool {
        self.algebra.range(self.algebra.time()).is_some_and(|range| range.upper.is_none())
    }

    /// Whether a value at −k is not the conjugate of the one at k, along some direction and for no parameter values.
    pub(super) fn is_never_hermitian(&self, value: &Complex) -> bool {
        let never = |d: &Direction| -> Option<bool> {
            let (here, there) = (self.along(value, d)?, self.along(value, &d.iter().map(|x| -x).collect())?);
            let odd = minus(&product(&here.re, &there.den)?, &product(&there.re, &here.den)?);
            let opposite = scaled(&there.im, &Poly::integer(-1))?;
            let even = minus(&product(&here.im, &there.den)?, &product(&opposite, &here.den)?);
            let regular = [&here.den, &there.den].iter().all(|t| top(t).is_some_and(|(_, c)| self.nonzero(c)));
            Some(regular && (self.is_something(&odd) || self.is_something(&even)))
        };
        self.directions().iter().any(|d| never(d) == Some(true))
    }
}
