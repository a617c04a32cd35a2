//! The table of a kernel: its numbers at one time, with the digits that are right.

use super::KernelArgs;
use crate::output;
use crate::precise::Moment;
use genphys_kernels::{PointSourceKernel, Precise, conservative_velocity_over_r};

/// What a clock and a mass of its own make of a kernel at one time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    /// What takes the place of t, and its pace.
    pub(super) clock: Moment,
    /// ln ∫p besides that of the kernel, and its derivative.
    pub(super) log_mass: Moment,
    /// Relative error of the clock, where it is a quadrature.
    pub(super) clock_error: f64,
}

/// The csv under construction.
pub(super) struct Rows {
    pub(super) text: String,
    /// The last field of every row.
    along: String,
}

impl Rows {
    /// Distances are along this axis, from 1; `None` where all directions are alike.
    pub(super) fn along(axis: Option<u32>) -> Self {
        let (column, along) = axis.map_or_else(Default::default, |axis| (",along", format!(",x{axis}")));
        Self { text: format!("r,log_p,v_over_r,growth{column}\n"), along }
    }

    pub(super) fn add(&mut self, r: f64, found: &Precise, dim: usize) {
        let error = found.accuracy;
        let unknown = |error: f64| if error >= 1.0 { f64::INFINITY } else { error };
        let velocity_error = unknown(error.velocity_over_r) * found.velocity_over_r.abs();
        let row = [
            seventeen_digits(r),
            right_digits(found.log_density, unknown(error.log_density)),
            right_digits(found.velocity_over_r, velocity_error),
            right_digits(found.growth_rate, error.growth_rate),
        ];
        if found.log_density == f64::NEG_INFINITY && error.log_density < 1.0 {
            output::note(&format!("note: at r = {r} the density is 0, and nothing flows"));
        } else if row.iter().any(|field| field == "nan") {
            output::note(&format!("note: at r = {r}, what is printed as nan is infinite or not known to one digit"));
        }
        if found.log_density == f64::INFINITY {
            output::note(&format!("note: at r = {r} the density is infinite in {dim} dimensions at this time"));
        }
        self.text.push_str(&row.join(","));
        self.text.push_str(&self.along);
        self.text.push('\n');
    }
}

/// A relative step of the clock, to see what its error counts for.
const STEP: f64 = 1e-3;

/// Adds what an error of the clock makes of the values; `beside` are those at a clock that is ahead by [`STEP`].
fn with_clock_error(found: &mut Precise, beside: &Precise, error: f64) {
    let change = |a: f64, b: f64| 2.0 * error / STEP * (b - a).abs();
    let accuracy = &mut found.accuracy;
    accuracy.log_density += change(found.log_density, beside.log_density);
    accuracy.velocity_over_r += change(found.velocity_over_r, beside.velocity_over_r) / found.velocity_over_r.abs();
    accuracy.growth_rate += change(found.growth_rate, beside.growth_rate);
}

/// With mass one and without births and deaths.
pub(super) fn normalised(mut found: Precise, log_mass: f64) -> Precise {
    found.log_density -= log_mass;
    found.accuracy.log_density += 4.0 * f64::EPSILON * log_mass.abs();
    (found.growth_rate, found.accuracy.growth_rate) = (0.0, 0.0);
    found
}

/// The csv of a kernel, with distances along this axis, from 1; `None` where all directions are alike.
pub(super) fn csv(kernel: &impl PointSourceKernel, now: Now, args: &KernelArgs, along: Option<u32>) -> String {
    let (dim, Moment { value: t, slope: pace }) = (args.dim as usize, now.clock);
    let mut rows = Rows::along(along);
    for &r in &args.r {
        // The length that the kernel depends on.
        let place = along.map_or(r, |axis| {
            let mut z = vec![0.0; dim];
            if let Some(entry) = z.get_mut(axis as usize - 1) {
                *entry = r;
            }
            kernel.distance(&z)
        });
        let mut found = kernel.precise(dim, t, place);
        if now.clock_error > 0.0 {
            with_clock_error(&mut found, &kernel.precise(dim, t * (1.0 + STEP), place), now.clock_error);
        }
        found.accuracy.log_density += f64::EPSILON * dim as f64;
        found.accuracy.growth_rate *= pace.abs();
        if args.conservative {
            if found.growth_rate != kernel.mean_growth_rate(t) {
                let flux = found.velocity_over_r;
                found.velocity_over_r = conservative_velocity_over_r(kernel, dim, t, place);
                let lost = 1e-10 + 4.0 * f64::EPSILON * (found.log_density - kernel.log_mass(t)).abs();
                found.accuracy.velocity_over_r += lost * (flux / found.velocity_over_r).abs();
            }
            found = normalised(found, kernel.log_mass(t));
        } else {
            let (growth, further, error) = (found.growth_rate * pace, now.log_mass, &mut found.accuracy);
            found.log_density += further.value;
            error.log_density += 4.0 * f64::EPSILON * further.value.abs();
            found.growth_rate = growth + further.slope;
            error.growth_rate += 2.0 * f64::EPSILON * (growth.abs() + further.slope.abs());
        }
        found.velocity_over_r *= pace;
        found.accuracy.velocity_over_r += 2.0 * f64::EPSILON;
        rows.add(r, &found, dim);
    }
    rows.text
}

/// As many significant digits as an error leaves, the last of them right to one; `nan` where it leaves none.
fn right_digits(value: f64, error: f64) -> String {
    if value == f64::INFINITY {
        return "inf".to_owned();
    }
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
        assert_eq!(right_digits(f64::INFINITY, 0.0), "inf");
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
