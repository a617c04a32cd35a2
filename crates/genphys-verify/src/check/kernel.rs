//! The kernel against the equation: its transform solves the equation exactly, and is 1 at the start of the time; its
//! constants are those of its family and nothing else; its texts are those of its constants; its growth is that of the
//! printed flow.

use super::branch::{self, bessel, constant_coefficients, is_rate};
use super::closure::add;
use super::kernel_flow::{self, Growth};
use super::prove::{LONG, OrOpen, Outcome, Prover, open, wrong};
use super::{Claim, Level, Report};
use crate::exact::fraction::{Complex, Fraction};
use crate::sign::Relation;
use genphys_pde::ast::{Bound, Expr, ExprKind};
use genphys_pde::certificate::{Certificate, Class, Closure, ClosureRule};
use genphys_pde::condition::Condition;
use genphys_pde::derivation::{Clock, Kernel, KernelConstants, KernelFamily, KernelSpec, exponent_variable};
use genphys_pde::expression::Expression;
use genphys_pde::verdict::PRIOR_ERROR;
use num_rational::BigRational;
use num_traits::Zero;

pub(super) fn check(claim: &Claim, report: &mut Report) {
    let Some(kernel) = &claim.derivation.kernel else { return };
    let conditions = super::condition::all(&claim.derivation.c1.conditions);
    let outcome = matches(claim, &conditions, kernel);
    let said = "the transform of the kernel solves the equation and starts at 1, its growth is that of the flow, its texts are its own";
    add(report, "kernel", outcome, said);
}

/// A condition that accepts a prior error names the end of the time, and the bound of the kernel.
pub(super) fn prior_error(claim: &Claim, report: &mut Report) {
    let bound = claim.derivation.kernel.as_ref().and_then(|kernel| kernel.prior_error.as_deref());
    let conditions = &claim.derivation.c2.conditions;
    for text in conditions.iter().filter_map(|c| c.strip_prefix(PRIOR_ERROR)) {
        let (place, stated) = text.split_once(": ").map_or((text, None), |(place, bound)| (place, Some(bound)));
        let (place, _) = place.split_once(", unless ").unwrap_or((place, ""));
        let end = match (place.split_once(" = "), &claim.pde.time.interval.upper) {
            (Some((name, end)), Bound::Finite(n)) if name == claim.pde.time.name => {
                let stated = genphys_pde::parse_expression(end).ok().and_then(|e| number(&e));
                stated.is_some() && stated == crate::exact::range::rational(n)
            }
            _ => false,
        };
        if !end {
            report.add("c2", Level::Rejected, "the prior error is accepted at another time than the last one");
        } else if stated.is_some() && stated != bound {
            report.add("c2", Level::Rejected, "the bound on the prior error is not that of the kernel");
        }
    }
}

/// A number, or a quotient of numbers.
fn number(e: &Expr) -> Option<BigRational> {
    match &e.kind {
        ExprKind::Number(n) => crate::exact::range::rational(n),
        ExprKind::Neg(a) => Some(-number(a)?),
        ExprKind::Div(a, b) => Some(number(a)? / number(b).filter(|b| !b.is_zero())?),
        _ => None,
    }
}

/// What makes a kernel spread that changes in time.
enum Spread<'a> {
    /// That of a Gaussian.
    Covariance(&'a Expression),
    /// The clock of another family.
    Clock(&'a Expression),
    /// The rate of such a clock, which is its integral from the start of the time.
    Rate(&'a Expression),
}

/// The constants of a kernel with the variables of its equation.
struct Reading<'a> {
    constants: &'a KernelConstants,
    prover: Prover<'a>,
}

fn matches(claim: &Claim, conditions: &[Condition], kernel: &Kernel) -> Outcome {
    has_the_times(claim, &kernel.constants)?;
    has_its_texts(claim, kernel)?;
    let mut reading = Reading { constants: &kernel.constants, prover: Prover::new(claim, conditions)? };
    let (interval, constants) = (&claim.pde.time.interval, &kernel.constants);
    reading.is_bound(constants.start.as_ref(), &interval.lower)?;
    reading.is_bound(constants.end.as_ref(), &interval.upper)?;
    if constants.spec.family() == KernelFamily::Subordinated {
        reading.is_mixture()?;
    }
    let growth = match (&constants.spec, &constants.clock) {
        (KernelSpec::Pfgmpp { augmented_dim, speed }, _) => reading.bessel(augmented_dim, speed, None)?,
        (KernelSpec::ScreenedPfgmpp { augmented_dim, speed, mass }, _) => {
            reading.bessel(augmented_dim, speed, Some(mass))?
        }
        (KernelSpec::Telegraph { damping, speed, mass }, _) => reading.telegraph(damping, speed, mass)?,
        (KernelSpec::Gaussian { scale, mean, covariance, log_mass }, _) => {
            reading.over_time([scale, mean, log_mass], Spread::Covariance(covariance))?
        }
        (_, Some(Clock { reading: clock, by_rate, scale, mean, log_mass })) => {
            let spread = if *by_rate { Spread::Rate(clock) } else { Spread::Clock(clock) };
            reading.over_time([scale, mean, log_mass], spread)?
        }
        _ => {
            if !starts_at_zero(claim) {
                return wrong("the kernel ignores the start of the time");
            }
            let rate = reading.exponent()?;
            is_rate(&mut reading.prover, &rate)?;
            let growth = reading.growth()?;
            Growth::OnBranch { rate: Some(rate), growth }
        }
    };
    kernel_flow::agrees(claim, &mut reading.prover, &growth)
}

/// The times where they are not 0 and infinity, and only there.
pub(super) fn has_the_times(claim: &Claim, constants: &KernelConstants) -> Outcome {
    let ends = matches!(claim.pde.time.interval.upper, Bound::Finite(_));
    for (name, stated, expected) in [("start", &constants.start, !starts_at_zero(claim)), ("end", &constants.end, ends)]
    {
        match stated {
            None if expected => return wrong(format!("the constant `{name}` is missing")),
            Some(_) if !expected => return wrong(format!("a kernel of this equation has no constant `{name}`")),
            _ => {}
        }
    }
    Ok(())
}

/// What a reader is told of the kernel is what its constants say.
pub(super) fn has_its_texts(claim: &Claim, kernel: &Kernel) -> Outcome {
    let lambda = exponent_variable(claim.pde.params.iter().map(|param| param.name.as_str()));
    let Some(own) = Kernel::new(kernel.constants.clone(), &claim.pde.time.name, &lambda) else {
        return wrong("nothing can be told of a kernel with these constants");
    };
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let texts = |kernel: &Kernel| {
        [
            ("velocity", kernel.velocity.clone()),
            ("growth", kernel.growth.clone()),
            ("sampler", kernel.sampler.clone()),
            ("prior", kernel.prior.clone()),
            ("subordinator", optional(&kernel.subordinator)),
            ("time_change", optional(&kernel.time_change)),
            ("prior_error", optional(&kernel.prior_error)),
        ]
    };
    match texts(kernel).into_iter().zip(texts(&own)).find(|(stated, own)| stated != own) {
        Some(((name, stated), (_, own))) => {
            wrong(format!("{name}: `{stated}` is stated, the constants of the kernel say `{own}`"))
        }
        None => Ok(()),
    }
}

fn starts_at_zero(claim: &Claim) -> bool {
    matches!(&claim.pde.time.interval.lower, Bound::Finite(n) if n.is_zero())
}

impl Reading<'_> {
    /// A time that the kernel knows is that of the equation.
    fn is_bound(&mut self, stated: Option<&Expression>, bound: &Bound) -> Outcome {
        let Some(stated) = stated else { return Ok(()) };
        let stated = self.constant(stated)?.as_constant().or_open("a time that is no number")?;
        match bound {
            Bound::Finite(n) if crate::exact::range::rational(n) == Some(stated) => Ok(()),
            _ => wrong("the kernel has other times than the equation"),
        }
    }

    /// A mass may be imaginary, of which only the square counts.
    fn constant(&mut self, constant: &Expression) -> Outcome<Fraction> {
        let value = self.prover.scalar(constant.tree(), &[])?;
        self.prover.require_free(&value, constant.text())?;
        value.as_real().cloned().or_open("a constant of the kernel is not real")
    }

    /// A constant death rate, zero in families without one.
    fn decay(&mut self) -> Outcome<Complex> {
        match self.constants.spec.decay() {
            Some(decay) => Ok(self.constant(decay)?.into()),
            None => Ok(Complex::zero()),
        }
    }

    /// |k|², or k·Ak of a kernel with a shape.
    fn square(&mut self) -> Outcome<Complex> {
        let Some(shape) = &self.constants.shape else {
            let k = self.prover.k();
            return self.prover.model.algebra.times(&k, &k).or_open(LONG);
        };
        let rows = matrix(shape.tree()).or_open("the shape cannot be read")?;
        self.form(&rows)
    }

    /// k·Ak.
    fn form(&mut self, rows: &[&[Expr]]) -> Outcome<Complex> {
        let list = self.prover.model.components();
        if rows.len() != list.len() || rows.iter().any(|row| row.len() != list.len()) {
            return open("a matrix of another size than the equation's");
        }
        let mut sum = Complex::zero();
        for (row, v) in rows.iter().zip(&list) {
            for (entry, w) in row.iter().zip(&list) {
                let c = self.prover.scalar(entry, &[])?;
                self.prover.require_free(&c, "an entry of a matrix")?;
                let product = Fraction::var(*v).times(&Fraction::var(*w)).or_open(LONG)?;
                sum = sum.plus(&c.scaled(&product).or_open(LONG)?).or_open(LONG)?;
            }
        }
        Ok(sum)
    }

    /// decay + B(k).
    fn exponent(&mut self) -> Outcome<Complex> {
        let square = self.square()?;
        let k = self.prover.model.algebra.sqrt(&square).or_open(LONG)?;
        let decay = self.decay()?;
        let algebra = |value: Option<Complex>| value.or_open(LONG);
        let b = match &self.constants.spec {
            KernelSpec::Heat { diffusivity, .. } => algebra(square.scaled(&self.constant(diffusivity)?))?,
            KernelSpec::Poisson { speed, .. } => algebra(k.scaled(&self.constant(speed)?))?,
            KernelSpec::Yukawa { speed, mass, .. } => {
                let inside = self.screened(&square, speed, Some(mass))?;
                algebra(self.prover.model.algebra.sqrt(&inside))?
            }
            KernelSpec::Stable { rate, index, .. } => {
                let (rate, index) = (self.constant(rate)?, self.constant(index)?);
                let power = algebra(self.prover.model.algebra.power(&k, &index))?;
                algebra(power.scaled(&rate))?
            }
            KernelSpec::Subordinated { exponent, .. } => {
                let variable = exponent_variable(self.prover.model.claim.pde.params.iter().map(|p| p.name.as_str()));
                self.prover.scalar(exponent.tree(), &[(&variable, square), ("k", k)])?
            }
            _ => Complex::zero(),
        };
        algebra(decay.plus(&b))
    }

    /// The exponent is a Bernstein function, so that there is a subordinator to draw from: up to a factor that is free
    /// of k it is the one that C1 is proved by.
    fn is_mixture(&mut self) -> Outcome {
        let text = "a mixture of Gaussians, and C1 is not proved by a Bernstein function";
        let Some(Certificate::LevyExponent { closure, .. }) = &self.prover.model.claim.derivation.c1.certificate else {
            return open(text);
        };
        if !of_bernstein_functions(closure) {
            return open(text);
        }
        // Drift does not belong to the exponent.
        let proved: Complex = self.prover.read(&closure.function)?.re.into();
        let decay = self.decay()?;
        let own = self.exponent()?.minus(&decay).or_open(LONG)?;
        let ratio = self.prover.model.algebra.over(&proved, &own).or_open(LONG)?;
        self.prover.require_free(&ratio, "the exponent over the one that C1 is proved by")
    }

    /// speed² k² + mass².
    fn screened(&mut self, square: &Complex, speed: &Expression, mass: Option<&Expression>) -> Outcome<Complex> {
        let speed = self.constant(speed)?;
        let mass = mass.map_or(Ok(Fraction::zero()), |mass| self.constant(mass))?;
        let moving = speed.times(&speed).and_then(|c| square.scaled(&c)).or_open(LONG)?;
        moving.plus(&mass.times(&mass).or_open(LONG)?.into()).or_open(LONG)
    }

    /// R̂/p̂ of the kernel by its own time: deaths, and those that a mass makes.
    fn growth(&mut self) -> Outcome<Complex> {
        let mut deaths = self.decay()?;
        if let KernelSpec::Yukawa { speed, mass, .. } = &self.constants.spec {
            let square = self.square()?;
            let inside = self.screened(&square, speed, Some(mass))?;
            let mass = self.constant(mass)?;
            let algebra = &mut self.prover.model.algebra;
            let root = algebra.sqrt(&inside).or_open(LONG)?;
            let square: Complex = mass.times(&mass).or_open(LONG)?.into();
            deaths = algebra.over(&square, &root).and_then(|x| x.plus(&deaths)).or_open(LONG)?;
        }
        Ok(deaths.negated())
    }

    fn bessel(&mut self, augmented_dim: &Expression, speed: &Expression, mass: Option<&Expression>) -> Outcome<Growth> {
        if self.constants.clock.is_some() {
            return open("a clock of this kernel is not looked at");
        }
        let square = self.square()?;
        let expected = self.screened(&square, speed, mass)?;
        let stated = self.constant(augmented_dim)?;
        let symbol = self.prover.symbol()?;
        let (d, psi) = bessel(&mut self.prover, &symbol)?;
        self.prover.same(&d.into(), &stated.into(), "D is another number")?;
        self.prover.same(&psi, &expected, "speed and mass are not those of the equation")?;
        let mass = mass.map_or(Ok(Fraction::zero()), |mass| self.constant(mass))?;
        Ok(Growth::OfField(mass.times(&mass).or_open(LONG)?.into()))
    }

    /// The clock is t, or the time since the start.
    fn telegraph(&mut self, damping: &Expression, speed: &Expression, mass: &Expression) -> Outcome<Growth> {
        if let Some(Clock { reading, by_rate, scale, mean, log_mass }) = &self.constants.clock {
            if *by_rate {
                return wrong("the clock of a walk is the time");
            }
            let clock: Complex = self.constant(reading)?.into();
            self.prover.starts_from(&clock, &Complex::zero(), "the clock")?;
            let time = self.prover.model.algebra.time();
            let pace = self.prover.model.algebra.derivative_of_pair(&clock, time).or_open(LONG)?;
            self.prover.same(&pace, &Complex::one(), "the clock of a walk is the time")?;
            if !(scale.is_one() && mean.is_zero() && log_mass.is_zero()) {
                return wrong("a walk with constant coefficients does not move along");
            }
        } else if !starts_at_zero(self.prover.model.claim) {
            return wrong("the kernel ignores the start of the time");
        }
        let square = self.square()?;
        let stiffness = self.screened(&square, speed, Some(mass))?;
        let damping = self.constant(damping)?.scaled(&BigRational::from_integer(2.into()));
        let symbol = self.prover.symbol()?;
        constant_coefficients(&mut self.prover, &symbol)?;
        let [a0, a1, a2] = &symbol.a[..] else { return wrong("the equation is not of second order in time") };
        branch::not_zero(&mut self.prover, a2, "the leading coefficient")?;
        for (found, expected) in [(a0, stiffness), (a1, damping.into())] {
            let expected = self.prover.model.algebra.times(&expected, a2).or_open(LONG)?;
            self.prover.same(found, &expected, "damping, speed and mass are not those of the equation")?;
        }
        let mass = self.constant(mass)?;
        let square: Complex = mass.times(&mass).or_open(LONG)?.into();
        Ok(Growth::OfField(square.negated()))
    }

    /// ln p̂(κ, t) = log_mass − clock·B(κ) − i κ·mean/scale in coordinates that move with a drift in x, in which a wave
    /// κ is κ/scale in the equation; for a Gaussian −κ·Σκ/(2 scale²) takes the place of −clock·B.
    fn over_time(&mut self, [scale, mean, log_mass]: [&Expression; 3], spread: Spread) -> Outcome<Growth> {
        let scale = self.prover.constant(scale, false)?;
        let log_mass: Complex = self.constant(log_mass)?.into();
        let mean = self.mean(mean)?;
        self.prover.starts_from(&scale.clone().into(), &Complex::one(), "the scale")?;
        self.prover.starts_from(&log_mass, &Complex::zero(), "the mass")?;
        self.prover.starts_from(&mean, &Complex::zero(), "the mean")?;
        let inverse = scale.recip().or_open(LONG)?;
        let time = self.prover.model.algebra.time();
        // What the spreading adds to −∂_t ln p̂ where it is known by its rate alone.
        let mut by_rate = Complex::zero();
        let (spread, own, pace) = match spread {
            Spread::Rate(rate) => {
                let rate = self.integrable(rate)?;
                by_rate = self.exponent()?.scaled(&rate).or_open(LONG)?;
                (Complex::zero(), self.growth()?, rate.into())
            }
            Spread::Covariance(covariance) => {
                let form = self.covariance(covariance)?;
                self.prover.starts_from(&form, &Complex::zero(), "the covariance")?;
                let half = Fraction::constant(BigRational::new(1.into(), 2.into()));
                let square = inverse.times(&inverse).and_then(|x| x.times(&half)).or_open(LONG)?;
                (form.scaled(&square).or_open(LONG)?, Complex::zero(), Complex::zero())
            }
            Spread::Clock(clock) => {
                let clock = self.constant(clock)?;
                self.prover.starts_from(&clock.clone().into(), &Complex::zero(), "the clock")?;
                let spread = self.exponent()?.scaled(&clock).or_open(LONG)?;
                (spread, self.growth()?, self.pace(&clock.into())?)
            }
        };
        let shift = mean.scaled(&inverse).and_then(|m| m.times(&Complex::i())).or_open(LONG)?;
        let minus_log = spread.plus(&shift).and_then(|x| x.minus(&log_mass)).or_open(LONG)?;
        let rate = self.prover.model.algebra.derivative_of_pair(&minus_log, time).or_open(LONG)?;
        let rate = rate.plus(&by_rate).or_open(LONG)?;
        branch::moving(&mut self.prover, &rate, &scale)?;
        let algebra = &mut self.prover.model.algebra;
        let mass = algebra.derivative_of_pair(&log_mass, time).or_open(LONG)?;
        let growth = algebra.times(&own, &pace).and_then(|x| x.plus(&mass)).or_open(LONG)?;
        let stands = scale.minus(&Fraction::one()).is_some_and(|x| x.is_zero());
        Ok(Growth::OnBranch { rate: stands.then_some(rate), growth })
    }

    /// The rate of a clock that is the integral of it: with a value at the start of the time and none that is infinite
    /// later, so that there is an integral, and never negative.
    fn integrable(&mut self, rate: &Expression) -> Outcome<Fraction> {
        let rate = self.constant(rate)?;
        let Bound::Finite(start) = &self.prover.model.claim.pde.time.interval.lower else {
            return open("the time has no start");
        };
        let start = crate::exact::range::rational(start).or_open(LONG)?;
        let time = self.prover.model.algebra.time();
        let limit = self.prover.model.algebra.limit(&rate.clone().into(), time, &start);
        limit.or_open("the rate of the clock at the start of the time is not found")?;
        self.prover.non_negative(&rate, "the rate of the clock")?;
        if !self.prover.proves(&Fraction::from(rate.den.clone()), Relation::NonZero)? {
            return open("whether the rate of the clock is finite at all times");
        }
        Ok(rate)
    }

    /// d/dt of the clock.
    fn pace(&mut self, clock: &Complex) -> Outcome<Complex> {
        let time = self.prover.model.algebra.time();
        self.prover.model.algebra.derivative_of_pair(clock, time).or_open(LONG)
    }

    /// k·mean.
    fn mean(&mut self, mean: &Expression) -> Outcome<Complex> {
        let entries = match &mean.tree().kind {
            ExprKind::Vector(entries) => entries,
            _ if mean.is_zero() => return Ok(Complex::zero()),
            _ => return open("the mean is no vector"),
        };
        let list = self.prover.model.components();
        if entries.len() != list.len() {
            return open("a mean in another dimension than the equation's");
        }
        let mut sum = Complex::zero();
        for (entry, v) in entries.iter().zip(list) {
            let c = self.prover.scalar(entry, &[])?;
            self.prover.require_free(&c, "the mean")?;
            sum = c.scaled(&Fraction::var(v)).and_then(|x| sum.plus(&x)).or_open(LONG)?;
        }
        Ok(sum)
    }

    /// k·Σk.
    fn covariance(&mut self, covariance: &Expression) -> Outcome<Complex> {
        if let Some(rows) = matrix(covariance.tree()) {
            return self.form(&rows);
        }
        let c = self.prover.constant(covariance, false)?;
        let k = self.prover.k();
        self.prover.model.algebra.times(&k, &k).and_then(|x| x.scaled(&c)).or_open(LONG)
    }
}

/// A sum of Bernstein functions of |k|² with weights that are free of k, and of drift.
fn of_bernstein_functions(closure: &Closure) -> bool {
    let all = || closure.of.iter().all(of_bernstein_functions);
    match closure.rule {
        _ if closure.class == Class::Bernstein => true,
        ClosureRule::Drift => true,
        ClosureRule::Shift | ClosureRule::Sum | ClosureRule::Scale => closure.class == Class::LevyExponent && all(),
        _ => false,
    }
}

/// The rows of `[[a, b], [c, d]]`.
fn matrix(tree: &Expr) -> Option<Vec<&[Expr]>> {
    let ExprKind::Vector(rows) = &tree.kind else { return None };
    let mut list = Vec::new();
    for row in rows {
        let ExprKind::Vector(entries) = &row.kind else { return None };
        list.push(entries.as_slice());
    }
    Some(list)
}
