//! The one thing the runtime needs to know about physics: a process that spreads a point source.

use rand::RngCore;

/// An s-generative equation, seen through the spreading of a point source (GenPhys, arXiv 2304.02637, section 3).
///
/// A unit of matter starts at `y` at time 0. At time `t` its density at `x = y + z` is `p(x, t | y)`, a function of
/// `r = |z|`; it flows with the velocity `J / p = z * velocity_over_r` and grows with the rate `R / p`, so that
/// `∂p/∂t + ∇·J − R = 0` (the density flow, GenPhys eq. 4). Everything a model learns is a posterior mean of these
/// quantities over the data `y`, with weights `p(x, t | y)`.
///
/// The velocities of all data points must share one time-dependent factor: `velocity_over_r` is `σ′(t)/σ(t)`, where
/// `σ` is the flow scale [`sigma`](Self::sigma). Then the mean velocity is `(x − E[y | x, t]) σ′/σ`, the network is a
/// denoiser, and in the variable `σ` the flow is `dx/dσ = (x − E[y | x, σ]) / σ` for every equation.
///
/// The trait is object safe. Lengths are in units of the (normalised) data, times in units of the equation.
pub trait GenerativePde: Send + Sync {
    /// Name of the equation, as in the `.pde` file: `yukawa`.
    fn name(&self) -> &str;

    /// The equation in canonical `.pde` text: `dt(phi, 2) + lap(phi) - m^2*phi = 0`.
    fn equation(&self) -> &str;

    /// Parameters and their values, in the order of the `.pde` file.
    fn params(&self) -> Vec<(&'static str, f64)>;

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

    /// Flow scale at time `t`: increasing, and `J / p = z σ′(t)/σ(t)`. Heat: `√(2Dt)`; half-space equations: `t`.
    fn sigma(&self, t: f64) -> f64;

    /// Inverse of [`sigma`](Self::sigma): the time at which the flow scale is `sigma`.
    fn time(&self, sigma: f64) -> f64;

    /// Typical displacement per coordinate at time `t`, a robust scale that exists for heavy tails too.
    fn spread(&self, t: f64) -> f64;

    /// True when `R` vanishes identically, so that no particle is born or dies.
    fn conserves_particles(&self) -> bool;

    /// Draws from the prior: the point-source kernel at time `t` around `mean`, which the density of any data set
    /// with that mean approaches when `t` is large. `out.len() == mean.len()` is the dimension.
    fn prior(&self, mean: &[f64], t: f64, rng: &mut dyn RngCore, out: &mut [f64]) {
        self.displacement(t, rng, out);
        for (value, mean) in out.iter_mut().zip(mean) {
            *value += mean;
        }
    }

    /// Velocity of the flow at `x`, given the posterior mean `denoised = E[y | x, t]`:
    /// `v = (x − E[y | x, t]) σ′(t)/σ(t)`. All slices have the dimension's length.
    fn velocity(&self, x: &[f64], denoised: &[f64], t: f64, out: &mut [f64]) {
        let distance = x.iter().zip(denoised).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt();
        let rate = self.velocity_over_r(x.len(), t, distance);
        for ((out, x), y) in out.iter_mut().zip(x).zip(denoised) {
            *out = (x - y) * rate;
        }
    }
}
