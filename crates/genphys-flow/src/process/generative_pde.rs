//! The one thing the runtime needs to know about physics: a process that spreads a point source.

use std::ops::RangeInclusive;

use rand::RngCore;

use crate::param_error::ParamError;

/// How a point source spreads: which factor its velocity `J / p` has at different displacements `z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spreading {
    /// `z σ′(t)/σ(t)`, one factor everywhere: the density keeps its shape as far as the flow goes.
    SelfSimilar,
    /// `z velocity_over_r(t, |z|)`: the factor depends on the distance.
    Radial,
    /// Every coordinate spreads by itself, `z_i velocity_over_r(t, |z_i|)`: a product of one-dimensional densities.
    PerCoordinate,
}

/// An s-generative equation, seen through the spreading of a point source (GenPhys, arXiv 2304.02637, section 3).
///
/// A unit of matter starts at `y` at time 0. At time `t` its density at `x = y + z` is `p(x, t | y)`, a function of
/// `r = |z|`; it flows with the velocity `J / p = z * velocity_over_r` and grows with the rate `R / p`, so that
/// `∂p/∂t + ∇·J − R = 0` (the density flow, GenPhys eq. 4). Everything a model learns is a posterior mean of these
/// quantities over the data `y`, with weights `p(x, t | y)`.
///
/// Where the density keeps its shape ([`Spreading::SelfSimilar`]) `velocity_over_r` is `σ′(t)/σ(t)`, where `σ` is the
/// flow scale [`sigma`](Self::sigma). Then the mean velocity is `(x − E[y | x, t]) σ′/σ`, the network is a denoiser,
/// and in the variable `σ` the flow is `dx/dσ = (x − E[y | x, σ]) / σ` for every equation. Otherwise it is the same
/// with a factor, the *pace* `E[a | x] σ/σ′` with `a = velocity_over_r`, and with a posterior mean
/// `E[a y | x] / E[a | x]` in which data points count as their matter moves (beyond the paper):
/// `E[a (x − y) | x] = E[a | x] (x − E[a y | x] / E[a | x])`.
///
/// The trait is object safe. Lengths are in units of the (normalised) data, times in units of the equation. Where the
/// equation drifts or contracts, positions are in coordinates that move along, so that a point source stays in its
/// place.
pub trait GenerativePde: Send + Sync {
    /// Name of the equation, as in the `.pde` file: `yukawa`.
    fn name(&self) -> &str;

    /// The equation in canonical `.pde` text: `dt(phi, 2) + lap(phi) - m^2*phi = 0`.
    fn equation(&self) -> &str;

    /// Parameters and their values, in the order of the `.pde` file.
    fn params(&self) -> Vec<(&'static str, f64)>;

    /// The same equation with other values of its parameters, in the order of [`params`](Self::params). Generated
    /// models can do that; one written by hand need not.
    ///
    /// # Errors
    /// When a value is outside its domain, their number is wrong, or this model's values cannot be changed.
    fn with_params(&self, values: &[f64]) -> Result<Box<dyn GenerativePde>, ParamError> {
        let _ = values;
        Err(ParamError::Unchangeable)
    }

    /// The dimensions of data for which the equation holds.
    fn dims(&self) -> RangeInclusive<usize> {
        1..=usize::MAX
    }

    /// How the velocity of a point source depends on the displacement.
    fn spreading(&self) -> Spreading {
        Spreading::SelfSimilar
    }

    /// The distance `r` on which density, velocity and growth at displacement `z` depend: `|z|`, or where the process
    /// is not the same in all directions the length in which its contours are spheres.
    fn distance(&self, z: &[f64]) -> f64 {
        z.iter().map(|z| z * z).sum::<f64>().sqrt()
    }

    /// `ln p(x, t | y)` in `dim` dimensions at distance `r = |x − y|`. Not normalised when particles die:
    /// `∫ p dx = e^{∫ g dt}`.
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64;

    /// Velocity of the flux form divided by the displacement: `J / p = z * velocity_over_r`.
    fn velocity_over_r(&self, dim: usize, t: f64, r: f64) -> f64;

    /// Birth (positive) or death (negative) rate `R / p` of a point source, per unit of time.
    fn growth_rate(&self, dim: usize, t: f64, r: f64) -> f64;

    /// Draws a displacement `z` of a surviving particle: density `p(y + z, t | y)`, normalised. `z.len()` is the
    /// dimension.
    fn displacement(&self, t: f64, rng: &mut dyn RngCore, z: &mut [f64]);

    /// Draws for every displacement in `dim` dimensions the factor that turns standard normal numbers into it. Returns
    /// whether displacements are such products; `scales` is left alone where they are not.
    fn scales(&self, _t: f64, _dim: usize, _rng: &mut dyn RngCore, _scales: &mut [f64]) -> bool {
        false
    }

    /// Turns every row of `dim` standard normal numbers in `z` into a displacement; what is random besides comes from
    /// `rng`. Training draws by this. Without a way of its own an equation draws anew, row by row.
    fn spread_normals(&self, t: f64, dim: usize, rng: &mut dyn RngCore, z: &mut [f64]) {
        z.chunks_exact_mut(dim).for_each(|row| self.displacement(t, rng, row));
    }

    /// Draws a displacement from the law of density `∝ p velocity_over_r`: matter weighted with how it moves. Asked
    /// for where the spreading is [`Spreading::Radial`].
    fn moving_displacement(&self, t: f64, rng: &mut dyn RngCore, z: &mut [f64]) {
        self.displacement(t, rng, z);
    }

    /// Draws what the process adds to a displacement from the first of two times to the second: independent of it, and
    /// together a displacement at the second. Returns whether that is known for the process; `z` is left alone where it
    /// is not.
    fn increment(&self, _t: [f64; 2], _rng: &mut dyn RngCore, _z: &mut [f64]) -> bool {
        false
    }

    /// The mean of `velocity_over_r` over the displacements at time `t`.
    fn mean_velocity_over_r(&self, dim: usize, t: f64) -> f64 {
        self.velocity_over_r(dim, t, 0.0)
    }

    /// Flow scale at time `t`: increasing. Self-similar: `J / p = z σ′(t)/σ(t)`. Heat: `√(2Dt)`; half-space equations:
    /// `t`.
    fn sigma(&self, t: f64) -> f64;

    /// Inverse of [`sigma`](Self::sigma): the time at which the flow scale is `sigma`.
    fn time(&self, sigma: f64) -> f64;

    /// The last time of the equation. Where it is finite and the flow scale there too, no noise level lies above that
    /// scale, and the prior is drawn at this time at the latest.
    fn end(&self) -> f64 {
        f64::INFINITY
    }

    /// Typical displacement per coordinate at time `t`, a robust scale that exists for heavy tails too. In proportion
    /// to [`sigma`](Self::sigma) where the density keeps its shape and growth is uniform.
    fn spread(&self, t: f64) -> f64;

    /// True when `R` vanishes identically, so that no particle is born or dies.
    fn conserves_particles(&self) -> bool;

    /// True when `R / p` is the same everywhere at each time: then births and deaths change the mass, and nothing else.
    fn growth_is_uniform(&self) -> bool {
        self.conserves_particles()
    }

    /// Draws from the prior: the point-source kernel at time `t` around `mean`, which the density of any data set
    /// with that mean approaches when `t` is large. `out.len() == mean.len()` is the dimension.
    fn prior(&self, mean: &[f64], t: f64, rng: &mut dyn RngCore, out: &mut [f64]) {
        self.displacement(t, rng, out);
        for (value, mean) in out.iter_mut().zip(mean) {
            *value += mean;
        }
    }

    /// Velocity of the flow at `x`, given the posterior mean `denoised = E[y | x, t]`:
    /// `v = (x − E[y | x, t]) σ′(t)/σ(t)`; where the density does not keep its shape, as if a single source stood
    /// there. All slices have the dimension's length.
    fn velocity(&self, x: &[f64], denoised: &[f64], t: f64, out: &mut [f64]) {
        let z: Vec<f64> = x.iter().zip(denoised).map(|(x, y)| x - y).collect();
        for ((out, z), rate) in out.iter_mut().zip(&z).zip(velocities_over_r(self, t, &z)) {
            *out = z * rate;
        }
    }
}

/// The methods of [`GenerativePde`] that say how matter from a point is drawn and how far it goes, as a kernel has them:
/// inside an `impl GenerativePde`, `of_kernel!(self => self.kernel);` with any expression for a
/// [`PointSourceKernel`](crate::PointSourceKernel). What a reader asks for first, density, velocity, growth and
/// `displacement`, stands beside it; [`point_source!`](macro@crate::point_source) writes those too.
// A constant of the caller's would take the place of an argument of its name: these are nobody's.
#[macro_export]
macro_rules! of_kernel {
    ($this:ident => $kernel:expr) => {
        fn scales(
            &$this,
            __genphys_t: ::core::primitive::f64,
            __genphys_dim: ::core::primitive::usize,
            __genphys_rng: &mut dyn $crate::RngCore,
            __genphys_scales: &mut [::core::primitive::f64],
        ) -> ::core::primitive::bool {
            $crate::PointSourceKernel::sample_scales(
                &$kernel,
                __genphys_t,
                __genphys_dim,
                __genphys_rng,
                __genphys_scales,
            )
        }

        fn spread_normals(
            &$this,
            __genphys_t: ::core::primitive::f64,
            __genphys_dim: ::core::primitive::usize,
            __genphys_rng: &mut dyn $crate::RngCore,
            __genphys_z: &mut [::core::primitive::f64],
        ) {
            $crate::PointSourceKernel::spread_normals(&$kernel, __genphys_t, __genphys_dim, __genphys_rng, __genphys_z)
        }

        fn moving_displacement(
            &$this,
            __genphys_t: ::core::primitive::f64,
            __genphys_rng: &mut dyn $crate::RngCore,
            __genphys_z: &mut [::core::primitive::f64],
        ) {
            $crate::PointSourceKernel::sample_moving_displacement(&$kernel, __genphys_t, __genphys_rng, __genphys_z)
        }

        fn increment(
            &$this,
            __genphys_t: [::core::primitive::f64; 2],
            __genphys_rng: &mut dyn $crate::RngCore,
            __genphys_z: &mut [::core::primitive::f64],
        ) -> ::core::primitive::bool {
            $crate::PointSourceKernel::sample_increment(&$kernel, __genphys_t, __genphys_rng, __genphys_z)
        }

        fn distance(&$this, __genphys_z: &[::core::primitive::f64]) -> ::core::primitive::f64 {
            $crate::PointSourceKernel::distance(&$kernel, __genphys_z)
        }

        fn mean_velocity_over_r(
            &$this,
            __genphys_dim: ::core::primitive::usize,
            __genphys_t: ::core::primitive::f64,
        ) -> ::core::primitive::f64 {
            $crate::PointSourceKernel::mean_velocity_over_r(&$kernel, __genphys_dim, __genphys_t)
        }

        fn sigma(&$this, __genphys_t: ::core::primitive::f64) -> ::core::primitive::f64 {
            $crate::PointSourceKernel::sigma(&$kernel, __genphys_t)
        }

        fn time(&$this, __genphys_sigma: ::core::primitive::f64) -> ::core::primitive::f64 {
            $crate::PointSourceKernel::time(&$kernel, __genphys_sigma)
        }

        fn spread(&$this, __genphys_t: ::core::primitive::f64) -> ::core::primitive::f64 {
            $crate::PointSourceKernel::spread(&$kernel, __genphys_t)
        }
    };
}

/// All methods of [`GenerativePde`] about a point source, as a kernel has them: [`of_kernel!`](crate::of_kernel) with
/// density, velocity, growth and `displacement`.
#[macro_export]
macro_rules! point_source {
    ($this:ident => $kernel:expr) => {
        fn log_density(
            &$this,
            __genphys_dim: ::core::primitive::usize,
            __genphys_t: ::core::primitive::f64,
            __genphys_r: ::core::primitive::f64,
        ) -> ::core::primitive::f64 {
            $crate::PointSourceKernel::log_density(&$kernel, __genphys_dim, __genphys_t, __genphys_r)
        }

        fn velocity_over_r(
            &$this,
            __genphys_dim: ::core::primitive::usize,
            __genphys_t: ::core::primitive::f64,
            __genphys_r: ::core::primitive::f64,
        ) -> ::core::primitive::f64 {
            $crate::PointSourceKernel::velocity_over_r(&$kernel, __genphys_dim, __genphys_t, __genphys_r)
        }

        fn growth_rate(
            &$this,
            __genphys_dim: ::core::primitive::usize,
            __genphys_t: ::core::primitive::f64,
            __genphys_r: ::core::primitive::f64,
        ) -> ::core::primitive::f64 {
            $crate::PointSourceKernel::growth_rate(&$kernel, __genphys_dim, __genphys_t, __genphys_r)
        }

        fn displacement(
            &$this,
            __genphys_t: ::core::primitive::f64,
            __genphys_rng: &mut dyn $crate::RngCore,
            __genphys_z: &mut [::core::primitive::f64],
        ) {
            $crate::PointSourceKernel::sample_displacement(&$kernel, __genphys_t, __genphys_rng, __genphys_z)
        }

        $crate::of_kernel!($this => $kernel);
    };
}

/// `J / (p z)` of a point source at displacement `z`, for every coordinate.
pub fn velocities_over_r<P: GenerativePde + ?Sized>(pde: &P, t: f64, z: &[f64]) -> Vec<f64> {
    match pde.spreading() {
        Spreading::PerCoordinate => z.iter().map(|z| pde.velocity_over_r(1, t, z.abs())).collect(),
        Spreading::Radial | Spreading::SelfSimilar => vec![pde.velocity_over_r(z.len(), t, pde.distance(z)); z.len()],
    }
}

/// `dt/d ln σ` at flow scale `sigma`, by a central difference.
pub fn time_per_log_sigma(pde: &dyn GenerativePde, sigma: f64) -> f64 {
    const STEP: f64 = 1e-4;
    (pde.time(sigma * (1.0 + STEP)) - pde.time(sigma * (1.0 - STEP))) / (2.0 * STEP)
}
