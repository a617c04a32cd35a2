//! The trait every family implements.

use crate::accuracy::{Accuracy, Precise};
use rand::Rng;
use rand_distr::StandardNormal;

/// The kernel p(x, t | y) of a point source at y, for an equation that is the same everywhere and in all directions.
///
/// Everything depends on x and y through r = |x − y| only. Arguments must satisfy `dim ≥ 1`, `t > 0` and `r ≥ 0`; the
/// result is meaningless (usually NaN) otherwise, and finite wherever the true value is representable. Lengths are in
/// the units of the data, times in those of the equation.
///
/// Every family is a Gaussian scale mixture (Schoenberg): z = √(2u) ξ with ξ a standard normal vector and u(t) > 0 the
/// *subordinator*, whose law does not depend on the dimension.
pub trait PointSourceKernel {
    /// ln p(x, t | y) in `dim` dimensions at distance r. Includes the mass: ∫ p dx = exp([`log_mass`](Self::log_mass)).
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64;

    /// a(t, r) with J/p = a z: the flux velocity of the equation's own continuity form, per unit displacement.
    fn velocity_over_r(&self, dim: usize, t: f64, r: f64) -> f64;

    /// R/p: the rate of birth (positive) or death (negative) of the continuity form, per unit time. Zero where a family
    /// does not say otherwise.
    fn growth_rate(&self, _dim: usize, _t: f64, _r: f64) -> f64 {
        0.0
    }

    /// All three as well as the family can, with estimates of their errors, at whatever cost: for tables, not for
    /// training. The ordinary values of closed forms, with what rounding does to them, where a family does not say
    /// otherwise.
    fn precise(&self, dim: usize, t: f64, r: f64) -> Precise {
        ordinary(self, dim, t, r)
    }

    /// ln ∫ p dx = ln p̂(0, t). Zero where a family does not say otherwise.
    fn log_mass(&self, _t: f64) -> f64 {
        0.0
    }

    /// d/dt [`log_mass`](Self::log_mass): the mean of R/p over the kernel. Equal to
    /// [`growth_rate`](Self::growth_rate) to the last bit where that does not depend on r.
    fn mean_growth_rate(&self, _t: f64) -> f64 {
        0.0
    }

    /// ln p̂(k, t) for wave number k = |k| ≥ 0, with p̂(k) = ∫ p e^{−ik·x} dx.
    fn log_characteristic(&self, t: f64, k: f64) -> f64;

    /// One draw of the subordinator u(t), in units of length².
    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64;

    /// The scale σ(t) of the flow, with which velocity = (x − E\[y | x\]) σ′(t)/σ(t).
    fn sigma(&self, t: f64) -> f64;

    /// The time at which [`sigma`](Self::sigma) has the given value.
    fn time(&self, sigma: f64) -> f64;

    /// The typical displacement of one coordinate at time t. Equal to the standard deviation where that is finite and
    /// the law near Gaussian, and to the scale parameter for heavy tails; the scale of the flow where a family does not
    /// say otherwise.
    fn spread(&self, t: f64) -> f64 {
        self.sigma(t)
    }

    /// One draw of √(2u): the standard deviation of a displacement once the subordinator is known.
    fn sample_scale<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        (2.0 * self.sample_subordinator(t, rng)).sqrt()
    }

    /// Fills `z` with one draw of the displacement x − y from the law p / ∫p, in `z.len()` dimensions.
    fn sample_displacement<R: Rng + ?Sized>(&self, t: f64, rng: &mut R, z: &mut [f64]) {
        let scale = self.sample_scale(t, rng);
        fill_normal(scale, rng, z);
    }

    /// Fills `scales` with draws of the factor that turns `dim` standard normal numbers into a displacement. Whether
    /// displacements are such products; `scales` is left alone where they are not.
    fn sample_scales<R: Rng + ?Sized>(&self, t: f64, _dim: usize, rng: &mut R, scales: &mut [f64]) -> bool {
        scales.iter_mut().for_each(|scale| *scale = self.sample_scale(t, rng));
        true
    }

    /// Turns every row of `dim` standard normal numbers in `z` into a draw of the displacement. The numbers are the
    /// caller's, who draws many of them faster than one by one; what is random besides comes from `rng`. Draws anew
    /// where displacements are not normal numbers times a factor and a kernel says no more.
    fn spread_normals<R: Rng + ?Sized>(&self, t: f64, dim: usize, rng: &mut R, z: &mut [f64]) {
        let mut scales = vec![0.0; z.len() / dim];
        let scaled = self.sample_scales(t, dim, rng, &mut scales);
        for (row, scale) in z.chunks_exact_mut(dim).zip(scales) {
            if scaled {
                row.iter_mut().for_each(|value| *value *= scale);
            } else {
                self.sample_displacement(t, rng, row);
            }
        }
    }

    /// Fills `z` with one draw of the increment that leads from the first of two times to the second: independent of
    /// the displacement at the first, and added to it a displacement at the second, p̂(k, t₂)/p̂(k, t₁) up to the mass.
    /// Whether that is known here; `z` is left alone where it is not. It exists where the process forgets how it came
    /// to a place, as every first-order equation and every half-space equation with constant coefficients does.
    fn sample_increment<R: Rng + ?Sized>(&self, _t: [f64; 2], _rng: &mut R, _z: &mut [f64]) -> bool {
        false
    }

    /// The distance r of a displacement: its length, or where the process is not the same in all directions the length
    /// in which its contours are spheres.
    fn distance(&self, z: &[f64]) -> f64 {
        z.iter().map(|z| z * z).sum::<f64>().sqrt()
    }

    /// Whether the kernel keeps its shape as far as the flow goes: J/p = z σ′(t)/σ(t), the same factor at every radius.
    fn is_self_similar(&self) -> bool {
        true
    }

    /// Fills `z` with one draw from the law of density ∝ J/r: displacements weighted with
    /// [`velocity_over_r`](Self::velocity_over_r), which differ from plain ones where the kernel is not self-similar.
    fn sample_moving_displacement<R: Rng + ?Sized>(&self, t: f64, rng: &mut R, z: &mut [f64]) {
        self.sample_displacement(t, rng, z);
    }

    /// The mean of [`velocity_over_r`](Self::velocity_over_r) over the law p / ∫p.
    fn mean_velocity_over_r(&self, dim: usize, t: f64) -> f64 {
        self.velocity_over_r(dim, t, 0.0)
    }
}

/// Fills `z` with independent normal draws of standard deviation `scale`.
pub(crate) fn fill_normal<R: Rng + ?Sized>(scale: f64, rng: &mut R, z: &mut [f64]) {
    for value in z {
        let xi: f64 = rng.sample(StandardNormal);
        *value = scale * xi;
    }
}

/// One draw from χ² with one degree of freedom, never zero, so that it can be divided by.
pub(crate) fn chi_squared_one<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    loop {
        let xi: f64 = rng.sample(StandardNormal);
        let square = xi * xi;
        if square >= f64::MIN_POSITIVE {
            return square;
        }
    }
}

/// The ordinary values of a closed form, with what rounding does to them.
pub(crate) fn ordinary<K: PointSourceKernel + ?Sized>(kernel: &K, dim: usize, t: f64, r: f64) -> Precise {
    let log_density = kernel.log_density(dim, t, r);
    // Terms in the logarithms of t and r may cancel, one for each dimension.
    let terms = dim as f64 * (t.ln().abs() + if r > 0.0 { r.ln().abs() } else { 0.0 });
    let (velocity_over_r, growth_rate) = (kernel.velocity_over_r(dim, t, r), kernel.growth_rate(dim, t, r));
    // Where p = 0 for sure there is no J/p.
    let nothing = log_density == f64::NEG_INFINITY;
    let accuracy = Accuracy {
        log_density: if nothing { 0.0 } else { 1e-13 * log_density.abs().max(1.0) + 1e-15 * terms },
        velocity_over_r: if nothing { 1.0 } else { 1e-12 },
        growth_rate: 1e-12 * growth_rate.abs(),
    };
    Precise { log_density, velocity_over_r, growth_rate, accuracy }
}
