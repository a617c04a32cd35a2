//! Statements of a certificate: identities, proved as ones of polynomials, and signs, proved under the report's
//! conditions wherever parameters, time and k ≠ 0 lie in their domains.

use super::Claim;
use super::condition::all_hold;
use super::exponentials::Difference;
use super::schedule::{self, Times};
use super::waves::Model;
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::Var;
use crate::exact::range::rational;
use crate::exact::{Atom, DIMENSION, Reader, Symbol};
use crate::sign::logic::Formula;
use crate::sign::{Fact, Region, Relation};
use genphys_pde::ast::{Bound, Expr};
use genphys_pde::condition::Condition;
use genphys_pde::expression::Expression;
use std::collections::BTreeSet;

/// Why a claim is not accepted.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stop {
    /// It is contradicted.
    Wrong(String),
    /// It is not proved.
    Open(String),
}

pub(super) type Outcome<T = ()> = Result<T, Stop>;

pub(super) fn wrong<T>(text: impl Into<String>) -> Outcome<T> {
    Err(Stop::Wrong(text.into()))
}

pub(super) fn open<T>(text: impl Into<String>) -> Outcome<T> {
    Err(Stop::Open(text.into()))
}

impl Stop {
    /// With the place where it happened.
    pub(super) fn at(self, place: &str) -> Self {
        match self {
            Self::Wrong(text) => Self::Wrong(format!("{place}: {text}")),
            Self::Open(text) => Self::Open(format!("{place}: {text}")),
        }
    }
}

/// What a `None` of the algebra means.
pub(super) trait OrOpen<T> {
    fn or_open(self, text: &str) -> Outcome<T>;
}

impl<T> OrOpen<T> for Option<T> {
    fn or_open(self, text: &str) -> Outcome<T> {
        self.ok_or_else(|| Stop::Open(text.to_string()))
    }
}

pub(super) const LONG: &str = "an expression is out of reach of the exact arithmetic";

/// Points looked at before a sign that is not proved counts as open instead of wrong.
const POINTS: usize = 60;
/// Roots one inside the other that are shown to be real.
const MOST_DEPTH: usize = 4;

pub(super) fn parse(text: &str) -> Outcome<Expr> {
    genphys_pde::parse_expression(text).map_err(|_| Stop::Wrong(format!("`{text}` cannot be read")))
}

/// An equation with its variables, under conditions.
pub(super) struct Prover<'a> {
    pub(super) model: Model<'a>,
    conditions: &'a [Condition],
    /// Those about parameters; `None` where one cannot be read.
    formula: Option<Formula>,
    /// What is taken to be positive besides.
    assumed: Vec<Fraction>,
}

impl<'a> Prover<'a> {
    pub(super) fn new(claim: &'a Claim<'a>, conditions: &'a [Condition]) -> Outcome<Self> {
        Self::with_components(claim, conditions, claim.components())
    }

    /// For functions of |k| alone.
    pub(super) fn radial(claim: &'a Claim<'a>, conditions: &'a [Condition]) -> Outcome<Self> {
        Self::with_components(claim, conditions, 0)
    }

    fn with_components(claim: &'a Claim<'a>, conditions: &'a [Condition], components: u32) -> Outcome<Self> {
        let mut model = Model::with_components(claim, components).or_open("the domains cannot be read")?;
        if claim.with_values {
            conditions
                .iter()
                .flat_map(super::condition::fixes)
                .for_each(|(name, value)| model.algebra.fix(&name, value));
        }
        let about_params = conditions.iter().filter(|c| c.is_about_parameters());
        let list: Option<Vec<Formula>> = about_params.map(|c| model.formula(c)).collect();
        Ok(Self { model, conditions, formula: list.map(Formula::All), assumed: Vec::new() })
    }

    /// From now on only parameter values are looked at where something is positive.
    pub(super) fn assume_positive(&mut self, value: &Fraction) -> Outcome {
        let value = self.model.algebra.reduced(value).or_open(LONG)?;
        self.require_real(&value, 0)?;
        let poly = self.model.signed(&value).or_open(LONG)?;
        if let Some(formula) = self.formula.take() {
            self.formula = Some(Formula::All(vec![formula, Formula::Fact(Fact::positive(poly))]));
        }
        self.assumed.push(value);
        Ok(())
    }

    pub(super) fn symbol(&mut self) -> Outcome<Symbol> {
        self.model.symbol().or_open("the symbol of the equation is out of reach of the exact arithmetic")
    }

    pub(super) fn k(&self) -> Complex {
        Fraction::var(self.model.algebra.k()).into()
    }

    /// A scalar expression as text.
    pub(super) fn read(&mut self, text: &str) -> Outcome<Complex> {
        self.read_with(text, &[])
    }

    /// The same with values for names.
    pub(super) fn read_with(&mut self, text: &str, names: &[(&str, Complex)]) -> Outcome<Complex> {
        let expr = parse(text)?;
        self.scalar(&expr, names).map_err(|stop| stop.at(text))
    }

    pub(super) fn scalar(&mut self, expr: &Expr, names: &[(&str, Complex)]) -> Outcome<Complex> {
        let pde = self.model.claim.pde;
        let mut reader = Reader::new(&mut self.model.algebra, pde);
        for (name, value) in names {
            reader = reader.with(name, value.clone());
        }
        reader.scalar(expr).or_open(LONG)
    }

    /// A real number that depends on neither k nor, where `constant`, the time.
    pub(super) fn read_constant(&mut self, text: &str, constant: bool) -> Outcome<Fraction> {
        self.free_of_k(&parse(text)?, text, constant)
    }

    /// The same of what is read already.
    pub(super) fn constant(&mut self, expression: &Expression, constant: bool) -> Outcome<Fraction> {
        self.free_of_k(expression.tree(), expression.text(), constant)
    }

    fn free_of_k(&mut self, expr: &Expr, text: &str, constant: bool) -> Outcome<Fraction> {
        let value = self.scalar(expr, &[]).map_err(|stop| stop.at(text))?;
        self.require_free(&value, text)?;
        let real = self.real(&value).map_err(|stop| stop.at(text))?;
        if constant && self.model.depends_on_time(&real) {
            return wrong(format!("`{text}` depends on the time"));
        }
        Ok(real)
    }

    /// The real part, where there is no other.
    pub(super) fn real(&mut self, value: &Complex) -> Outcome<Fraction> {
        let value = self.model.algebra.reduced_pair(value).or_open(LONG)?;
        let Some(real) = value.as_real().cloned() else { return self.unlike("it is not real") };
        self.require_real(&real, 0)?;
        Ok(real)
    }

    pub(super) fn require_free(&self, value: &Complex, what: &str) -> Outcome {
        if self.depends_on_wave(value) { wrong(format!("`{what}` depends on k")) } else { Ok(()) }
    }

    pub(super) fn depends_on_wave(&self, value: &Complex) -> bool {
        self.model.depends_on_wave(&value.re) || self.model.depends_on_wave(&value.im)
    }

    pub(super) fn depends_on_time(&self, value: &Complex) -> bool {
        self.model.depends_on_time(&value.re) || self.model.depends_on_time(&value.im)
    }

    /// Two expressions are the same wherever both are defined.
    pub(super) fn same(&self, a: &Complex, b: &Complex, what: &str) -> Outcome {
        if self.is_same(a, b)? { Ok(()) } else { self.differ(a, b, what) }
    }

    pub(super) fn is_same(&self, a: &Complex, b: &Complex) -> Outcome<bool> {
        self.model.algebra.same(a, b).or_open(LONG)
    }

    /// What does not hold for all parameter values may hold where an equation between them does.
    pub(super) fn unlike<T>(&self, text: &str) -> Outcome<T> {
        if self.conditions.iter().any(Condition::asks_for_equality) { open(text) } else { wrong(text) }
    }

    /// Whether two expressions differ at some point, or the identity is only not found.
    fn differ<T>(&self, a: &Complex, b: &Complex, what: &str) -> Outcome<T> {
        let mut samples = self.model.claim.samples(11);
        for _ in 0..POINTS {
            let values = self.point(&mut samples);
            let at = |z: &Complex| self.model.algebra.approximate(z, &values);
            let (Some(x), Some(y)) = (at(a), at(b)) else { continue };
            if (x - y).abs() > 1e-6 * (x.abs() + y.abs()) {
                return self.unlike(&format!("{what} ({} + {}i is not {} + {}i)", x.re, x.im, y.re, y.im));
            }
        }
        open(format!("{what}, as far as is found"))
    }

    fn point(&self, samples: &mut super::sample::Samples) -> std::collections::BTreeMap<String, f64> {
        let mut values = samples.next_point();
        let algebra = &self.model.algebra;
        let count = algebra.components().len() + usize::from(algebra.beyond().is_some());
        let k = samples.wave_vector(count.max(1));
        values.insert("k".into(), k.iter().map(|x| x * x).sum::<f64>().sqrt());
        for (j, x) in k.iter().enumerate() {
            let name = if j < algebra.components().len() { format!("k{}", j + 1) } else { "k beyond".into() };
            values.insert(name, *x);
        }
        values.insert(self.model.claim.pde.time.name.clone(), samples.time());
        let (least, most) = self.model.claim.dims;
        values.insert(DIMENSION.into(), f64::from(least.max(1).min(most.unwrap_or(u32::MAX))));
        values
    }

    /// A sign that holds under the conditions, for k ≠ 0.
    pub(super) fn sign(&mut self, value: &Fraction, relation: Relation, what: &str) -> Outcome {
        let value = self.model.algebra.reduced(value).or_open(LONG)?;
        let proved = self.proves(&value, relation);
        if matches!(proved, Ok(true)) || relation == Relation::NonNegative && self.rises_from_zero(&value) == Some(()) {
            return Ok(());
        }
        proved?;
        let mut samples = self.model.claim.samples(29);
        for _ in 0..POINTS {
            let values = self.point(&mut samples);
            let positive =
                |f: &Fraction| self.model.algebra.approximate(&f.clone().into(), &values).is_some_and(|z| z.re > 1e-9);
            if !all_hold(self.conditions, &values) || !self.assumed.iter().all(positive) {
                continue;
            }
            let Some(z) = self.model.algebra.approximate(&value.clone().into(), &values) else { continue };
            let violated = match relation {
                Relation::Positive | Relation::NonNegative => z.re < -1e-9,
                Relation::Zero => z.abs() > 1e-9,
                Relation::NonZero => false,
            };
            if violated || z.im.abs() > 1e-9 * (1.0 + z.abs()) {
                return wrong(format!("{what}: it is {} + {}i at {values:?}", z.re, z.im));
            }
        }
        open(format!("{what}: the sign is not proved"))
    }

    /// The limit at the start of the time.
    pub(super) fn starts_from(&mut self, value: &Complex, wanted: &Complex, what: &str) -> Outcome {
        let start = match &self.model.claim.pde.time.interval.lower {
            Bound::Finite(n) => rational(n).or_open(LONG)?,
            _ => return open("the time has no start"),
        };
        let time = self.model.algebra.time();
        let limit = self.model.algebra.limit(value, time, &start);
        let limit = limit.or_open(&format!("{what} at the start of the time is not found"))?;
        self.same(&limit, wanted, &format!("{what} starts from another value"))
    }

    /// At least one of several signs holds wherever the conditions do.
    pub(super) fn any(&mut self, list: &[(Fraction, Relation)], what: &str) -> Outcome {
        for (value, relation) in list {
            if self.proves(value, *relation)? {
                return Ok(());
            }
        }
        // Where all others do not hold, one of them must.
        let mut product = Fraction::one();
        let mut facts = Vec::new();
        for (value, relation) in list {
            let value = self.model.algebra.reduced(value).or_open(LONG)?;
            self.require_real(&value, 0)?;
            product = product.times(&value).or_open(LONG)?;
            let poly = self.model.signed(&value).or_open(LONG)?;
            facts.push(Formula::Fact(Fact { poly, relation: *relation }));
        }
        let formula = Formula::Any(facts);
        if self.parts(&product)?.iter().all(|part| formula.holds_in(part).is_some()) {
            return Ok(());
        }
        let (value, relation) = list.first().or_open(what)?;
        self.sign(&value.clone(), *relation, what)
    }

    /// A function of |k|, or of a component along its axis, or its numerator times its denominator, tends to +∞ with it
    /// (`base`) for every σ: it is positive in the end.
    pub(super) fn rises(&mut self, value: &Fraction, base: Var, sigma: Var, what: &str) -> Outcome {
        let value = self.model.algebra.reduced(value).or_open(LONG)?;
        self.require_real(&value, 0)?;
        let parts = self.parts(&value)?;
        let den = self.model.flat(&value.den).or_open(LONG)?;
        let p = self.model.signed(&value).or_open(LONG)?;
        let holds = |part: &Region| {
            part.prove(&den, Relation::NonZero).is_some()
                && self.model.tends_to_infinity(part, &p, base, Some(sigma)).is_some()
        };
        if parts.iter().all(holds) { Ok(()) } else { open(what) }
    }

    pub(super) fn positive(&mut self, value: &Fraction, what: &str) -> Outcome {
        self.sign(value, Relation::Positive, what)
    }

    pub(super) fn non_negative(&mut self, value: &Fraction, what: &str) -> Outcome {
        self.sign(value, Relation::NonNegative, what)
    }

    /// Whether a sign is proved. Where denominators vanish nothing is: they must not.
    pub(super) fn proves(&mut self, value: &Fraction, relation: Relation) -> Outcome<bool> {
        if matches!(relation, Relation::Positive | Relation::NonNegative)
            && let Some((factor, inside)) = self.logarithm(value)
        {
            let above = inside.minus(&Fraction::one()).or_open(LONG)?;
            if self.proves(&factor, Relation::Positive)? {
                return self.proves(&above, relation);
            }
            return Ok(self.proves(&factor.negated(), Relation::Positive)? && self.proves(&above.negated(), relation)?);
        }
        if let Some(c) = value.as_constant() {
            let fact = Fact { poly: crate::exact::poly::Poly::constant(c), relation };
            return Ok(fact.known() == Some(true));
        }
        if matches!(relation, Relation::Positive) && self.model.algebra.is_positive(value) {
            return Ok(true);
        }
        self.require_real(value, 0)?;
        let parts = self.parts(value)?;
        let den = self.model.flat(&value.den).or_open(LONG)?;
        // p/q has the sign of p q.
        let num = match relation {
            Relation::Positive | Relation::NonNegative => value.num.times(&value.den).or_open(LONG)?,
            Relation::Zero | Relation::NonZero => value.num.clone(),
        };
        let num = self.model.flat(&num).or_open(LONG)?;
        let difference = Difference::of(&self.model, &num);
        let by_exponents =
            |model: &mut Model, part: &Region| difference.as_ref().and_then(|d| d.proves(model, part, relation));
        Ok(parts.iter().all(|part| {
            part.prove(&den, Relation::NonZero).is_some()
                && (part.prove(&num, relation).is_some() || by_exponents(&mut self.model, part).is_some())
        }))
    }

    /// A function of the time that starts from 0 and is not negative later, times a positive number.
    fn rises_from_zero(&mut self, value: &Fraction) -> Option<()> {
        self.model.depends_on_time(value).then_some(())?;
        let split = schedule::split(&self.model, value)?;
        let times = Times::of(&self.model)?;
        let positive = self.proves(&split.factor.clone().into(), Relation::Positive).ok()?;
        let sign = if positive {
            split.of_time
        } else {
            self.proves(&split.factor.negated().into(), Relation::Positive).ok().filter(|shown| *shown)?;
            split.of_time.negated()
        };
        times.positive_inside(&mut self.model, &sign).then_some(())
    }

    /// value = factor·log(inside), where the logarithms of the value are a sum with whole multiples.
    fn logarithm(&self, value: &Fraction) -> Option<(Fraction, Fraction)> {
        let algebra = &self.model.algebra;
        let logs: Vec<(Var, Fraction)> = value
            .num
            .variables()
            .into_iter()
            .filter_map(|v| match algebra.atom(v) {
                Some(Atom::Log(of)) if algebra.range(v).is_some() => Some((v, of.clone())),
                _ => None,
            })
            .collect();
        let (first, _) = logs.first()?;
        let part = |v: Var| Fraction::new(value.num.coefficients(v).get(1)?.clone(), value.den.clone());
        let factor = part(*first)?;
        let (mut inside, mut rest) = (Fraction::one(), value.clone());
        for (v, of) in &logs {
            let times = part(*v)?.over(&factor)?.as_constant()?;
            let times = i32::try_from(times.is_integer().then(|| times.to_integer())?).ok()?;
            inside = inside.times(&of.pow(times)?)?;
            rest = rest.minus(&part(*v)?.times(&Fraction::var(*v))?)?;
        }
        (rest.is_zero() && logs.iter().all(|(v, _)| !factor.contains(*v))).then_some((factor, inside))
    }

    /// Where a value is looked at: the conditions hold and k ≠ 0.
    fn parts(&mut self, value: &Fraction) -> Outcome<Vec<Region>> {
        let (num, den) = self.model.flat(&value.num).zip(self.model.flat(&value.den)).or_open(LONG)?;
        let list = [&value.num, &value.den, &num, &den];
        let region = self.model.extended(&Region::default(), &list).or_open("a variable may not be real")?;
        let formula = self.formula.as_ref().or_open("a condition is out of reach of the exact arithmetic")?;
        let parts = formula.parts(&region).or_open("there are too many alternatives in the conditions")?;
        let algebra = &self.model.algebra;
        let components: Vec<Var> = algebra.components().iter().copied().chain(algebra.beyond()).collect();
        if components.is_empty() || !self.model.depends_on_wave(value) {
            return Ok(parts);
        }
        Ok(parts.iter().flat_map(|part| part.off_zero(&components)).collect())
    }

    /// Every variable is real: roots whose sign was not known when they were met are looked at under the conditions.
    fn require_real(&mut self, value: &Fraction, depth: usize) -> Outcome {
        let unknown: BTreeSet<Var> =
            value.variables().into_iter().filter(|v| self.model.algebra.range(*v).is_none()).collect();
        for v in unknown {
            match self.model.algebra.atom(v).cloned() {
                Some(Atom::Root { degree: 2, of }) if depth < MOST_DEPTH => {
                    self.require_real(&of, depth + 1)?;
                    if !self.proves(&of, Relation::NonNegative)? {
                        return open("a square root may be of a negative number");
                    }
                    self.model.algebra.set_real_root(v);
                }
                _ => return open("a function may not be real"),
            }
        }
        Ok(())
    }
}
