//! The kernel as a function of the squared distance.

use std::sync::Arc;

use crate::error::{ExactFieldError, Result};
use genphys_flow::GenerativePde;
use genphys_numeric::{LANES, exp, largest, ln};

/// Nodes of a table.
const NODES: usize = 2048;
/// Distances of the table, from the spread divided by this to the spread times this.
const REACH: f64 = 1e5;
/// Largest relative difference between a closed form and the kernel.
const TOLERANCE: f64 = 1e-9;
/// Largest power of a square root that is found by multiplication: rounding grows with it.
const HIGHEST_POWER: f32 = 256.0;
/// Weights below this fraction of the largest count as this: numbers smaller than `f32` has in full are slow on some
/// machines.
const LEAST_WEIGHT: f32 = 1e-30;

/// `ln p(r) − ln p(0)` at one time, as a function of `r²`.
#[derive(Clone, Debug)]
pub enum RadialProfile {
    /// `−rate r²`: diffusion.
    Gaussian {
        /// `1/(2σ²)`.
        rate: f32,
    },
    /// `−exponent ln(1 + r²/scale²)`: Poisson flow and PFGM++, where the exponent is `(N + D)/2`.
    Power {
        /// `(N + D)/2`.
        exponent: f32,
        /// `1/scale²`.
        inverse: f32,
    },
    /// Any other kernel.
    Table {
        /// `1/scale²`.
        inverse: f32,
        /// Values in terms of the scale.
        table: Arc<Table>,
    },
}

/// Values at equal steps of `ln(1 + r²/scale²)`, between them straight lines.
#[derive(Debug)]
pub struct Table {
    per_step: f32,
    values: Vec<f32>,
}

impl RadialProfile {
    /// The profile of an equation's kernel in `dim` dimensions at time `t`: a closed form where its values are those of
    /// one.
    ///
    /// # Errors
    /// When the density at the source is not finite.
    pub fn of(pde: &dyn GenerativePde, dim: usize, t: f64) -> Result<Self> {
        let spread = pde.spread(t);
        let top = pde.log_density(dim, t, 0.0);
        if !(top.is_finite() && spread > 0.0 && spread.is_finite()) {
            let message = format!("`{}` has no finite density at a source at time {t}", pde.name());
            return Err(ExactFieldError::Setting(message));
        }
        let fall = |r: f64| top - pde.log_density(dim, t, r);
        let reach = [0.3, 1.0, 3.0, 10.0, 100.0].map(|factor| factor * spread * (dim as f64).sqrt());
        let agrees = |form: &dyn Fn(f64) -> f64| reach.iter().all(|r| (form(*r) / fall(*r) - 1.0).abs() < TOLERANCE);
        let rate = fall(reach[1]) / (reach[1] * reach[1]);
        if agrees(&|r| rate * r * r) {
            return Ok(Self::Gaussian { rate: rate as f32 });
        }
        let scale = power_scale(&fall, reach[1], reach[3]);
        let power = |r: f64| (r * r / (scale * scale)).ln_1p();
        let exponent = fall(reach[2]) / power(reach[2]);
        if agrees(&|r| exponent * power(r)) {
            return Ok(Self::Power { exponent: exponent as f32, inverse: (1.0 / (scale * scale)) as f32 });
        }
        let last = (REACH * REACH).ln_1p();
        let value = |i: usize| {
            let r = spread * (last * i as f64 / (NODES - 1) as f64).exp_m1().sqrt();
            -fall(r) as f32
        };
        Ok(Self::Table {
            inverse: (1.0 / (spread * spread)) as f32,
            table: Arc::new(Table {
                per_step: ((NODES - 1) as f64 / last) as f32,
                values: (0..NODES).map(value).collect(),
            }),
        })
    }

    /// The profile of the same kernel where it is wider by `factor`.
    pub fn widened(&self, factor: f64) -> Self {
        let scaled = |value: f32| (f64::from(value) / (factor * factor)) as f32;
        match self {
            Self::Gaussian { rate } => Self::Gaussian { rate: scaled(*rate) },
            Self::Power { exponent, inverse } => Self::Power { exponent: *exponent, inverse: scaled(*inverse) },
            Self::Table { inverse, table } => Self::Table { inverse: scaled(*inverse), table: Arc::clone(table) },
        }
    }

    /// What changes where it is wider: `rate` or `1/scale²`.
    pub(super) fn scale(&self) -> f32 {
        match self {
            Self::Gaussian { rate } => *rate,
            Self::Power { inverse, .. } | Self::Table { inverse, .. } => *inverse,
        }
    }

    /// Replaces squared distances by logarithms of weights, and returns the largest.
    #[inline(always)]
    pub(super) fn logarithms(&self, distances: &mut [f32]) -> f32 {
        match self {
            Self::Gaussian { rate } => map_with_max(distances, |square| -rate * square),
            Self::Power { exponent, inverse } => {
                map_with_max(distances, |square| -exponent * ln(1.0 + square * inverse))
            }
            Self::Table { inverse, table } => map_with_max(distances, |square| table.at(square * inverse)),
        }
    }

    /// Replaces squared distances by weights relative to `e^top`, where `top` is at least the largest of their
    /// logarithms.
    #[inline(always)]
    pub(super) fn weights(&self, distances: &mut [f32], top: f32) {
        if let Self::Power { exponent, inverse } = self
            && let Some(halves) = whole(2.0 * exponent)
        {
            // ((1 + r²/scale²) e^(top/exponent))^−exponent, by roots and products: no logarithm, no exponential.
            let offset = (top / exponent).exp();
            let rate = offset * inverse;
            if halves % 2 == 0 {
                powers(
                    distances,
                    halves / 2,
                    #[inline(always)]
                    |square| 1.0 / (offset + rate * square),
                );
            } else {
                powers(
                    distances,
                    halves,
                    #[inline(always)]
                    |square| 1.0 / (offset + rate * square).sqrt(),
                );
            }
        } else {
            self.logarithms(distances);
            for value in distances {
                *value = exp(*value - top);
            }
        }
    }
}

/// The whole number that `value` is but for rounding.
fn whole(value: f32) -> Option<u32> {
    let near = value.round();
    ((1.0..=HIGHEST_POWER).contains(&near) && (value - near).abs() < 1e-6 * near).then_some(near as u32)
}

/// Replaces every value by a power of `base` of it, at most about one.
#[inline(always)]
fn powers(values: &mut [f32], power: u32, base: impl Fn(f32) -> f32) {
    let least = LEAST_WEIGHT.powf(1.0 / power as f32);
    let (pieces, rest) = values.as_chunks_mut::<LANES>();
    for piece in pieces {
        raise(piece, power, least, &base);
    }
    let mut last = [0f32; LANES];
    last[..rest.len()].copy_from_slice(rest);
    raise(&mut last, power, least, &base);
    rest.copy_from_slice(&last[..rest.len()]);
}

/// Replaces all lanes by a power of `base` of them, or of `least` where that is less: by repeated squares.
#[inline(always)]
fn raise(lanes: &mut [f32; LANES], mut power: u32, least: f32, base: &impl Fn(f32) -> f32) {
    let (mut squares, mut product) = ([0f32; LANES], [1f32; LANES]);
    for i in 0..LANES {
        let base = base(lanes[i]);
        squares[i] = if base > least { base } else { least };
    }
    loop {
        if power % 2 == 1 {
            for i in 0..LANES {
                product[i] *= squares[i];
            }
        }
        power /= 2;
        if power == 0 {
            break;
        }
        for square in &mut squares {
            *square *= *square;
        }
    }
    *lanes = product;
}

/// The scale at which two values of `exponent ln(1 + r²/scale²)` have the ratio that `fall` has; by bisection.
fn power_scale(fall: &dyn Fn(f64) -> f64, near: f64, far: f64) -> f64 {
    let wanted = fall(far) / fall(near);
    let ratio = |scale: f64| ((far / scale).powi(2)).ln_1p() / ((near / scale).powi(2)).ln_1p();
    // The ratio rises with the scale, from one to (far/near)².
    let (mut low, mut high) = ((near * 1e-6).ln(), (near * 1e6).ln());
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if ratio(middle.exp()) < wanted { low = middle } else { high = middle }
    }
    (0.5 * (low + high)).exp()
}

impl Table {
    /// Values, and how many steps there are in a unit of the logarithm.
    pub(super) fn steps(&self) -> (&[f32], f32) {
        (&self.values, self.per_step)
    }

    /// At the squared distance in terms of the scale.
    fn at(&self, square: f32) -> f32 {
        let place = (ln(1.0 + square) * self.per_step).max(0.0);
        let index = (place as usize).min(self.values.len() - 2);
        let (low, high) = (self.values[index], self.values[index + 1]);
        low + (place - index as f32) * (high - low)
    }
}

/// Replaces every value by a function of it, and returns the largest. Two loops: compilers turn each into vector
/// instructions.
#[inline(always)]
fn map_with_max(values: &mut [f32], f: impl Fn(f32) -> f32) -> f32 {
    values.iter_mut().for_each(|value| *value = f(*value));
    largest(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_flow::fixture::{Heat, Poisson, Yukawa};

    #[test]
    fn closed_forms_are_recognised_by_their_values() -> Result<()> {
        let heat = RadialProfile::of(&Heat, 5, 0.7)?;
        assert!(matches!(heat, RadialProfile::Gaussian { rate } if (rate * 4.0 * 0.7 - 1.0).abs() < 1e-6), "{heat:?}");
        let poisson = RadialProfile::of(&Poisson, 5, 0.7)?;
        let RadialProfile::Power { exponent, inverse } = poisson else {
            return Err(ExactFieldError::Setting(format!("{poisson:?}")));
        };
        assert!((exponent - 3.0).abs() < 1e-5 && (inverse * 0.49 - 1.0).abs() < 1e-5, "{exponent} {inverse}");
        assert!(matches!(RadialProfile::of(&Yukawa { m: 1.0 }, 3, 0.7)?, RadialProfile::Table { .. }));
        Ok(())
    }

    #[test]
    fn a_widened_profile_is_that_of_a_later_time() -> Result<()> {
        for pde in [&Heat as &dyn GenerativePde, &Poisson] {
            let widened = RadialProfile::of(pde, 4, pde.time(0.5))?.widened(6.0);
            let later = RadialProfile::of(pde, 4, pde.time(3.0))?;
            for r in [0.1f32, 1.0, 7.0] {
                let (mut a, mut b) = ([r * r], [r * r]);
                widened.logarithms(&mut a);
                later.logarithms(&mut b);
                assert!((a[0] - b[0]).abs() < 1e-5 * (1.0 + b[0].abs()), "{} {r}: {a:?} {b:?}", pde.name());
            }
        }
        Ok(())
    }

    #[test]
    fn weights_by_roots_and_products_are_powers() {
        let inverse = 0.7f32;
        let squares: Vec<f32> = (0..45).map(|i| 0.1 * 1.5f32.powi(i)).collect();
        let base = |square: f32| 1.0 + f64::from(square) * f64::from(inverse);
        for halves in 1..=256u16 {
            let profile = RadialProfile::Power { exponent: 0.5 * f32::from(halves), inverse };
            let mut weights = squares.clone();
            profile.weights(&mut weights, profile.logarithms(&mut [squares[0]]));
            for (weight, square) in weights.iter().zip(&squares) {
                let exact = (base(squares[0]) / base(*square)).powf(0.5 * f64::from(halves));
                let allowed = 2e-6 + 4e-7 * f64::from(halves);
                let off = (f64::from(*weight) - exact).abs();
                assert!(off < allowed * exact + 2e-30, "{halves} halves, r² = {square}: {weight} and {exact}");
            }
        }
    }

    #[test]
    fn a_table_gives_the_density() -> Result<()> {
        let pde = Yukawa { m: 1.3 };
        let profile = RadialProfile::of(&pde, 3, 0.7)?;
        for r in [0.01, 0.3, 1.0, 4.0, 20.0] {
            let mut value = [(r * r) as f32];
            profile.logarithms(&mut value);
            let exact = pde.log_density(3, 0.7, r) - pde.log_density(3, 0.7, 0.0);
            assert!((f64::from(value[0]) - exact).abs() < 1e-4 * (1.0 + exact.abs()), "{r}: {} {exact}", value[0]);
        }
        Ok(())
    }
}
