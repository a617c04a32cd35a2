//! `genphys kernel`: the point-source kernel of an equation in numbers.
//!
//! A model computes its constants in `f64`, in code that a reader of one equation is to follow. Here they come from the
//! same derivation, in as many digits as it takes for all that are printed to be right (`crate::precise`), at whatever
//! values of the parameters: no code is generated that could be shared. The kernels themselves are one library, and a
//! table of tests holds the numbers of the command and of the models together.

mod exponent;
mod table;

use crate::engine;
use crate::outcome::{CommandResult, Failure, Outcome};
use crate::output;
use crate::precise::{Moment, Point};
use crate::settings::{SettingArgs, assignment, dimension, number};
use crate::source::{Equation, FILE_HELP};
use clap::Args;
use genphys_codegen::ExponentParts;
use genphys_kernels::{
    Clocked, Complex64, Gaussian, GaussianAlongAxis, Heat, KernelError, LaplaceExponent, PointSourceKernel, Poisson,
    ScreenedPfgmPlusPlus, Shaped, SpaceTimeFractional, Span, Stable, Subordinated, Telegraph, Yukawa,
};
use genphys_pde::ast::{Bound, Expr, ExprKind, Interval, Number};
use genphys_pde::codes::Code;
use genphys_pde::derivation::{Clock, Derivation, KernelConstants, KernelSpec, exponent_variable};
use genphys_pde::expression::Expression;
use genphys_pde::span::Span as Place;
use genphys_pde::verdict::{Status, Verdict};
use genphys_pde::{Complex, EvaluateError};
use std::collections::BTreeMap;
use table::{Now, Rows};

/// Relative error of a clock that is a quadrature.
const CLOCK_ERROR: f64 = 1e-12;

/// Evaluate the point-source kernel p(x, t | y) in N dimensions
///
/// Prints csv with the columns r,log_p,v_over_r,growth: distance, ln p, the flux velocity J/(p r), and R/p, with the
/// digits that are right; inf, and a note, where the density is infinite, nan where no digit is known. Parameters take
/// their --set or default values. Where the kernel is not the same in all directions, distances are along --along and
/// v_over_r is the part of J/(p r) in that direction; a column `along` names the coordinate. Where the equation drifts,
/// distances and densities are from where the drift has carried the source, in coordinates that move along; a note says
/// what becomes of them in x. Exit status: 0 done; 1 no
/// known kernel; 2 bad input.
#[derive(Args, Debug)]
pub(crate) struct KernelArgs {
    #[arg(value_name = "FILE", help = FILE_HELP)]
    file: String,
    /// Number of space dimensions
    #[arg(long, value_name = "N", value_parser = dimension)]
    dim: u32,
    /// Time, inside of the interval of the equation, (0, inf) where it declares none
    #[arg(long, value_name = "T", allow_negative_numbers = true, value_parser = time)]
    t: Number,
    /// Distances, >= 0, separated by commas
    #[arg(long, value_name = "R", required = true, value_delimiter = ',', value_parser = not_negative)]
    #[arg(allow_hyphen_values = true)]
    r: Vec<f64>,
    /// Fix a parameter (repeatable)
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    set: Vec<(String, Number)>,
    /// Coordinate along which distances are measured, 1 to N, where directions differ
    #[arg(long, value_name = "AXIS", value_parser = dimension)]
    along: Option<u32>,
    /// Give the mass-normalised kernel and the velocity that moves it without births and deaths
    #[arg(long)]
    conservative: bool,
}

/// Runs the command.
///
/// # Errors
/// When a setting does not fit or the engine fails.
pub(crate) fn kernel(args: &KernelArgs) -> CommandResult {
    if let Some(axis) = args.along.filter(|axis| *axis > args.dim) {
        let message = format!("--along {axis}: there are {} coordinates, x1 to x{}", args.dim, args.dim);
        return Err(Failure::new(message));
    }
    let Some(equation) = Equation::load_or_print(&args.file) else { return Ok(Outcome::BadInput) };
    let settings = SettingArgs { set: args.set.clone(), dim: Some(args.dim) }.apply_one(&equation.pde)?;
    let derivation = engine::derive_one(&equation, &settings)?;
    let Some(kernel) = &derivation.kernel else {
        return Ok(no_kernel(&equation, &reason(&derivation)));
    };
    let values = settings.values(&equation.pde)?;
    let time = &equation.pde.time;
    let point = Point { values: &values, time: (&time.name, &args.t) };
    let constants = Constants { kernel: &kernel.constants, point };
    if !constants.is_inside(&time.interval)? {
        let message = format!("{} = {} is outside of the times of the equation, {}", time.name, args.t, time.interval);
        return Err(Failure::new(message).code(Code::ValueOutsideDomain));
    }
    if constants.is_points()? {
        return Ok(no_kernel(
            &equation,
            ": nothing dampens it, and a point source becomes points, which have no density",
        ));
    }
    match constants.table(args)? {
        Table::Csv(text) => {
            constants.tell_coordinates(args.dim)?;
            output::result(&text)?;
        }
        Table::Refused(reason) => return Ok(no_kernel(&equation, &reason)),
    }
    Ok(Outcome::Yes)
}

/// Makes the kernel of a model with the values that its parameters have, so that no program is written that cannot make
/// it.
///
/// # Errors
/// When a constant of the kernel is none that it can be made with.
pub(crate) fn check_constructible(derivation: &Derivation, time: &str) -> Result<(), Failure> {
    let Some(kernel) = &derivation.kernel else { return Ok(()) };
    let params = &derivation.pde.params;
    let value = |value: f64| number(&format!("{value:e}")).ok();
    let Some(values) = params.iter().map(|p| Some((p.name.clone(), value(p.value?)?))).collect() else { return Ok(()) };
    let t = Number::integer(1);
    let args = KernelArgs {
        file: String::new(),
        dim: derivation.pde.dim.bounds().0,
        t: t.clone(),
        r: Vec::new(),
        set: Vec::new(),
        along: None,
        conservative: false,
    };
    let constants = Constants { kernel: &kernel.constants, point: Point { values: &values, time: (time, &t) } };
    let made =
        constants.makes_clocks().and_then(|in_time| if in_time { Ok(()) } else { constants.table(&args).map(|_| ()) });
    made.map_err(|failure| failure.help("the model cannot be made with these values of the parameters"))
}

/// Why no kernel was found, where that is known.
fn reason(derivation: &Derivation) -> String {
    if let (Verdict::SGenerative | Verdict::Conditional, Err(why)) = (derivation.verdict, derivation.model()) {
        return format!(": {why}");
    }
    let (c1, c2) = (&derivation.c1, &derivation.c2);
    match (c1.status, c2.status) {
        (Status::Fails, _) => ": C1 fails, so what comes from a point is no density".to_owned(),
        (_, Status::Fails) if c2.because.contains("the same for every k") => {
            ": its clock stands still, no wave decays, and a point source stays a point".to_owned()
        }
        _ => String::new(),
    }
}

/// Says that there is no kernel to evaluate, and why where that is known.
fn no_kernel(equation: &Equation, reason: &str) -> Outcome {
    let message = format!("{} has no known point-source kernel{reason}", equation.label);
    let help = format!("`genphys check {}` says what is known about it", equation.label);
    output::failure(&Failure::new(message).code(Code::NoKernel).help(help));
    Outcome::No
}

/// The answer in csv, or why there is none.
enum Table {
    Csv(String),
    Refused(String),
}

/// The kernel's constants as expressions, and the values of parameters and time to compute them with.
struct Constants<'a> {
    kernel: &'a KernelConstants,
    point: Point<'a>,
}

impl Constants<'_> {
    /// Whether the time is one of the equation, after its start.
    fn is_inside(&self, interval: &Interval) -> Result<bool, Failure> {
        // Exactly: a decimal may be nearer to an end than an f64 can be.
        let behind = |bound: &Number| {
            let node = |kind| Box::new(Expr::new(kind, Place::new(0, 0)));
            let (name, bound) = (ExprKind::Symbol(self.point.time.0.to_owned()), ExprKind::Number(bound.clone()));
            self.value_of(&Expr::new(ExprKind::Sub(node(name), node(bound)), Place::new(0, 0)), "time")
        };
        let above = match &interval.lower {
            Bound::Finite(start) => behind(start)? > 0.0,
            Bound::MinusInfinity => true,
            Bound::Infinity => false,
        };
        let below = match &interval.upper {
            Bound::Finite(end) => {
                let late = behind(end)?;
                late < 0.0 || interval.upper_closed && late == 0.0
            }
            Bound::Infinity => true,
            Bound::MinusInfinity => false,
        };
        Ok(above && below)
    }

    /// Whether it is the kernel of walkers that never turn.
    fn is_points(&self) -> Result<bool, Failure> {
        let KernelSpec::Telegraph { damping, .. } = &self.kernel.spec else { return Ok(false) };
        Ok(self.value_of(damping.tree(), "damping")? == 0.0)
    }

    /// Says in which coordinates the numbers are where those are not the ones of the equation.
    fn tell_coordinates(&self, dim: u32) -> Result<(), Failure> {
        let KernelSpec::Gaussian { scale, .. } = &self.kernel.spec else { return Ok(()) };
        let value = self.value_of(scale.tree(), "scale")?;
        if value != 1.0 {
            let (text, shift) = (genphys_pde::print_expr(scale.tree()), -f64::from(dim) * value.ln());
            output::note(&format!(
                "note: in coordinates that move along, x/S with S = {text} = {value:.6}: in x, distances are S*r, and ln p is \
                 log_p {} {:.6}",
                if shift < 0.0 { '-' } else { '+' },
                shift.abs()
            ));
        }
        Ok(())
    }

    /// The csv, or why the kernel has none in numbers.
    fn table(&self, args: &KernelArgs) -> Result<Table, Failure> {
        let of = |error: KernelError| Failure::new(error.to_string()).code(Code::ValueOutsideDomain);
        if let KernelSpec::Gaussian { scale, covariance, log_mass, .. } = &self.kernel.spec
            && is_matrix(covariance)
        {
            return Ok(Table::Csv(self.gaussian_along_axis(scale, covariance, log_mass, args)?));
        }
        let now = match self.now()? {
            Ok(now) => now,
            Err(reason) => return Ok(Table::Refused(reason)),
        };
        let value = |constant: &Expression, name: &str| self.value_of(constant.tree(), name);
        Ok(Table::Csv(match &self.kernel.spec {
            KernelSpec::Heat { diffusivity, .. } => {
                self.csv(Heat::new(value(diffusivity, "diffusivity")?).map_err(of)?, now, args)?
            }
            KernelSpec::Poisson { speed, .. } => {
                self.csv(Poisson::new(value(speed, "speed")?).map_err(of)?, now, args)?
            }
            KernelSpec::Yukawa { speed, mass, .. } => {
                let (speed, mass) = (value(speed, "speed")?, value(mass, "mass")?);
                self.csv(Yukawa::new(speed, mass).map_err(of)?, now, args)?
            }
            KernelSpec::Pfgmpp { augmented_dim, speed } => {
                let (augmented_dim, speed) = (value(augmented_dim, "D")?, value(speed, "speed")?);
                self.csv(ScreenedPfgmPlusPlus::new(speed, augmented_dim, 0.0).map_err(of)?, now, args)?
            }
            KernelSpec::ScreenedPfgmpp { augmented_dim, speed, mass } => {
                let (augmented_dim, speed) = (value(augmented_dim, "D")?, value(speed, "speed")?);
                let kernel = ScreenedPfgmPlusPlus::new(speed, augmented_dim, value(mass, "mass")?).map_err(of)?;
                self.csv(kernel, now, args)?
            }
            KernelSpec::Stable { rate, index, .. } => {
                self.csv(Stable::new(value(rate, "rate")?, value(index, "index")?).map_err(of)?, now, args)?
            }
            KernelSpec::Subordinated { exponent, .. } => {
                self.csv(Subordinated::new(self.exponent(exponent)?).map_err(of)?, now, args)?
            }
            KernelSpec::SpaceTimeFractional { rate, index, order } => {
                let (rate, index, order) = (value(rate, "rate")?, value(index, "index")?, value(order, "order")?);
                self.csv(SpaceTimeFractional::new(rate, index, order).map_err(of)?, now, args)?
            }
            KernelSpec::Telegraph { damping, speed, mass } => {
                let (damping, speed) = (value(damping, "damping")?, value(speed, "speed")?);
                self.csv(Telegraph::with_mass(damping, speed, value(mass, "mass")?).map_err(of)?, now, args)?
            }
            // In the coordinates that move along it is that of heat, at half the variance.
            KernelSpec::Gaussian { .. } => self.csv(Heat::new(0.5).map_err(of)?, now, args)?,
        }))
    }

    /// The csv of a family's kernel, with the shape of this one.
    fn csv(&self, kernel: impl PointSourceKernel, now: Now, args: &KernelArgs) -> Result<String, Failure> {
        let Some(shape) = &self.kernel.shape else {
            return Ok(table::csv(&kernel, now, args, args.along));
        };
        let value = |entry: &Expr| self.value_of(entry, "shape");
        let rows = matrix(shape.tree());
        let rows: Vec<Vec<f64>> =
            rows.iter().map(|row| row.iter().map(value).collect()).collect::<Result<_, Failure>>()?;
        let of = |error: KernelError| Failure::new(error.to_string()).code(Code::ValueOutsideDomain);
        let shaped = Shaped::with_rows(kernel, &rows).map_err(of)?;
        Ok(table::csv(&shaped, now, args, args.along.or(Some(1))))
    }

    fn gaussian_along_axis(
        &self,
        scale: &Expression,
        covariance: &Expression,
        log_mass: &Expression,
        args: &KernelArgs,
    ) -> Result<String, Failure> {
        let of = |error: KernelError| Failure::new(error.to_string()).code(Code::ValueOutsideDomain);
        let entries = matrix(covariance.tree());
        let entries: Vec<Vec<_>> =
            entries.into_iter().map(|row| row.into_iter().map(|entry| self.of_time(entry)).collect()).collect();
        let covariance = move |t: f64| entries.iter().map(|row| row.iter().map(|entry| entry(t)).collect()).collect();
        let axis = args.along.unwrap_or(1);
        let (dim, scale) = (args.dim as usize, self.of_time(scale.tree().clone()));
        let kernel = GaussianAlongAxis::within(self.span()?, dim, scale, covariance, axis as usize - 1).map_err(of)?;
        let kernel = kernel.with_log_mass(self.of_time(log_mass.tree().clone()));
        let (mut rows, t) = (Rows::along(Some(axis)), self.point.time.1.to_f64());
        for &r in &args.r {
            let mut found = kernel.precise(t, r).map_err(of)?;
            if args.conservative {
                // Births and deaths are the same everywhere.
                found = table::normalised(found, kernel.log_mass(t));
            }
            rows.add(r, &found, dim);
        }
        Ok(rows.text)
    }

    /// The clock and the mass at the time that is asked for; in words, where the clock does not run.
    fn now(&self) -> Result<Result<Now, String>, Failure> {
        let zero = Moment { value: 0.0, slope: 0.0 };
        let (clock, log_mass) = match (&self.kernel.spec, &self.kernel.clock) {
            (KernelSpec::Gaussian { scale, covariance, log_mass, .. }, _) => (variance(scale, covariance), log_mass),
            (_, Some(Clock { reading, by_rate: true, log_mass, .. })) => {
                let [value, slope] = self.accumulated(reading)?;
                let now = Now {
                    clock: Moment { value, slope },
                    log_mass: self.moment(log_mass.tree())?,
                    clock_error: CLOCK_ERROR,
                };
                let (name, t) = self.point.time;
                let text = format!(" at {name} = {t}: its clock, the integral of {reading}, is {value} there");
                return Ok(if value > 0.0 && value.is_finite() { Ok(now) } else { Err(text) });
            }
            (_, Some(Clock { reading, log_mass, .. })) => (reading.tree().clone(), log_mass),
            (spec, None) => {
                let clock = self.moment(&self.time())?;
                let log_mass = match spec.decay() {
                    Some(decay) => {
                        let decay = self.value_of(decay.tree(), "decay")?;
                        Moment { value: -decay * clock.value, slope: -decay }
                    }
                    None => zero,
                };
                return Ok(Ok(Now { clock, log_mass, clock_error: 0.0 }));
            }
        };
        let now = Now { clock: self.moment(&clock)?, log_mass: self.moment(log_mass.tree())?, clock_error: 0.0 };
        let text = genphys_pde::print_expr(&clock);
        if now.clock.value > 0.0 {
            return Ok(Ok(now));
        }
        let (name, t) = self.point.time;
        Ok(Err(if now.clock.value == 0.0 {
            format!(" at {name} = {t}: its clock, {text}, is 0 there, and a point source is still a point")
        } else {
            format!(" at {name} = {t}: its clock, {text}, is {} there, which is no time to spread in", now.clock.value)
        }))
    }

    fn time(&self) -> Expr {
        Expr::new(ExprKind::Symbol(self.point.time.0.to_owned()), Place::new(0, 0))
    }

    /// Makes the clock or the Gaussian that a model has. Whether there is one.
    fn makes_clocks(&self) -> Result<bool, Failure> {
        let of = |error: KernelError| Failure::new(error.to_string()).code(Code::ValueOutsideDomain);
        match (&self.kernel.spec, &self.kernel.clock) {
            (KernelSpec::Gaussian { scale, covariance, .. }, _) if !is_matrix(covariance) => {
                let clock = self.of_time(variance(scale, covariance));
                Gaussian::isotropic_within(self.span()?, |_| 1.0, clock).map_err(of)?;
                Ok(true)
            }
            (_, Some(Clock { reading, by_rate: true, .. })) => {
                self.clock_by_rate(reading)?.map_err(of)?;
                Ok(false)
            }
            (_, Some(Clock { reading, .. })) => {
                let unit = Poisson::new(1.0).map_err(of)?;
                Clocked::within(self.span()?, unit, self.of_time(reading.tree().clone())).map_err(of)?;
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    /// The clock that is the integral of this rate, on a kernel that does not matter.
    fn clock_by_rate(&self, rate: &Expression) -> Result<Result<Clocked<Heat>, KernelError>, Failure> {
        let (span, rate, values) = (self.span()?, rate.tree().clone(), self.point.values.clone());
        let time = self.point.time.0.to_owned();
        let plain: BTreeMap<String, f64> = values.iter().map(|(name, n)| (name.clone(), n.to_f64())).collect();
        let rate = move |t: f64| {
            let mut at = plain.clone();
            at.insert(time.clone(), t);
            genphys_pde::evaluate_real(&rate, &at).unwrap_or(f64::NAN)
        };
        Ok(Heat::new(1.0).and_then(|heat| Clocked::by_rate(span, heat, rate)))
    }

    /// The integral of a rate at the time that is asked for, and the rate there.
    fn accumulated(&self, rate: &Expression) -> Result<[f64; 2], Failure> {
        let of = |error: KernelError| Failure::new(error.to_string()).code(Code::ValueOutsideDomain);
        Ok(self.clock_by_rate(rate)?.map_err(of)?.clock(self.point.time.1.to_f64()))
    }

    /// A function of the time with the parameters' values, as a model computes it: a model takes no limits, and has no
    /// number where there is 0/0, but keeps the digits of what cancels.
    fn of_time(&self, expr: Expr) -> impl Fn(f64) -> f64 + Send + Sync + 'static + use<> {
        let (values, time) = (self.point.values.clone(), self.point.time.0.to_owned());
        let mut plain: BTreeMap<String, f64> = values.iter().map(|(name, n)| (name.clone(), n.to_f64())).collect();
        plain.remove(&time);
        move |t: f64| {
            let Ok(at) = number(&format!("{t:e}")) else { return f64::NAN };
            let plain = plain.iter().map(|(name, value)| (name.clone(), *value)).chain([(time.clone(), t)]).collect();
            let has_value = genphys_pde::evaluate_real(&expr, &plain).is_ok();
            let exact = Point { values: &values, time: (&time, &at) }.value(&expr);
            exact.ok().filter(|_| has_value).unwrap_or(f64::NAN)
        }
    }

    /// The times of the kernel.
    fn span(&self) -> Result<Span, Failure> {
        let of = |error: KernelError| Failure::new(error.to_string()).code(Code::ValueOutsideDomain);
        let at = |time: &Option<Expression>, name, otherwise| {
            time.as_ref().map_or(Ok(otherwise), |time| self.value_of(time.tree(), name))
        };
        let (start, end) = (at(&self.kernel.start, "start", 0.0)?, at(&self.kernel.end, "end", f64::INFINITY)?);
        Span::new(start, end).map_err(of)
    }

    /// The exponent of a subordinator with the parameters' values.
    fn exponent(&self, exponent: &Expression) -> Result<LaplaceExponent, Failure> {
        let of = |error: KernelError| Failure::new(error.to_string()).code(Code::ValueOutsideDomain);
        let variable = exponent_variable(self.point.values.keys().map(String::as_str));
        let parts = ExponentParts::of(exponent.tree(), &variable);
        let value = |expr: &Expr| self.value_of(expr, "exponent");
        let drift = parts.drift.as_ref().map_or(Ok(0.0), value)?;
        let values: BTreeMap<String, Complex> =
            self.point.values.iter().map(|(name, value)| (name.clone(), Complex::real(value.to_f64()))).collect();
        let function = |expr: Expr| {
            let (values, variable) = (values.clone(), variable.clone());
            move |lambda: Complex64| {
                let mut values = values.clone();
                values.insert(variable.clone(), Complex::new(lambda.re, lambda.im));
                exponent::value(&expr, &values).unwrap_or(Complex64::new(f64::NAN, 0.0))
            }
        };
        let mut exponent = match parts.rest {
            Some(rest) => {
                LaplaceExponent::function(function(rest)).and_then(|exponent| exponent.with_drift(drift)).map_err(of)?
            }
            None => LaplaceExponent::drift(drift).map_err(of)?,
        };
        for (rate, size) in &parts.jumps {
            exponent = exponent.with_jumps(value(rate)?, value(size)?).map_err(of)?;
        }
        for (rate, law) in parts.laws {
            exponent = exponent.with_jump_law(value(&rate)?, function(law)).map_err(of)?;
        }
        Ok(exponent)
    }

    fn value_of(&self, expr: &Expr, name: &str) -> Result<f64, Failure> {
        self.point.value(expr).map_err(|error| self.no_value(expr, name, &error))
    }

    fn moment(&self, expr: &Expr) -> Result<Moment, Failure> {
        self.point.moment(expr).map_err(|error| self.no_value(expr, "clock", &error))
    }

    fn no_value(&self, expr: &Expr, name: &str, error: &EvaluateError) -> Failure {
        let text = genphys_pde::print_expr(expr);
        let settings: Vec<String> = self.point.values.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        let (time, t) = self.point.time;
        let at = settings.into_iter().chain([format!("{time} = {t}")]).collect::<Vec<_>>().join(", ");
        Failure::new(format!("`{text}`, the kernel's {name}, has no value at {at}: {error}"))
            .code(Code::ValueOutsideDomain)
            .help("set parameters and time to values at which it has one")
    }
}

fn is_matrix(covariance: &Expression) -> bool {
    matches!(covariance.tree().kind, ExprKind::Vector(_))
}

/// What takes the place of t for a Gaussian: the variance in the coordinates that move along.
fn variance(scale: &Expression, covariance: &Expression) -> Expr {
    let node = |kind| Box::new(Expr::new(kind, Place::new(0, 0)));
    let square = ExprKind::Pow(Box::new(scale.tree().clone()), node(ExprKind::Number(Number::integer(2))));
    Expr::new(ExprKind::Div(Box::new(covariance.tree().clone()), node(square)), Place::new(0, 0))
}

/// The rows of a matrix, or of a vector as a column.
fn matrix(expr: &Expr) -> Vec<Vec<Expr>> {
    let entries = |row: &Expr| match &row.kind {
        ExprKind::Vector(entries) => entries.clone(),
        _ => vec![row.clone()],
    };
    entries(expr).iter().map(entries).collect()
}

fn time(text: &str) -> Result<Number, String> {
    number(text.trim()).map_err(|_| "expected a finite decimal number".to_owned())
}

fn not_negative(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        Ok(_) => Err(format!("`{text}`: r is a distance, finite and >= 0; expected numbers separated by commas")),
        Err(_) => Err("expected finite numbers >= 0, separated by commas".to_owned()),
    }
}
