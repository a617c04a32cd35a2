//! A lone point source, the yardstick for growth.
//!
//! Far from the data every data set looks like one point, and births and deaths there are those of one point source.
//! Where particles die they may be enormous: under the Yukawa equation mass decays as e^{−mt}, and what survives at
//! the end far from the centre stems from rare ancestors. But they are known in closed form. A point source flows
//! along rays, `z ∝ σ(t)`, so the factor by which it grows between two times is the ratio of its densities, corrected
//! for the widening of the ray: `∫ g dt = [ln p(z σ(t)/σ(t₀), t) + N ln σ(t)]`. No quadrature is needed.
//!
//! The network learns only the difference to it, and the sampler looks ahead with it (beyond the paper): a
//! population that represents `p h` instead of `p`, with `h(x, t)` the growth that a point source at the data mean
//! would still have from `(x, t)` back to the last time. Births and deaths are then those of the difference, which is
//! bounded and small, and few ancestors are lost. At the last time `h = 1`, so the population represents `p`.

use rand::RngCore;
use rayon::prelude::*;

use crate::process::generative_pde::GenerativePde;
use crate::process::radial_values::RadialValues;

/// Nodes and weights of Gauss and Legendre on [-1, 1], five points (Abramowitz and Stegun, table 25.4).
const NODES: [(f64, f64); 5] = [
    (-0.906_179_845_938_664, 0.236_926_885_056_189_1),
    (-0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (0.0, 0.568_888_888_888_888_9),
    (0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (0.906_179_845_938_664, 0.236_926_885_056_189_1),
];

/// Paths per task of parallel work.
const CHUNK: usize = 512;

/// The process started from a point source, in `dim` dimensions.
#[derive(Clone, Copy)]
pub struct PointSource<'a> {
    pde: &'a dyn GenerativePde,
    dim: usize,
    /// The flow scale at which the look-ahead ends: the smallest one of the model.
    sigma_min: f64,
}

impl<'a> PointSource<'a> {
    /// A point source in `dim` dimensions, with the look-ahead ending at flow scale `sigma_min`.
    pub fn new(pde: &'a dyn GenerativePde, dim: usize, sigma_min: f64) -> Self {
        Self { pde, dim, sigma_min }
    }

    /// `ln` of the mass that a unit of area of a ray carries through radius `r` at flow scale `sigma`.
    fn log_ray_mass(&self, r: f64, sigma: f64) -> f64 {
        self.pde.log_density(self.dim, self.pde.time(sigma), r) + self.dim as f64 * sigma.ln()
    }

    /// `∫ g dt` along the ray through radius `r` at flow scale `from`, from there to flow scale `to` (either way).
    pub fn log_growth(&self, r: f64, from: f64, to: f64) -> f64 {
        self.log_ray_mass(r * to / from, to) - self.log_ray_mass(r, from)
    }

    /// `∫ g dt` between flow scales along paths that have radii `r_from` at the first and `r_to` at the second and are
    /// straight in `σ` between, as a solver's step is. Far from the data that is a ray, close to them a point at rest;
    /// five nodes integrate both in `ln σ`. With the growth of [`log_look_ahead`](Self::log_look_ahead) where that is
    /// asked for.
    pub fn log_growths_between(
        &self,
        (r_from, from): (&[f64], f64),
        (r_to, to): (&[f64], f64),
        looks_ahead: bool,
    ) -> Vec<f64> {
        let (middle, half) = (0.5 * (from.ln() + to.ln()), 0.5 * (to / from).ln());
        // Weight, flow scale, and whether it is a look-ahead.
        let mut terms: Vec<_> =
            NODES.iter().map(|(node, weight)| (half * weight, (middle + half * node).exp(), false)).collect();
        if looks_ahead {
            terms.extend([(1.0, to, true), (-1.0, from, true)]);
        }
        let radius = |(r_from, r_to): (&f64, &f64), share: f64| r_from + (r_to - r_from) * share;
        let values = |(weight, sigma, ahead): (f64, f64, bool)| {
            let f =
                move |r: f64| if ahead { self.log_look_ahead(r, sigma) } else { self.growth_per_log_sigma(r, sigma) };
            let share = (sigma - from) / (to - from);
            let radii = r_from.iter().zip(r_to).map(|ends| radius(ends, share));
            (weight, share, RadialValues::new(f, self.pde.spread(self.pde.time(sigma)), radii))
        };
        let terms: Vec<_> = terms.into_par_iter().map(values).collect();
        let growth = |ends: (&f64, &f64)| {
            terms.iter().map(|(weight, share, values)| weight * values.at(radius(ends, *share))).sum()
        };
        r_from.par_iter().zip(r_to).with_min_len(CHUNK).map(growth).collect()
    }

    /// `ln h`: what a point source still grows by on the way back from radius `r` at `sigma` to the last flow scale.
    pub fn log_look_ahead(&self, r: f64, sigma: f64) -> f64 {
        self.log_growth(r, sigma, self.sigma_min)
    }

    /// Growth rate per unit of `ln σ` at radius `r`: `g σ/σ′`.
    pub fn growth_per_log_sigma(&self, r: f64, sigma: f64) -> f64 {
        let t = self.pde.time(sigma);
        self.pde.growth_rate(self.dim, t, r) / self.pde.velocity_over_r(self.dim, t, r)
    }

    /// Draws a displacement from the population that looks ahead, `∝ p h`: the kernel at the last flow scale,
    /// stretched along its rays. Equal to the kernel itself where particles are conserved.
    pub fn stretched_displacement(&self, sigma: f64, rng: &mut dyn RngCore, z: &mut [f64]) {
        self.pde.displacement(self.pde.time(self.sigma_min), rng, z);
        let stretch = sigma / self.sigma_min;
        z.iter_mut().for_each(|value| *value *= stretch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Poisson, Yukawa};

    #[test]
    fn conserved_particles_do_not_grow() {
        let source = PointSource::new(&Poisson, 5, 0.01);
        for (r, from, to) in [(0.3, 0.1, 2.0), (40.0, 5.0, 0.02)] {
            assert!(source.log_growth(r, from, to).abs() < 1e-9);
        }
    }

    #[test]
    fn growth_along_a_ray_is_the_integral_of_the_rate() {
        let pde = Yukawa { m: 1.3 };
        let source = PointSource::new(&pde, 6, 0.01);
        let (r, from, to) = (2.0f64, 0.5f64, 3.0f64);
        let steps = 20_000;
        let width = (to / from).ln() / f64::from(steps);
        let integral: f64 = (0..steps)
            .map(|i| {
                let sigma = from * (width * (f64::from(i) + 0.5)).exp();
                source.growth_per_log_sigma(r * sigma / from, sigma) * width
            })
            .sum();
        assert!((source.log_growth(r, from, to) / integral - 1.0).abs() < 1e-6);
        let between = source.log_growths_between((&[r], from), (&[r * to / from], to), false);
        assert!((between[0] / integral - 1.0).abs() < 1e-6);
        // At rest: the same radius at both ends.
        let (r, from, to) = (1.7f64, 0.05f64, 0.01f64);
        let width = (to / from).ln() / f64::from(steps);
        let integral: f64 = (0..steps)
            .map(|i| source.growth_per_log_sigma(r, from * (width * (f64::from(i) + 0.5)).exp()) * width)
            .sum();
        let between = source.log_growths_between((&[r], from), (&[r], to), false)[0];
        assert!((between / integral - 1.0).abs() < 1e-6);
        let ahead = source.log_look_ahead(r, to) - source.log_look_ahead(r, from);
        let relative = source.log_growths_between((&[r; 1000], from), (&[r; 1000], to), true);
        assert!(relative.iter().all(|relative| (relative - between - ahead).abs() < 1e-6), "{}", relative[0]);
        assert!(source.log_look_ahead(r, from) > 0.0, "backwards a source of dying particles grows");
    }
}
