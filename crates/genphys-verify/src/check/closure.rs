//! Closure proofs of Lévy exponents, step by step: every node is what its rule builds, as an identity, and the rule's
//! hypotheses hold (Schilling, Song, Vondraček, *Bernstein Functions*, 2nd edition; SSV below).
//!
//! Bernstein and completely monotone functions are functions of λ = |k|²: no component of k may occur in them. A Lévy
//! exponent is a continuous negative definite function here, whose value at k = 0 is real and not negative.

use super::condition::cases;
use super::half_plane;
use super::prove::{LONG, OrOpen, Outcome, Prover, Stop, parse, wrong};
use super::shapes::{by_k, half, power_of_k};
use super::{Claim, Level, Report, quadratic, sector, stable};
use crate::exact::fraction::{Complex, Fraction};
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::certificate::{Class, Closure, ClosureRule};
use genphys_pde::condition::Condition;
use num_rational::BigRational;
use num_traits::Zero;

/// Follows a closure proof, which must not end in fewer dimensions than the claim.
pub(super) fn proof(claim: &Claim, conditions: &[Condition], closure: &Closure) -> Outcome {
    let mut steps = Steps::new(claim, conditions)?;
    steps.node(closure)?;
    let Some(limit) = closure.dim else { return Ok(()) };
    let cases = cases(conditions).or_open("a condition is about something that the checker does not know")?;
    let fits = |most: Option<u32>| most.into_iter().chain(claim.dims.1).min().is_some_and(|most| most <= limit);
    if cases.iter().all(|(most, _)| fits(*most)) {
        Ok(())
    } else {
        wrong(format!("the proof is for N <= {limit} only, which is no condition"))
    }
}

/// Follows the steps of a part of a closure proof, for all parameter values.
pub(super) fn step(claim: &Claim, closure: &Closure) -> Outcome {
    Steps::new(claim, &[])?.node(closure)
}

/// Puts an outcome into the report.
pub(super) fn add(report: &mut Report, part: &'static str, outcome: Outcome, proved: &str) {
    match outcome {
        Ok(()) => report.add(part, Level::Proved, proved),
        Err(Stop::Wrong(text)) => report.add(part, Level::Rejected, text),
        Err(Stop::Open(text)) => report.add(part, Level::Unchecked, text),
    }
}

struct Steps<'a> {
    /// With components of k, where the equation has any.
    full: Prover<'a>,
    /// With |k| alone, where the equation has components.
    radial: Option<Prover<'a>>,
}

/// The table of rules: which class each gives, from which classes.
fn class_follows(c: &Closure) -> bool {
    use Class::{Bernstein, CompletelyMonotone, LevyExponent, PositiveDefinite};
    let parts: Vec<Class> = c.of.iter().map(|p| p.class).collect();
    let one = |class: Class| parts == [class];
    let all = |class: Class| !parts.is_empty() && parts.iter().all(|p| *p == class);
    match c.rule {
        ClosureRule::Constant => parts.is_empty() && c.class != LevyExponent,
        ClosureRule::Power => parts.is_empty() && matches!(c.class, Bernstein | CompletelyMonotone),
        ClosureRule::Exponential | ClosureRule::Reciprocal => parts.is_empty() && c.class == CompletelyMonotone,
        ClosureRule::Logarithm => parts.is_empty() && c.class == Bernstein,
        ClosureRule::Hyperbolic => parts.is_empty() && super::hyperbolic::class(&c.function) == Some(c.class),
        // Parts of a half-plane step are hints; the function itself is looked at.
        ClosureRule::HalfPlane => matches!(c.class, Bernstein | CompletelyMonotone),
        ClosureRule::Cosine | ClosureRule::Sinc => parts.is_empty() && c.class == PositiveDefinite,
        ClosureRule::QuadraticForm | ClosureRule::Drift | ClosureRule::Stable => {
            parts.is_empty() && c.class == LevyExponent
        }
        // Convex cones (SSV, chapters 1, 3 and 4).
        ClosureRule::Sum => parts.len() >= 2 && all(c.class),
        ClosureRule::Scale => one(c.class),
        // Completely monotone ones (SSV, chapter 1); Schur's product theorem.
        ClosureRule::Product => {
            parts.len() >= 2 && all(c.class) && matches!(c.class, CompletelyMonotone | PositiveDefinite)
        }
        // SSV, chapter 3; subordination in the sense of Bochner (SSV, chapter 13).
        ClosureRule::Composition => match parts.as_slice() {
            [outer, Bernstein] => *outer == c.class && matches!(c.class, Bernstein | CompletelyMonotone),
            [Bernstein, LevyExponent] => c.class == LevyExponent,
            _ => false,
        },
        // f − f(0) has no constant part in its Lévy–Khintchine representation (SSV, theorem 3.2); Schoenberg.
        ClosureRule::Shift => one(Bernstein) && matches!(c.class, Bernstein | LevyExponent),
        // Bounded Bernstein functions (SSV, chapter 3); compound Poisson.
        ClosureRule::Complement => {
            (one(CompletelyMonotone) && c.class == Bernstein) || (one(PositiveDefinite) && c.class == LevyExponent)
        }
        // Schoenberg: a mixture of Gaussians.
        ClosureRule::Schoenberg => one(CompletelyMonotone) && c.class == PositiveDefinite,
    }
}

/// A complete Bernstein function, by its rules: λ^a, log(1 + aλ), quotients that map the upper half-plane into itself,
/// Euler's products, and what cones, compositions, f − f(0) and 1/a − 1/(a + λ) make of them (SSV, chapters 6 and 7).
fn is_complete(c: &Closure) -> bool {
    let by_parts = || c.of.iter().all(is_complete);
    c.class == Class::Bernstein
        && match c.rule {
            ClosureRule::Constant | ClosureRule::Power | ClosureRule::Logarithm | ClosureRule::Hyperbolic => true,
            ClosureRule::HalfPlane => true,
            ClosureRule::Sum | ClosureRule::Scale | ClosureRule::Shift | ClosureRule::Composition => by_parts(),
            ClosureRule::Complement => c.of.iter().all(|f| f.rule == ClosureRule::Reciprocal),
            _ => false,
        }
}

impl<'a> Steps<'a> {
    fn new(claim: &'a Claim<'a>, conditions: &'a [Condition]) -> Outcome<Self> {
        let full = Prover::new(claim, conditions)?;
        let radial = match full.model.algebra.components() {
            [] => None,
            _ => Some(Prover::radial(claim, conditions)?),
        };
        Ok(Self { full, radial })
    }

    /// One step, and all steps below it.
    fn node(&mut self, c: &Closure) -> Outcome {
        for part in &c.of {
            self.node(part)?;
        }
        let inherited = c.of.iter().filter_map(|p| p.dim).min();
        let own = match c.rule {
            ClosureRule::Cosine => Some(1),
            ClosureRule::Sinc => Some(3),
            _ => inherited,
        };
        if own.is_some_and(|limit| c.dim.is_none_or(|d| d > limit)) {
            return wrong(format!("`{}` is claimed in more dimensions than its parts", c.function));
        }
        if !class_follows(c) {
            return wrong(format!("{:?} does not make `{}` {:?} of its parts", c.rule, c.function, c.class));
        }
        self.identity(c).map_err(|stop| stop.at(&format!("step {:?} for `{}`", c.rule, c.function)))
    }

    /// The function is what the rule builds, and the rule's own hypotheses hold.
    fn identity(&mut self, c: &Closure) -> Outcome {
        let radial = matches!(c.class, Class::Bernstein | Class::CompletelyMonotone);
        if radial && self.has_component(&parse(&c.function)?) {
            return wrong(format!("`{}` is no function of |k|", c.function));
        }
        let prover = match &mut self.radial {
            Some(prover) if radial => prover,
            _ => &mut self.full,
        };
        let whole = prover.read(&c.function)?;
        if radial {
            prover.real(&whole)?;
        }
        let part = |prover: &mut Prover, i: usize| match c.of.get(i) {
            Some(node) => prover.read(&node.function),
            None => wrong("a part is missing"),
        };
        match c.rule {
            ClosureRule::Constant => {
                prover.require_free(&whole, &c.function)?;
                let value = prover.real(&whole)?;
                prover.non_negative(&value, "the constant")
            }
            ClosureRule::Power => power(prover, &whole, c.class),
            ClosureRule::Exponential => {
                // f′/f = −2 a k.
                let f = prover.real(&whole)?;
                let slope = by_k(prover, &f)?;
                let a = slope.over(&f).and_then(|q| q.over(prover.k().as_real()?)).or_open(LONG)?.scaled(&-half());
                let a = rate(prover, &a)?;
                let k = prover.k();
                let square = k.times(&k).and_then(|z| z.scaled(&a)).or_open(LONG)?.negated();
                let expected = prover.model.algebra.exp(&square).or_open(LONG)?;
                prover.same(&whole, &expected, "it is not exp(-a k^2)")
            }
            ClosureRule::Logarithm => {
                // f′ (1 + a k²) = 2 a k.
                let f = prover.real(&whole)?;
                let slope = by_k(prover, &f)?;
                let k = Fraction::var(prover.model.algebra.k());
                let two = BigRational::from_integer(2.into());
                let square = k.times(&k).or_open(LONG)?;
                let rest = k.scaled(&two).minus(&square.times(&slope).or_open(LONG)?).or_open(LONG)?;
                let a = slope.over(&rest).or_open(LONG)?;
                let a = rate(prover, &a)?;
                let inside = Fraction::one().plus(&square.times(&a).or_open(LONG)?).or_open(LONG)?;
                let expected = prover.model.algebra.log(&inside.into()).or_open(LONG)?;
                prover.same(&whole, &expected, "it is not log(1 + a k^2)")
            }
            ClosureRule::Hyperbolic => {
                let rate = super::hyperbolic::rate_of(&c.function).or_open("it is none of the shapes")?;
                let rate = prover.scalar(&rate, &[])?;
                prover.require_free(&rate, "the rate")?;
                let rate = prover.real(&rate)?;
                prover.positive(&rate, "the rate")
            }
            ClosureRule::Stable => stable::check(prover, &whole),
            ClosureRule::Reciprocal => {
                let f = prover.real(&whole)?;
                let k = Fraction::var(prover.model.algebra.k());
                let a = f.recip().and_then(|g| g.minus(&k.times(&k)?)).or_open(LONG)?;
                rate(prover, &a).map(|_| ())
            }
            ClosureRule::Cosine => wave(prover, &whole.re, &whole, false),
            ClosureRule::Sinc => {
                let k = prover.k();
                let product = whole.times(&k).or_open(LONG)?;
                wave(prover, &product.re, &product, true)
            }
            ClosureRule::HalfPlane => {
                let f = prover.real(&whole)?;
                if !c.of.is_empty() && c.of.iter().all(is_complete) {
                    let mut product = Complex::one();
                    for i in 0..c.of.len() {
                        let factor = part(prover, i)?;
                        product = prover.model.algebra.times(&product, &factor).or_open(LONG)?;
                    }
                    return half_plane::of_complete(prover, &f, &product, c.of.len());
                }
                let by_sector = sector::check(prover, &parse(&c.function)?, c.class);
                if by_sector.is_ok() || c.class != Class::Bernstein {
                    return by_sector;
                }
                half_plane::check(prover, &f)
            }
            ClosureRule::QuadraticForm => quadratic::form(prover, &whole),
            ClosureRule::Drift => quadratic::drift(prover, &whole),
            ClosureRule::Sum => {
                let mut sum = Complex::zero();
                for i in 0..c.of.len() {
                    sum = sum.plus(&part(prover, i)?).or_open(LONG)?;
                }
                prover.same(&whole, &sum, "it is not the sum of its parts")
            }
            ClosureRule::Product => {
                let mut product = Complex::one();
                for i in 0..c.of.len() {
                    let factor = part(prover, i)?;
                    product = prover.model.algebra.times(&product, &factor).or_open(LONG)?;
                }
                prover.same(&whole, &product, "it is not the product of its parts")
            }
            ClosureRule::Scale => {
                let of = part(prover, 0)?;
                let factor = prover.model.algebra.over(&whole, &of).or_open(LONG)?;
                prover.require_free(&factor, "the factor")?;
                let factor = prover.real(&factor)?;
                prover.non_negative(&factor, "the factor")
            }
            ClosureRule::Schoenberg => {
                let of = part(prover, 0)?;
                prover.same(&whole, &of, "it is another function")?;
                at_rest(prover, &of).map(|_| ())
            }
            ClosureRule::Shift => {
                let of = part(prover, 0)?;
                shifted(prover, &of.minus(&whole).or_open(LONG)?, &whole)
            }
            ClosureRule::Complement => {
                let of = part(prover, 0)?;
                at_rest(prover, &of)?;
                shifted(prover, &of.plus(&whole).or_open(LONG)?, &whole)
            }
            ClosureRule::Composition => self.composition(c, &whole, radial),
        }
    }

    /// whole = g(√h).
    fn composition(&mut self, c: &Closure, whole: &Complex, radial: bool) -> Outcome {
        let [outer, inner] = &c.of[..] else { return wrong("a part is missing") };
        if self.has_component(&parse(&outer.function)?) {
            return wrong(format!("`{}` is no function of |k|", outer.function));
        }
        let prover = match &mut self.radial {
            Some(prover) if radial => prover,
            _ => &mut self.full,
        };
        let h = prover.read(&inner.function)?;
        let root = prover.model.algebra.sqrt(&h).or_open(LONG)?;
        let composed = prover.read_with(&outer.function, &[("k", root)])?;
        prover.same(whole, &composed, "it is not g(sqrt(h))")
    }

    /// Whether a component of k is named. A parameter may be called `k1` where the equation names no coordinates.
    fn has_component(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Symbol(name) => {
                let is_index = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
                let params = &self.full.model.claim.pde.params;
                name.strip_prefix('k').is_some_and(is_index) && params.iter().all(|param| param.name != *name)
            }
            _ => e.children().iter().any(|child| self.has_component(child)),
        }
    }
}

/// A number ≥ 0 that is free of k.
fn rate(prover: &mut Prover, a: &Fraction) -> Outcome<Fraction> {
    let a = prover.model.algebra.reduced(a).or_open(LONG)?;
    prover.require_free(&a.clone().into(), "the rate")?;
    prover.non_negative(&a, "the rate")?;
    Ok(a)
}

/// c k^a with c ≥ 0; 0 ≤ a ≤ 2, or a ≤ 0 for a completely monotone function (SSV, chapters 1 and 3).
fn power(prover: &mut Prover, whole: &Complex, class: Class) -> Outcome {
    let f = prover.real(whole)?;
    let (exponent, _) = power_of_k(prover, &f)?;
    if class == Class::Bernstein {
        prover.non_negative(&exponent, "the exponent")?;
        let left = Fraction::integer(2).minus(&exponent).or_open(LONG)?;
        prover.non_negative(&left, "2 less the exponent")
    } else {
        prover.non_negative(&exponent.negated(), "minus the exponent")
    }
}

/// f″ = −a² f with a² ≥ 0: the cosine where f(0) = 1 and f′(0) = 0, or the sine over a where f(0) = 0 and f′(0) = 1.
fn wave(prover: &mut Prover, f: &Fraction, whole: &Complex, sine: bool) -> Outcome {
    prover.real(whole)?;
    let slope = by_k(prover, f)?;
    let curve = by_k(prover, &slope)?;
    let square = curve.over(f).or_open(LONG)?.negated();
    rate(prover, &square)?;
    let (value, rise) = (at_rest(prover, whole)?, at_rest(prover, &slope.into())?);
    let (one, zero) = (Complex::one(), Complex::zero());
    let (value_wanted, rise_wanted) = if sine { (&zero, &one) } else { (&one, &zero) };
    prover.same(&value, value_wanted, "it has another value at k = 0")?;
    prover.same(&rise, rise_wanted, "it has another slope at k = 0")
}

/// a² of cos(a k).
pub(super) fn frequency(prover: &mut Prover, cosine: &str) -> Outcome<Fraction> {
    let f = prover.read(cosine)?;
    let f = prover.real(&f)?;
    let slope = by_k(prover, &f)?;
    let square = by_k(prover, &slope)?.over(&f).or_open(LONG)?.negated();
    rate(prover, &square)
}

/// The limit at k = 0, where it is finite.
fn at_rest(prover: &mut Prover, f: &Complex) -> Outcome<Complex> {
    let algebra = &mut prover.model.algebra;
    let zero = BigRational::zero();
    let limit = if algebra.components().is_empty() {
        let k = algebra.k();
        algebra.limit(f, k, &zero)
    } else {
        // Along the first coordinate.
        let all: Vec<u32> = algebra.components().iter().copied().chain(algebra.beyond()).collect();
        let (first, others) = all.split_first().or_open(LONG)?;
        let still = others.iter().map(|v| (*v, Complex::zero())).collect();
        let along = algebra.compose_all(f, &still).or_open(LONG)?;
        algebra.limit(&along, *first, &zero)
    };
    limit.or_open("the value at k = 0 is not found")
}

/// ±f ± whole = c free of k, and whole(0) ≥ 0.
fn shifted(prover: &mut Prover, constant: &Complex, whole: &Complex) -> Outcome {
    let constant = prover.model.algebra.reduced_pair(constant).or_open(LONG)?;
    prover.require_free(&constant, "the difference")?;
    prover.real(&constant)?;
    let value = at_rest(prover, whole)?;
    let value = prover.real(&value)?;
    if value.is_zero() { Ok(()) } else { prover.non_negative(&value, "the value at k = 0") }
}
