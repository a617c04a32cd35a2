//! The kernel against the equation: its transform solves the equation exactly, and is 1 at the start of the time.

use super::branch::{self, bessel, constant_coefficients, is_rate};
use super::closure::add;
use super::condition::Condition;
use super::prove::{LONG, OrOpen, Outcome, Prover, open, parse, wrong};
use super::{Claim, Report};
use crate::exact::fraction::{Complex, Fraction};
use genphys_pde::ast::{Bound, Expr};
use genphys_pde::derivation::{Kernel, KernelFamily, exponent_variable};
use num_rational::BigRational;

pub(super) fn check(claim: &Claim, report: &mut Report) {
    let Some(kernel) = &claim.derivation.kernel else { return };
    let conditions = Condition::all(&claim.derivation.c1.conditions);
    let outcome = matches(claim, &conditions, kernel);
    add(report, "kernel", outcome, "the transform of the kernel solves the equation and starts at 1");
}

/// A kernel with the variables of its equation.
struct Reading<'a> {
    kernel: &'a Kernel,
    prover: Prover<'a>,
}

fn matches(claim: &Claim, conditions: &[Condition], kernel: &Kernel) -> Outcome {
    let known: &[&str] = match kernel.family {
        KernelFamily::Heat => &["diffusivity", "decay"],
        KernelFamily::Poisson => &["speed", "decay"],
        KernelFamily::Yukawa => &["speed", "mass", "decay"],
        KernelFamily::Stable => &["rate", "index", "decay"],
        KernelFamily::Subordinated => &["exponent", "decay"],
        KernelFamily::Gaussian => &["scale", "mean", "covariance", "log_mass"],
        KernelFamily::Pfgmpp => &["D", "speed"],
        KernelFamily::ScreenedPfgmpp => &["D", "speed", "mass"],
        KernelFamily::Telegraph => &["damping", "speed", "mass"],
    };
    let moving = ["clock", "scale", "mean", "log_mass", "shape", "start", "end"];
    if let Some(name) = kernel.parameters.keys().find(|n| !known.contains(&n.as_str()) && !moving.contains(&n.as_str()))
    {
        return open(format!("the checker does not know the constant `{name}` of this kernel"));
    }
    let mut reading = Reading { kernel, prover: Prover::new(claim, conditions)? };
    let interval = &claim.pde.time.interval;
    for (name, bound) in [("start", &interval.lower), ("end", &interval.upper)] {
        reading.is_bound(name, bound)?;
    }
    match kernel.family {
        KernelFamily::Pfgmpp | KernelFamily::ScreenedPfgmpp => reading.bessel(),
        KernelFamily::Telegraph => reading.telegraph(),
        _ if kernel.family == KernelFamily::Gaussian || kernel.parameters.contains_key("clock") => reading.over_time(),
        _ => {
            if !starts_at_zero(claim) {
                return wrong("the kernel ignores the start of the time");
            }
            let rate = reading.exponent()?;
            is_rate(&mut reading.prover, &rate)
        }
    }
}

fn starts_at_zero(claim: &Claim) -> bool {
    matches!(&claim.pde.time.interval.lower, Bound::Finite(n) if n.is_zero())
}

impl Reading<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.kernel.parameters.get(name).map(String::as_str)
    }

    /// The times that the kernel knows are those of the equation.
    fn is_bound(&mut self, name: &str, bound: &Bound) -> Outcome {
        if self.text(name).is_none() {
            return Ok(());
        }
        let stated = self.constant(name)?.as_constant().or_open("a time that is no number")?;
        match bound {
            Bound::Finite(n) if crate::exact::range::rational(n) == Some(stated) => Ok(()),
            _ => wrong("the kernel has other times than the equation"),
        }
    }

    fn constant(&mut self, name: &str) -> Outcome<Fraction> {
        match self.text(name).map(str::to_string) {
            // A mass may be imaginary, of which only the square counts.
            Some(text) => {
                let value = self.prover.read(&text)?;
                self.prover.require_free(&value, &text)?;
                value.as_real().cloned().or_open("a constant of the kernel is not real")
            }
            None => Ok(Fraction::zero()),
        }
    }

    /// |k|², or k·Ak of a kernel with a shape.
    fn square(&mut self) -> Outcome<Complex> {
        let Some(shape) = self.text("shape") else {
            let k = self.prover.k();
            return self.prover.model.algebra.times(&k, &k).or_open(LONG);
        };
        let rows = matrix(shape).or_open("the shape cannot be read")?;
        self.form(&rows)
    }

    /// k·Ak.
    fn form(&mut self, rows: &[Vec<Expr>]) -> Outcome<Complex> {
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
        let decay: Complex = self.constant("decay")?.into();
        let algebra = |value: Option<Complex>| value.or_open(LONG);
        let b = match self.kernel.family {
            KernelFamily::Heat => algebra(square.scaled(&self.constant("diffusivity")?))?,
            KernelFamily::Poisson => algebra(k.scaled(&self.constant("speed")?))?,
            KernelFamily::Yukawa => {
                let inside = self.screened(&square)?;
                algebra(self.prover.model.algebra.sqrt(&inside))?
            }
            KernelFamily::Stable => {
                let (rate, index) = (self.constant("rate")?, self.constant("index")?);
                let power = algebra(self.prover.model.algebra.power(&k, &index))?;
                algebra(power.scaled(&rate))?
            }
            KernelFamily::Subordinated => {
                let text = self.text("exponent").or_open("the exponent is missing")?.to_string();
                let variable = exponent_variable(self.prover.model.claim.pde.params.iter().map(|p| p.name.as_str()));
                self.prover.read_with(&text, &[(&variable, square), ("k", k)])?
            }
            _ => Complex::zero(),
        };
        algebra(decay.plus(&b))
    }

    /// speed² k² + mass².
    fn screened(&mut self, square: &Complex) -> Outcome<Complex> {
        let (speed, mass) = (self.constant("speed")?, self.constant("mass")?);
        let moving = speed.times(&speed).and_then(|c| square.scaled(&c)).or_open(LONG)?;
        moving.plus(&mass.times(&mass).or_open(LONG)?.into()).or_open(LONG)
    }

    fn bessel(&mut self) -> Outcome {
        if self.text("clock").is_some() {
            return open("a clock of this kernel is not looked at");
        }
        let square = self.square()?;
        let expected = self.screened(&square)?;
        let stated = self.constant("D")?;
        let symbol = self.prover.symbol()?;
        let (d, psi) = bessel(&mut self.prover, &symbol)?;
        self.prover.same(&d.into(), &stated.into(), "D is another number")?;
        self.prover.same(&psi, &expected, "speed and mass are not those of the equation")
    }

    fn telegraph(&mut self) -> Outcome {
        if !starts_at_zero(self.prover.model.claim) {
            return wrong("the kernel ignores the start of the time");
        }
        let square = self.square()?;
        let stiffness = self.screened(&square)?;
        let damping = self.constant("damping")?.scaled(&BigRational::from_integer(2.into()));
        let symbol = self.prover.symbol()?;
        constant_coefficients(&mut self.prover, &symbol)?;
        let [a0, a1, a2] = &symbol.a[..] else { return wrong("the equation is not of second order in time") };
        branch::not_zero(&mut self.prover, a2, "the leading coefficient")?;
        for (found, expected) in [(a0, stiffness), (a1, damping.into())] {
            let expected = self.prover.model.algebra.times(&expected, a2).or_open(LONG)?;
            self.prover.same(found, &expected, "damping, speed and mass are not those of the equation")?;
        }
        Ok(())
    }

    /// ln p̂(κ, t) = log_mass − clock·B(κ) − i κ·mean/scale in coordinates that move with a drift in x, in which a wave κ is
    /// κ/scale in the equation; for a Gaussian −κ·Σκ/(2 scale²) takes the place of −clock·B.
    fn over_time(&mut self) -> Outcome {
        let scale = match self.text("scale").map(str::to_string) {
            Some(text) => self.prover.read_constant(&text, false)?,
            None => Fraction::one(),
        };
        let log_mass: Complex = self.constant("log_mass")?.into();
        let mean = self.mean()?;
        self.prover.starts_from(&scale.clone().into(), &Complex::one(), "the scale")?;
        self.prover.starts_from(&log_mass, &Complex::zero(), "the mass")?;
        self.prover.starts_from(&mean, &Complex::zero(), "the mean")?;
        let gaussian = self.kernel.family == KernelFamily::Gaussian;
        let inverse = scale.recip().or_open(LONG)?;
        let spread = if gaussian {
            let form = self.covariance()?;
            self.prover.starts_from(&form, &Complex::zero(), "the covariance")?;
            let half = Fraction::constant(BigRational::new(1.into(), 2.into()));
            let square = inverse.times(&inverse).and_then(|x| x.times(&half)).or_open(LONG)?;
            form.scaled(&square).or_open(LONG)?
        } else {
            let clock = self.constant("clock")?;
            self.prover.starts_from(&clock.clone().into(), &Complex::zero(), "the clock")?;
            self.exponent()?.scaled(&clock).or_open(LONG)?
        };
        let shift = mean.scaled(&inverse).and_then(|m| m.times(&Complex::i())).or_open(LONG)?;
        let minus_log = spread.plus(&shift).and_then(|x| x.minus(&log_mass)).or_open(LONG)?;
        let time = self.prover.model.algebra.time();
        let rate = self.prover.model.algebra.derivative_of_pair(&minus_log, time).or_open(LONG)?;
        branch::moving(&mut self.prover, &rate, &scale)
    }

    /// k·mean.
    fn mean(&mut self) -> Outcome<Complex> {
        let Some(text) = self.text("mean").filter(|m| *m != "0") else { return Ok(Complex::zero()) };
        let entries = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).and_then(row);
        let entries = entries.or_open("the mean cannot be read")?;
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
    fn covariance(&mut self) -> Outcome<Complex> {
        let text = self.text("covariance").or_open("the covariance is missing")?.to_string();
        if let Some(rows) = matrix(&text) {
            return self.form(&rows);
        }
        parse(&text)?;
        let c = self.prover.read_constant(&text, false)?;
        let k = self.prover.k();
        self.prover.model.algebra.times(&k, &k).and_then(|x| x.scaled(&c)).or_open(LONG)
    }
}

/// `[[a, b], [c, d]]`.
fn matrix(text: &str) -> Option<Vec<Vec<Expr>>> {
    let inside = text.strip_prefix("[[")?.strip_suffix("]]")?;
    inside.split("], [").map(row).collect()
}

fn row(text: &str) -> Option<Vec<Expr>> {
    text.split(", ").map(|entry| genphys_pde::parse_expression(entry).ok()).collect()
}
