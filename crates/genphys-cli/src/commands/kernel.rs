//! `genphys kernel`: the point-source kernel of an equation in numbers.

use crate::engine;
use crate::outcome::{CommandResult, Failure, Outcome};
use crate::output;
use crate::settings::{SettingArgs, assignment};
use crate::source::{Equation, FILE_HELP};
use clap::Args;
use genphys_codegen::{Dims, ExponentParts};
use genphys_kernels::{
    Clocked, Complex64, Gaussian, GaussianAlongAxis, Heat, KernelError, Killed, LaplaceExponent, PointSourceKernel,
    Poisson, Precise, ScreenedPfgmPlusPlus, Shaped, Span, Stable, Subordinated, Telegraph, Yukawa,
    conservative_velocity_over_r,
};
use genphys_pde::Complex;
use genphys_pde::ast::{Bound, Expr, ExprKind, Interval, Number};
use genphys_pde::codes::Code;
use genphys_pde::derivation::{Derivation, Kernel, KernelFamily, exponent_variable};
use genphys_pde::verdict::Verdict;
use std::collections::BTreeMap;

/// Evaluate the point-source kernel p(x, t | y) in N dimensions
///
/// Prints csv with the columns r,log_p,v_over_r,growth: distance, ln p, the flux velocity J/(p r), and R/p, with the digits
/// that are right; nan, and a note, where none is known. Parameters take
/// their --set or default values. Where the kernel is not the same in all directions, distances are along --along and v_over_r is the part
/// of J/(p r) in that direction; a column `along` names the coordinate. Where the equation drifts, distances are from where the drift has carried the source, in
/// coordinates that move along. Exit status: 0 done; 1 no known kernel; 2 bad input.
#[derive(Args, Debug)]
pub(crate) struct KernelArgs {
    #[arg(value_name = "FILE", help = FILE_HELP)]
    file: String,
    /// Number of space dimensions
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=200_000))]
    dim: u32,
    /// Time, inside of the interval of the equation, (0, inf) where it declares none
    #[arg(long, value_name = "T", allow_negative_numbers = true, value_parser = finite)]
    t: f64,
    /// Distances, >= 0, separated by commas
    #[arg(long, value_name = "R", required = true, value_delimiter = ',', value_parser = not_negative)]
    r: Vec<f64>,
    /// Fix a parameter (repeatable)
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    set: Vec<(String, Number)>,
    /// Coordinate along which distances are measured, 1 to N, where directions differ
    #[arg(long, value_name = "AXIS", value_parser = clap::value_parser!(u32).range(1..))]
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
        return Ok(no_kernel(&equation, &derivation));
    };
    let values = settings.values(&equation.pde)?;
    let time = &equation.pde.time;
    let inside = inside(&time.interval, args.t);
    if !inside {
        let message = format!("{} = {} is outside of the times of the equation, {}", time.name, args.t, time.interval);
        return Err(Failure::new(message).code(Code::ValueOutsideDomain));
    }
    let constants = Constants { kernel, values: &values, time: &time.name };
    output::result(&constants.table(args)?)?;
    Ok(Outcome::Yes)
}

/// Makes the kernel of a model with the values that its parameters have, so that no program is written that cannot make it.
///
/// # Errors
/// When a constant of the kernel is none that it can be made with.
pub(crate) fn check_constructible(derivation: &Derivation, time: &str) -> Result<(), Failure> {
    let Some(kernel) = &derivation.kernel else { return Ok(()) };
    let params = &derivation.pde.params;
    let Some(values) = params.iter().map(|p| Some((p.name.clone(), p.value?))).collect() else { return Ok(()) };
    let args = KernelArgs {
        file: String::new(),
        dim: Dims::of(&derivation.pde.dim).first(),
        t: 1.0,
        r: Vec::new(),
        set: Vec::new(),
        along: None,
        conservative: false,
    };
    let made = Constants { kernel, values: &values, time }.table(&args);
    made.map(|_| ()).map_err(|failure| failure.help("the model cannot be made with these values of the parameters"))
}

/// Whether a time is one of the equation, after its start.
fn inside(interval: &Interval, t: f64) -> bool {
    let above = match &interval.lower {
        Bound::Finite(start) => t > start.to_f64(),
        Bound::MinusInfinity => true,
        Bound::Infinity => false,
    };
    let below = match &interval.upper {
        Bound::Finite(end) => t < end.to_f64() || (interval.upper_closed && t == end.to_f64()),
        Bound::Infinity => true,
        Bound::MinusInfinity => false,
    };
    above && below
}

/// Says that there is no kernel to evaluate, and why where somebody may expect one.
fn no_kernel(equation: &Equation, derivation: &Derivation) -> Outcome {
    let why = match (derivation.verdict, derivation.model()) {
        (Verdict::SGenerative | Verdict::Conditional, Err(why)) => format!(": {why}"),
        _ => String::new(),
    };
    let message = format!("{} has no known point-source kernel{why}", equation.label);
    let help = format!("`genphys check {}` says what is known about it", equation.label);
    output::failure(&Failure::new(message).code(Code::NoKernel).help(help));
    Outcome::No
}

/// The kernel's constants as expressions, and the parameters' values to compute them with.
struct Constants<'a> {
    kernel: &'a Kernel,
    values: &'a BTreeMap<String, f64>,
    /// The name of the time.
    time: &'a str,
}

impl Constants<'_> {
    /// The csv.
    fn table(&self, args: &KernelArgs) -> Result<String, Failure> {
        let of = |error: KernelError| Failure::new(error.to_string()).code(Code::ValueOutsideDomain);
        let text = match self.kernel.family {
            KernelFamily::Heat => self.csv(Heat::new(self.value("diffusivity", None)?).map_err(of)?, args)?,
            KernelFamily::Poisson => self.csv(Poisson::new(self.value("speed", Some(1.0))?).map_err(of)?, args)?,
            KernelFamily::Yukawa => {
                let (speed, mass) = (self.value("speed", Some(1.0))?, self.value("mass", None)?);
                self.csv(Yukawa::new(speed, mass).map_err(of)?, args)?
            }
            KernelFamily::Pfgmpp | KernelFamily::ScreenedPfgmpp => {
                let augmented_dim = self.value("D", None)?;
                let massless = (self.kernel.family == KernelFamily::Pfgmpp).then_some(0.0);
                let (speed, mass) = (self.value("speed", Some(1.0))?, self.value("mass", massless)?);
                let kernel = ScreenedPfgmPlusPlus::new(speed, augmented_dim, mass).map_err(of)?;
                self.csv(kernel, args)?
            }
            KernelFamily::Stable => {
                let kernel = Stable::new(self.value("rate", None)?, self.value("index", None)?).map_err(of)?;
                self.csv(kernel, args)?
            }
            KernelFamily::Subordinated => {
                let kernel = Subordinated::new(self.exponent()?).map_err(of)?;
                self.csv(kernel, args)?
            }
            KernelFamily::Telegraph => {
                let (damping, speed) = (self.value("damping", None)?, self.value("speed", Some(1.0))?);
                let kernel = Telegraph::with_mass(damping, speed, self.value("mass", Some(0.0))?).map_err(of)?;
                self.csv(kernel, args)?
            }
            KernelFamily::Gaussian => {
                if matches!(self.expression("covariance")?.kind, ExprKind::Vector(_)) {
                    return self.along_axis(args);
                }
                let (scale, covariance) = (self.of_time("scale")?, self.of_time("covariance")?);
                let kernel = Gaussian::isotropic_within(self.span()?, scale, covariance).map_err(of)?;
                csv(&kernel.with_log_mass(self.of_time("log_mass")?), args, args.along)
            }
        };
        Ok(text)
    }

    /// The csv of a Gaussian with a matrix for its covariance.
    fn along_axis(&self, args: &KernelArgs) -> Result<String, Failure> {
        let of = |error: KernelError| Failure::new(error.to_string()).code(Code::ValueOutsideDomain);
        let entries = matrix(&self.expression("covariance")?);
        let (values, time) = (self.values.clone(), self.time.to_owned());
        let covariance = move |t: f64| {
            let mut values = values.clone();
            values.insert(time.clone(), t);
            let value = |entry: &Expr| genphys_pde::evaluate_real(entry, &values).unwrap_or(f64::NAN);
            entries.iter().map(|row| row.iter().map(value).collect()).collect::<Vec<Vec<f64>>>()
        };
        let axis = args.along.unwrap_or(1);
        let (dim, scale) = (args.dim as usize, self.of_time("scale")?);
        let kernel = GaussianAlongAxis::within(self.span()?, dim, scale, covariance, axis as usize - 1).map_err(of)?;
        let kernel = kernel.with_log_mass(self.of_time("log_mass")?);
        let mut table = Table::along(Some(axis));
        for &r in &args.r {
            let mut found = kernel.precise(args.t, r).map_err(of)?;
            if args.conservative {
                // Births and deaths are the same everywhere.
                found = normalised(found, kernel.log_mass(args.t));
            }
            table.row(r, &found);
        }
        Ok(table.text)
    }

    /// The csv of a family's kernel with the shape, the clock and the death rate of this one.
    fn csv(&self, kernel: impl PointSourceKernel, args: &KernelArgs) -> Result<String, Failure> {
        if !self.kernel.parameters.contains_key("shape") {
            return self.over_time(kernel, args, args.along);
        }
        let rows = matrix(&self.expression("shape")?);
        let value = |entry: &Expr| self.value_of(entry, "shape");
        let rows: Vec<Vec<f64>> =
            rows.iter().map(|row| row.iter().map(value).collect()).collect::<Result<_, Failure>>()?;
        let of = |error: KernelError| Failure::new(error.to_string()).code(Code::ValueOutsideDomain);
        self.over_time(Shaped::with_rows(kernel, &rows).map_err(of)?, args, args.along.or(Some(1)))
    }

    fn over_time(
        &self,
        kernel: impl PointSourceKernel,
        args: &KernelArgs,
        along: Option<u32>,
    ) -> Result<String, Failure> {
        let of = |error: KernelError| Failure::new(error.to_string()).code(Code::ValueOutsideDomain);
        if !self.kernel.parameters.contains_key("clock") {
            return Ok(csv(&Killed::new(kernel, self.value("decay", Some(0.0))?).map_err(of)?, args, along));
        }
        let clocked = Clocked::within(self.span()?, kernel, self.of_time("clock")?).map_err(of)?;
        Ok(csv(&clocked.with_log_mass(self.of_time("log_mass")?), args, along))
    }

    /// A function of the time with the parameters' values.
    fn of_time(&self, name: &str) -> Result<impl Fn(f64) -> f64 + Send + Sync + 'static + use<>, Failure> {
        let (expr, values, time) = (self.expression(name)?, self.values.clone(), self.time.to_owned());
        Ok(move |t: f64| {
            let mut values = values.clone();
            values.insert(time.clone(), t);
            genphys_pde::evaluate_real(&expr, &values).unwrap_or(f64::NAN)
        })
    }

    /// The times of the kernel.
    fn span(&self) -> Result<Span, Failure> {
        let of = |error: KernelError| Failure::new(error.to_string()).code(Code::ValueOutsideDomain);
        Span::new(self.value("start", Some(0.0))?, self.value("end", Some(f64::INFINITY))?).map_err(of)
    }

    /// The exponent of a subordinator with the parameters' values.
    fn exponent(&self) -> Result<LaplaceExponent, Failure> {
        let of = |error: KernelError| Failure::new(error.to_string()).code(Code::ValueOutsideDomain);
        let variable = exponent_variable(self.values.keys().map(String::as_str));
        let parts = ExponentParts::of(&self.expression("exponent")?, &variable);
        let value = |expr: &Expr| self.value_of(expr, "exponent");
        let drift = parts.drift.as_ref().map_or(Ok(0.0), value)?;
        let values: BTreeMap<String, Complex> =
            self.values.iter().map(|(name, value)| (name.clone(), Complex::real(*value))).collect();
        let function = |expr: Expr| {
            let (values, variable) = (values.clone(), variable.clone());
            move |lambda: Complex64| {
                let mut values = values.clone();
                values.insert(variable.clone(), Complex::new(lambda.re, lambda.im));
                let value = genphys_pde::evaluate_at(&expr, &values);
                value.map_or(Complex64::new(f64::NAN, 0.0), |value| Complex64::new(value.re, value.im))
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

    /// A constant's value. Only some have one when the derivation names none.
    fn value(&self, name: &str, otherwise: Option<f64>) -> Result<f64, Failure> {
        match otherwise {
            Some(value) if !self.kernel.parameters.contains_key(name) => Ok(value),
            _ => self.value_of(&self.expression(name)?, name),
        }
    }

    fn expression(&self, name: &str) -> Result<Expr, Failure> {
        let missing = || Failure::new(format!("the derivation gives no `{name}` for the kernel"));
        let text = self.kernel.parameters.get(name).ok_or_else(missing)?;
        genphys_pde::parse_expression(text)
            .map_err(|_| Failure::new(format!("`{text}`, the kernel's {name}, cannot be read")))
    }

    fn value_of(&self, expr: &Expr, name: &str) -> Result<f64, Failure> {
        let text = genphys_pde::print_expr(expr);
        genphys_pde::evaluate_real(expr, self.values)
            .map_err(|error| Failure::new(format!("`{text}`, the kernel's {name}, has no value: {error}")))
    }
}

/// The rows of a matrix, or of a vector as a column.
fn matrix(expr: &Expr) -> Vec<Vec<Expr>> {
    let entries = |row: &Expr| match &row.kind {
        ExprKind::Vector(entries) => entries.clone(),
        _ => vec![row.clone()],
    };
    entries(expr).iter().map(entries).collect()
}

/// The csv under construction.
struct Table {
    text: String,
    /// The last field of every row.
    along: String,
}

impl Table {
    fn along(axis: Option<u32>) -> Self {
        let (column, along) = axis.map_or_else(Default::default, |axis| (",along", format!(",x{axis}")));
        Self { text: format!("r,log_p,v_over_r,growth{column}\n"), along }
    }

    fn row(&mut self, r: f64, found: &Precise) {
        let accuracy = found.accuracy;
        let unknown = |error: f64| if error >= 1.0 { f64::INFINITY } else { error };
        let velocity_error = unknown(accuracy.velocity_over_r) * found.velocity_over_r.abs();
        let row = [
            seventeen_digits(r),
            right_digits(found.log_density, unknown(accuracy.log_density)),
            right_digits(found.velocity_over_r, velocity_error),
            right_digits(found.growth_rate, accuracy.growth_rate),
        ];
        if row.iter().any(|field| field == "nan") {
            output::note(&format!("note: at r = {r}, what is printed as nan is infinite or not known to one digit"));
        }
        self.text.push_str(&row.join(","));
        self.text.push_str(&self.along);
        self.text.push('\n');
    }
}

/// With mass one and without births and deaths.
fn normalised(mut found: Precise, log_mass: f64) -> Precise {
    found.log_density -= log_mass;
    found.accuracy.log_density += 4.0 * f64::EPSILON * log_mass.abs();
    (found.growth_rate, found.accuracy.growth_rate) = (0.0, 0.0);
    found
}

/// Distances are along this axis, from 1; `None` where all directions are alike.
fn csv(kernel: &impl PointSourceKernel, args: &KernelArgs, along: Option<u32>) -> String {
    let dim = args.dim as usize;
    let mut table = Table::along(along);
    for &r in &args.r {
        // The length that the kernel depends on.
        let place = along.map_or(r, |axis| {
            let mut z = vec![0.0; dim];
            if let Some(entry) = z.get_mut(axis as usize - 1) {
                *entry = r;
            }
            kernel.distance(&z)
        });
        let mut found = kernel.precise(dim, args.t, place);
        if args.conservative {
            if found.growth_rate != kernel.mean_growth_rate(args.t) {
                let flux = found.velocity_over_r;
                found.velocity_over_r = conservative_velocity_over_r(kernel, dim, args.t, place);
                let lost = 1e-10 + 4.0 * f64::EPSILON * (found.log_density - kernel.log_mass(args.t)).abs();
                found.accuracy.velocity_over_r += lost * (flux / found.velocity_over_r).abs();
            }
            found = normalised(found, kernel.log_mass(args.t));
        }
        table.row(r, &found);
    }
    table.text
}

/// As many significant digits as an error leaves, the last of them right to one; `nan` where it leaves none.
fn right_digits(value: f64, error: f64) -> String {
    if value == f64::NEG_INFINITY && error < 1.0 || value == 0.0 && error < f64::MIN_POSITIVE {
        return seventeen_digits(value);
    }
    let digits = (value.abs() / error).log10().floor();
    if !(value.is_finite() && digits >= 0.0) {
        return "nan".to_owned();
    }
    if digits >= 16.0 {
        return seventeen_digits(value);
    }
    let scientific = format!("{value:.places$e}", places = digits as usize);
    let power = scientific.split_once('e').and_then(|(_, power)| power.parse::<i32>().ok()).unwrap_or(0);
    match usize::try_from(digits as i32 - power) {
        Ok(places) if power >= -4 => format!("{value:.places$}"),
        _ => scientific,
    }
}

/// 17 significant digits, which any reader turns into the same number.
fn seventeen_digits(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.16e}");
    }
    // The power of ten from the text: a logarithm may round up to the next one.
    let power = format!("{size:.16e}").split_once('e').and_then(|(_, power)| power.parse::<i32>().ok()).unwrap_or(0);
    format!("{value:.places$}", places = usize::try_from(16 - power).unwrap_or(0))
}

fn finite(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err("expected a finite number".to_owned()),
    }
}

fn not_negative(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err("expected finite numbers >= 0, separated by commas".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{right_digits, seventeen_digits};

    #[test]
    fn digits_that_are_not_right_are_not_printed() {
        let given = [(123.456_789, 1e-4), (123.456_789, 40.0), (0.012_345, 2e-5), (-1.5, 1e-12), (1.5, 2.0)];
        let printed = ["123.4568", "1e2", "0.0123", "-1.500000000000", "nan"];
        for ((value, error), text) in given.into_iter().zip(printed) {
            assert_eq!(right_digits(value, error), text);
        }
        assert_eq!(right_digits(0.0, 0.0), "0");
        assert_eq!(right_digits(1.0, f64::INFINITY), "nan");
    }

    #[test]
    fn seventeen_digits_read_back() {
        for value in [0.7, -1.0 / 3.0, 123.456, 9.999_999_999_999_999, 1e-300, -2.5e20, 0.000_123_4, 99_999.999] {
            let text = seventeen_digits(value);
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits(), "{text}");
        }
        assert_eq!(seventeen_digits(0.5), "0.50000000000000000");
    }
}
