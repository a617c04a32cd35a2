//! The variables of the checker's polynomials, the relations between them, and what is known of their values.
//!
//! Every relation that is used is true of the functions that the variables stand for, and variables without a relation
//! are taken for independent. So an identity that is found holds (wherever both sides are defined), while one that is
//! not found may hold all the same.

use super::fraction::{Complex, Fraction};
use super::poly::{Poly, Var};
use super::range::{Range, rational};
use crate::work::Work;
use genphys_pde::ast::Number;
use genphys_pde::derivation::Derivation;
use genphys_pde::pde::Pde;
use num_rational::BigRational;
use num_traits::{One, Zero};
use std::collections::BTreeMap;

/// What a variable stands for. Functions carry their argument, in variables with smaller numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Atom {
    /// A parameter, `re(c)` or `im(c)` of a complex one, `k`, `k1`, …, the time, `N`, `pi` or another name.
    Named(String),
    /// of^(1/degree): the principal root, which is not negative where `of` is not; it may be imaginary elsewhere.
    Root {
        degree: u32,
        of: Fraction,
    },
    /// base^exponent where the exponent has variables; positive where the base is.
    Power {
        base: Fraction,
        exponent: Fraction,
    },
    /// The exponential of a real argument.
    Exp(Fraction),
    /// The logarithm.
    Log(Fraction),
    Cos(Fraction),
    Sin(Fraction),
}

struct Entry {
    atom: Atom,
    /// `None` where the value may be no real number.
    range: Option<Range>,
    /// var^degree = value.
    relation: Option<(u32, Fraction)>,
    /// Another expression for the variable, which was introduced later.
    same: Option<Fraction>,
}

/// Variables, their relations and ranges, for one claim.
pub(crate) struct Algebra {
    work: Work,
    entries: Vec<Entry>,
    names: BTreeMap<String, Var>,
    /// Values of names: parameters, and those that are fixed or complex.
    values: BTreeMap<String, Complex>,
    time: Var,
    k: Var,
    /// k1, k2, …; empty for an equation that is isotropic.
    components: Vec<Var>,
    /// The component in the directions beyond, where N may be larger than the number of components.
    beyond: Option<Var>,
    /// N, the number of dimensions.
    dimension: Complex,
}

/// The variable for the number of dimensions, of which a parameter may have the usual name.
pub(crate) const DIMENSION: &str = "number of dimensions";
/// Powers beyond this are not reduced.
const LARGEST_POWER: u32 = 64;
/// The same of a single term, as t^(D − 1).
const LARGEST_POWER_OF_ONE_TERM: u32 = 10_000;
/// Rounds of reductions, one variable at a time.
const MOST_ROUNDS: usize = 400;

impl Algebra {
    /// The variables of a claim about an equation in N = `dims`; with components of k where `components` > 0.
    pub(crate) fn new(
        work: &Work,
        pde: &Pde,
        derivation: &Derivation,
        dims: (u32, Option<u32>),
        components: u32,
    ) -> Option<Self> {
        let mut algebra = Self {
            work: work.clone(),
            entries: Vec::new(),
            names: BTreeMap::new(),
            values: BTreeMap::new(),
            time: 0,
            k: 0,
            components: Vec::new(),
            beyond: None,
            dimension: Fraction::one().into(),
        };
        let pi = BigRational::new(314_159.into(), 100_000.into());
        let above = BigRational::new(314_160.into(), 100_000.into());
        algebra.named("pi", Range { lower: Some((pi, false)), upper: Some((above, false)), excluded: None });
        let most = dims.1.map(|n| (BigRational::from_integer(n.into()), true));
        let least = BigRational::from_integer(dims.0.max(1).into());
        if dims.1 == Some(dims.0) {
            algebra.dimension = Fraction::constant(least).into();
        } else {
            let range = Range { lower: Some((least, true)), upper: most, excluded: None };
            let dimension = algebra.add(Atom::Named(DIMENSION.into()), Some(range), None);
            algebra.dimension = algebra.variable(dimension).into();
        }
        // A parameter of that name takes its place in what is read.
        algebra.values.insert("N".into(), algebra.dimension.clone());
        for param in &pde.params {
            let stated = derivation.pde.params.iter().find(|p| p.name == param.name);
            if let Some(value) = stated.filter(|p| p.fixed).and_then(|p| p.value) {
                algebra.values.insert(param.name.clone(), Fraction::constant(decimal(value)?).into());
            } else if param.complex {
                let part = |which: &str| format!("{which}({})", param.name);
                let (re, im) = (algebra.named(&part("re"), Range::real()), algebra.named(&part("im"), Range::real()));
                let value = Complex { re: algebra.variable(re), im: algebra.variable(im) };
                algebra.values.insert(param.name.clone(), value);
            } else {
                algebra.named(&param.name, Range::of_domain(&param.domain)?);
            }
        }
        algebra.time = algebra.named(&pde.time.name, Range::of_interval(&pde.time.interval)?);
        for j in 1..=components {
            let component = algebra.named(&format!("k{j}"), Range::real());
            algebra.components.push(component);
        }
        if components > 0 && dims.1.is_none_or(|most| most > components) {
            // Coordinates can be turned so that k has one component beyond; it goes by the next number.
            let beyond = algebra.named("k beyond", Range::nonnegative());
            let value = algebra.variable(beyond).into();
            algebra.values.insert(format!("k{}", components + 1), value);
            algebra.beyond = Some(beyond);
        }
        // C1 and C2 are about k ≠ 0.
        algebra.k = algebra.named("k", Range::positive());
        if components > 0 {
            let mut square = Poly::zero().paid_by(work);
            for component in algebra.components.iter().chain(&algebra.beyond) {
                square = square.plus(&Poly::power(*component, 2));
            }
            algebra.entries[algebra.k as usize].relation = Some((2, square.into()));
        }
        Some(algebra)
    }

    pub(super) fn add(&mut self, atom: Atom, range: Option<Range>, relation: Option<(u32, Fraction)>) -> Var {
        let var = Var::try_from(self.entries.len()).unwrap_or(Var::MAX);
        self.entries.push(Entry { atom, range, relation, same: None });
        var
    }

    /// N, the number of dimensions: a number or a variable.
    pub(crate) fn dimension(&self) -> &Complex {
        &self.dimension
    }

    /// What pays for arithmetic with its variables.
    pub(crate) fn work(&self) -> &Work {
        &self.work
    }

    /// The function that is a variable.
    pub(crate) fn variable(&self, var: Var) -> Fraction {
        Poly::var(var).paid_by(&self.work).into()
    }

    /// All variables with what they stand for.
    pub(super) fn atoms(&self) -> impl Iterator<Item = (Var, &Atom)> {
        (0..).zip(self.entries.iter().map(|e| &e.atom))
    }

    /// The variable of an atom that is still used.
    pub(super) fn find(&self, wanted: &dyn Fn(&Atom) -> bool) -> Option<Var> {
        self.atoms().find(|(_, atom)| wanted(atom)).map(|(v, _)| v)
    }

    /// Whether another expression takes the place of a variable.
    pub(super) fn is_replaced(&self, var: Var) -> bool {
        self.entries.get(var as usize).is_some_and(|e| e.same.is_some())
    }

    /// From now on another expression for the variable is used, also in what others stand for.
    pub(super) fn replace(&mut self, var: Var, value: Fraction) {
        if let Some(entry) = self.entries.get_mut(var as usize) {
            entry.same = Some(value);
        }
        for i in 0..self.entries.len() {
            let entry = &self.entries[i];
            let new = |of: &Fraction| if of.contains(var) { self.reduced(of) } else { Some(of.clone()) };
            let atom = match &entry.atom {
                Atom::Named(_) => continue,
                Atom::Root { degree, of } => new(of).map(|of| Atom::Root { degree: *degree, of }),
                Atom::Power { base, exponent } => {
                    new(base).zip(new(exponent)).map(|(base, exponent)| Atom::Power { base, exponent })
                }
                Atom::Exp(of) => new(of).map(Atom::Exp),
                Atom::Log(of) => new(of).map(Atom::Log),
                Atom::Cos(of) => new(of).map(Atom::Cos),
                Atom::Sin(of) => new(of).map(Atom::Sin),
            };
            let relation = match &entry.relation {
                Some((degree, value)) => new(value).map(|value| (*degree, value)),
                None => None,
            };
            if let Some(atom) = atom {
                self.entries[i].atom = atom;
            }
            if relation.is_some() {
                self.entries[i].relation = relation;
            }
        }
    }

    /// A variable of a name, which is new.
    pub(crate) fn named(&mut self, name: &str, range: Range) -> Var {
        let var = self.add(Atom::Named(name.into()), Some(range), None);
        self.names.insert(name.into(), var);
        self.values.insert(name.into(), self.variable(var).into());
        var
    }

    /// Before anything is read: k₁² is written as |k|² less the other squares, so that functions of |k| are written in
    /// |k|.
    pub(crate) fn prefer_length(&mut self) {
        let Some(first) = self.components.first().copied() else { return };
        if let Some((degree, square)) = self.entries[self.k as usize].relation.take() {
            let rest = square.num.minus(&Poly::power(first, degree));
            self.entries[first as usize].relation = Some((degree, Poly::power(self.k, degree).minus(&rest).into()));
        }
    }

    /// From now on |k| is a variable of its own and components are forgotten, if these values are functions of |k|.
    pub(crate) fn forget_components(&mut self, values: &[&Fraction]) -> bool {
        let parts: Vec<Var> = self.components.iter().copied().chain(self.beyond).collect();
        if parts.iter().any(|v| values.iter().any(|f| self.depends(f, *v))) {
            return false;
        }
        self.components.clear();
        self.beyond = None;
        true
    }

    /// From now on a real parameter has one value of its domain.
    pub(crate) fn fix(&mut self, name: &str, value: BigRational) {
        let is_parameter = self
            .names
            .get(name)
            .copied()
            .filter(|v| *v != self.time && *v != self.k && !self.components.contains(v) && name != "pi");
        if is_parameter.and_then(|v| self.range(v)).is_some_and(|range| range.contains(&value)) {
            self.values.insert(name.into(), Fraction::constant(value).into());
        }
    }

    /// |k|.
    pub(crate) fn k(&self) -> Var {
        self.k
    }

    pub(crate) fn time(&self) -> Var {
        self.time
    }

    /// k1, k2, …; empty where only |k| occurs.
    pub(crate) fn components(&self) -> &[Var] {
        &self.components
    }

    /// The size of the part of k in the directions beyond [`Self::components`], where there may be any.
    pub(crate) fn beyond(&self) -> Option<Var> {
        self.beyond
    }

    /// The value of a name: a parameter (fixed or not), the time, `k`, `k1`, `N`, `pi`.
    pub(crate) fn value(&self, name: &str) -> Option<&Complex> {
        self.values.get(name)
    }

    pub(crate) fn atom(&self, var: Var) -> Option<&Atom> {
        self.entries.get(var as usize).map(|e| &e.atom)
    }

    /// The values that a variable can take; `None` where they may be no real numbers.
    pub(crate) fn range(&self, var: Var) -> Option<&Range> {
        self.entries.get(var as usize)?.range.as_ref()
    }

    /// From now on a root of something that is shown not to be negative is known to be real.
    pub(crate) fn set_real_root(&mut self, var: Var) {
        if let Some(entry) = self.entries.get_mut(var as usize)
            && matches!(entry.atom, Atom::Root { .. })
        {
            entry.range.get_or_insert_with(Range::nonnegative);
        }
    }

    pub(super) fn set_range(&mut self, var: Var, range: Range) {
        if let Some(entry) = self.entries.get_mut(var as usize) {
            entry.range = Some(range);
        }
    }

    /// var^degree = value, where there is such a relation: of roots, |k| with components, sines.
    pub(crate) fn relation(&self, var: Var) -> Option<&(u32, Fraction)> {
        self.entries.get(var as usize)?.relation.as_ref()
    }

    /// An enclosure of the values of a polynomial, by its terms; `None` where they may be no real numbers.
    pub(crate) fn bounds(&self, poly: &Poly) -> Option<Range> {
        let mut sum = Range::point(BigRational::zero());
        for (monomial, c) in poly.terms() {
            let mut product = Range::point(BigRational::one());
            for (var, e) in monomial.powers() {
                product = product.times(&self.range(*var)?.pow(*e));
            }
            sum = sum.plus(&product.scaled(c));
        }
        Some(sum)
    }

    /// Whether all variables are real.
    pub(crate) fn is_real(&self, value: &Fraction) -> bool {
        value.variables().iter().all(|v| self.range(*v).is_some())
    }

    /// Whether it is positive by the signs of its terms and the ranges of its variables.
    pub(crate) fn is_positive(&self, value: &Fraction) -> bool {
        let (Some(num), Some(den)) = (self.bounds(&value.num), self.bounds(&value.den)) else { return false };
        num.is_positive() && den.is_positive() || num.is_negative() && den.is_negative()
    }

    /// Whether it is not negative, by the signs of its terms and the ranges of its variables.
    pub(crate) fn is_nonnegative(&self, value: &Fraction) -> bool {
        let (Some(num), Some(den)) = (self.bounds(&value.num), self.bounds(&value.den)) else { return false };
        num.is_nonnegative() && den.is_positive()
    }

    /// With every relation used: no variable with another expression, no power of a root at or beyond its degree in the
    /// numerator or the denominator. `None` where that takes too much work, or the denominator is zero.
    pub(crate) fn reduced(&self, value: &Fraction) -> Option<Fraction> {
        let mut value = value.clone();
        for _ in 0..MOST_ROUNDS {
            self.work.pay(value.num.len() + value.den.len())?;
            let variables = value.variables();
            let entry = |v: &Var| self.entries.get(*v as usize);
            if let Some(var) = variables.iter().find(|v| entry(v).is_some_and(|e| e.same.is_some())) {
                value = value.substitute(*var, entry(var)?.same.as_ref()?)?;
                continue;
            }
            // The largest first: arguments have smaller numbers.
            let due = |v: &&Var| {
                let degree = value.num.degree(**v).max(value.den.degree(**v));
                entry(v).and_then(|e| e.relation.as_ref()).is_some_and(|(d, _)| degree >= *d)
            };
            let Some(var) = variables.iter().rev().find(due) else { return Some(value) };
            let (degree, power) = entry(var)?.relation.as_ref()?;
            let (num, den) = (lowered(&value.num, *var, *degree, power)?, lowered(&value.den, *var, *degree, power)?);
            value = num.over(&den)?;
        }
        None
    }

    /// With |k|² in place of the square of the first component.
    pub(crate) fn collected(&self, poly: &Poly) -> Option<Poly> {
        let first = *self.components.first()?;
        let (_, square) = self.relation(self.k)?;
        let rest = square.num.minus(&Poly::power(first, 2));
        let value = Poly::power(self.k, 2).minus(&rest);
        lowered(poly, first, 2, &value.into())?.as_poly().cloned()
    }

    pub(crate) fn reduced_pair(&self, value: &Complex) -> Option<Complex> {
        Some(Complex { re: self.reduced(&value.re)?, im: self.reduced(&value.im)? })
    }

    /// Whether it is found to be zero everywhere; `None` where that takes too much work.
    pub(crate) fn is_zero(&self, value: &Complex) -> Option<bool> {
        Some(self.reduced_pair(value)?.is_zero())
    }

    pub(crate) fn same(&self, a: &Complex, b: &Complex) -> Option<bool> {
        self.is_zero(&a.minus(b)?)
    }

    pub(crate) fn times(&self, a: &Complex, b: &Complex) -> Option<Complex> {
        self.reduced_pair(&a.times(b)?)
    }

    /// `None` where the divisor is zero, too.
    pub(crate) fn over(&self, a: &Complex, b: &Complex) -> Option<Complex> {
        if b.im.is_zero() {
            return self.reduced_pair(&a.scaled(&b.re.recip()?)?);
        }
        let size = b.re.times(&b.re)?.plus(&b.im.times(&b.im)?)?;
        let size = self.reduced(&size)?;
        self.reduced_pair(&a.times(&b.conjugate())?.scaled(&size.recip()?)?)
    }

    pub(crate) fn pow(&self, base: &Complex, exponent: i32) -> Option<Complex> {
        let short = base.im.is_zero() && base.re.num.len() == 1 && base.re.den.len() == 1;
        if exponent.unsigned_abs() > if short { LARGEST_POWER_OF_ONE_TERM } else { LARGEST_POWER } {
            return None;
        }
        let base = if exponent < 0 { self.over(&Complex::one(), base)? } else { base.clone() };
        if base.im.is_zero() {
            return Some(self.reduced(&base.re.pow(i32::try_from(exponent.unsigned_abs()).ok()?)?)?.into());
        }
        (0..exponent.unsigned_abs()).try_fold(Complex::one(), |power, _| self.times(&power, &base))
    }
}

/// With var^degree replaced by a value, as often as it occurs.
fn lowered(poly: &Poly, var: Var, degree: u32, value: &Fraction) -> Option<Fraction> {
    if poly.degree(var) < degree {
        return Some(poly.clone().into());
    }
    let mut sum = Fraction::zero();
    let mut by_power: BTreeMap<u32, Poly> = BTreeMap::new();
    for (e, c) in (0..).zip(poly.coefficients(var)) {
        let e: u32 = e;
        let part = c.times(&Poly::power(var, e % degree))?;
        let slot = by_power.entry(e / degree).or_default();
        *slot = slot.plus(&part);
    }
    for (e, part) in by_power {
        sum = sum.plus(&Fraction::from(part).times(&value.pow(i32::try_from(e).ok()?)?)?)?;
    }
    Some(sum)
}

/// The decimal number that a float is written as.
pub(crate) fn decimal(value: f64) -> Option<BigRational> {
    let size = rational(&Number::from_decimal(&format!("{:e}", value.abs()))?)?;
    Some(if value < 0.0 { -size } else { size })
}
