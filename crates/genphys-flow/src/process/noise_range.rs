//! How far the noise must reach, from a bound on what is wrong with the prior.

use serde::Serialize;

use crate::process::generative_pde::{GenerativePde, Spreading};
use crate::process::noise_schedule::NoiseSchedule;
use genphys_numeric::seed::{Purpose, stream};

/// Total variation distance that is allowed between the prior and the data, spread until `T`.
pub const PRIOR_ERROR: f64 = 0.005;

/// Share of displacements that may exceed the deviation of the data in a coordinate at the smallest flow scale.
const FAR_SHARE: f64 = 0.01;
const FAR_DRAWS: u32 = 4000;

/// Dimension and number of the displacements from which the inverse scale of a kernel is estimated.
const PROBE_DIM: usize = 6;
const PROBE_DRAWS: usize = 4096;

/// Normal density at one: ∫|φ″| = 4 φ(1).
const NORMAL_AT_ONE: f64 = 0.241_970_724_519_143_37;

/// Ends are not moved beyond these multiples of the deviation of the data.
const REACH: [f64; 2] = [1e-12, 1e12];

/// What of the data the range depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DataScale {
    /// Coordinates of a point.
    pub dim: usize,
    /// Root of the mean variance of a coordinate.
    pub sigma_data: f64,
}

/// What is known about the prior at the largest noise level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PriorError {
    /// The time `T` at which the flow has the largest scale.
    pub time: f64,
    /// Bound on the total variation distance between the prior and the data spread until `T`: the share of samples that
    /// could be wrong because of it. `None` where the kernel is no mixture of round Gaussians, or leaves matter where
    /// it is.
    pub bound: Option<f64>,
    /// Whether the range ends where EDM's does or beyond, because the bound asks for more or does not exist.
    pub as_edm: bool,
    /// Whether the range ends because the time of the equation does, with more of the data left than is allowed.
    pub at_end: bool,
}

impl PriorError {
    /// It in a few words.
    pub fn reason(&self) -> String {
        match self.bound {
            Some(bound) if self.at_end => {
                format!(
                    "the time of the equation ends here; at most {:.2} % of samples are wrong by the prior",
                    100.0 * bound.min(1.0)
                )
            }
            None if self.at_end => {
                "the time of the equation ends here; no bound on the prior's error for this kernel".to_owned()
            }
            Some(bound) if self.as_edm => {
                format!(
                    "160 sigma_data as in EDM, or beyond; at most {:.2} % of samples are wrong by the prior",
                    100.0 * bound
                )
            }
            Some(bound) => format!("least with at most {:.2} % of samples wrong by the prior", 100.0 * bound),
            None if self.as_edm => "160 sigma_data as in EDM; no bound for this kernel".to_owned(),
            None => "as for a Gaussian of the same spread; no bound for this kernel".to_owned(),
        }
    }
}

/// The schedule for data under an equation: EDM's, with ends that suit the process.
///
/// **The upper end** is the least flow scale at which the prior is right to [`PRIOR_ERROR`]. The kernel is a mixture of
/// Gaussians of variance `2u`. Data have the mean μ, around which the prior lies, so that the first order in `y − μ` of
/// `p_T(x) = E p(x − y)` vanishes, and with Taylor's remainder
/// `½ ∫|p_T − p(x − μ)| dx ≤ ¼ E|y − μ|² E ∫|∂₁² p_u| = φ(1) N σ_data² E[1/2u]` (beyond the paper), where no `u` counts
/// for more than one. For a Gaussian and for PFGM++ with any D, `E[1/2u] = 1/σ²`. It is estimated from displacements in
/// six dimensions, where `E[1/|z|²] = E[1/2u]/4`. EDM's end, 160 σ_data, is not exceeded for a Gaussian; under very
/// heavy tails (PFGM++ with D below about 0.8, Lévy flights with α below about 0.8) some matter is still near where it
/// started even there, and the end is moved by factors of ten until they are no worse than a Gaussian, to
/// [`PRIOR_ERROR`]. Kernels that are not round, or spread every coordinate by itself, have no bound; they end where a
/// Gaussian of the same spread would.
///
/// Where the time of the equation ends and the flow scale is finite there, that scale is the upper end at most, and the
/// error is what is left of the data.
///
/// **The lower end** is EDM's, 1/250 σ_data. Under the same heavy tails much matter is far away there already; it is
/// moved by factors of ten until at most one displacement in a hundred exceeds the data's deviation in a coordinate.
pub fn noise_range(pde: &dyn GenerativePde, data: DataScale) -> (NoiseSchedule, PriorError) {
    let sigma_data = data.sigma_data;
    let mut schedule = NoiseSchedule::for_data(sigma_data);
    let largest = largest_scale(pde);
    schedule.sigma_max = schedule.sigma_max.min(largest);
    // EDM's range is four and a half decades wide; a decade is left in any case.
    schedule.sigma_min = schedule.sigma_min.min(0.1 * largest);
    while schedule.sigma_min > REACH[0] * sigma_data && far_share(pde, schedule.sigma_min, sigma_data) > FAR_SHARE {
        schedule.sigma_min *= 0.1;
    }
    let bound = |sigma: f64| prior_error(pde, data, sigma);
    // With births and deaths the population looks ahead and spreads with the flow scale, however the kernel does.
    if pde.growth_is_uniform() {
        let gaussian = |sigma: f64| gaussian_prior_error(data, sigma).min(1.0);
        let too_near = |sigma: f64| bound(sigma).is_some_and(|error| error > gaussian(sigma) + PRIOR_ERROR);
        while schedule.sigma_max < largest.min(REACH[1] * sigma_data) && too_near(schedule.sigma_max) {
            schedule.sigma_max = largest.min(10.0 * schedule.sigma_max);
        }
    }
    let error = |sigma: f64| bound(sigma).unwrap_or_else(|| as_if_gaussian(pde, data, sigma));
    let as_edm = error(schedule.sigma_max) >= PRIOR_ERROR;
    if !as_edm {
        // The error falls with the noise level: bisection of ln σ, from the deviation of the data itself.
        let (mut low, mut high) = (sigma_data.min(schedule.sigma_max).ln(), schedule.sigma_max.ln());
        while high - low > 0.01 {
            let middle = 0.5 * (low + high);
            if error(middle.exp()) <= PRIOR_ERROR { high = middle } else { low = middle }
        }
        schedule.sigma_max = high.exp();
    }
    let at_end = as_edm && schedule.sigma_max >= largest;
    let time = if at_end { pde.end() } else { pde.time(schedule.sigma_max) };
    let bound = bound(schedule.sigma_max);
    (schedule, PriorError { time, bound, as_edm: as_edm && !at_end, at_end })
}

/// The flow scale at the end of the time, infinite where that or the time is.
fn largest_scale(pde: &dyn GenerativePde) -> f64 {
    let end = pde.end();
    if end.is_finite() { Some(pde.sigma(end)).filter(|sigma| sigma.is_finite()).unwrap_or(f64::INFINITY) } else { end }
}

/// What the bound would be for a Gaussian with the spread of the process at flow scale `sigma`, stretched as its
/// distances are, and data that vary alike in all directions: an estimate for kernels without a bound.
fn as_if_gaussian(pde: &dyn GenerativePde, data: DataScale, sigma: f64) -> f64 {
    let dim = data.dim;
    let mut z = vec![0.0; dim];
    let mut along = |axis: usize| {
        z.fill(0.0);
        z[axis] = 1.0;
        pde.distance(&z)
    };
    let stretch = (0..dim).map(|axis| along(axis).powi(2)).sum::<f64>() / dim as f64;
    stretch * gaussian_prior_error(data, pde.spread(pde.time(sigma)))
}

/// Share of the displacements at flow scale `sigma` that are longer than `length` in a coordinate.
fn far_share(pde: &dyn GenerativePde, sigma: f64, length: f64) -> f64 {
    let t = pde.time(sigma);
    let mut rng = stream(0, Purpose::Calibration, 3);
    let mut z = [0.0];
    let far = (0..FAR_DRAWS)
        .filter(|_| {
            pde.displacement(t, &mut rng, &mut z);
            z[0].abs() > length
        })
        .count();
    far as f64 / f64::from(FAR_DRAWS)
}

/// The bound for a Gaussian of deviation `sigma`.
fn gaussian_prior_error(data: DataScale, sigma: f64) -> f64 {
    NORMAL_AT_ONE * data.dim as f64 * (data.sigma_data / sigma).powi(2)
}

/// The bound at flow scale `sigma`; `None` where there is none.
fn prior_error(pde: &dyn GenerativePde, data: DataScale, sigma: f64) -> Option<f64> {
    if pde.spreading() == Spreading::PerCoordinate || !pde.dims().contains(&PROBE_DIM) || !is_round(pde) {
        return None;
    }
    let t = pde.time(sigma);
    // The same numbers at every level, so that the bound is a smooth function of it.
    let mut rng = stream(0, Purpose::Calibration, 2);
    let mut z = [0f64; PROBE_DIM];
    let mut sum = 0.0;
    for _ in 0..PROBE_DRAWS {
        pde.displacement(t, &mut rng, &mut z);
        let square = z.iter().map(|z| z * z).sum::<f64>();
        sum += ((PROBE_DIM - 2) as f64 * gaussian_prior_error(data, square.sqrt())).min(1.0);
    }
    let bound = sum / PROBE_DRAWS as f64;
    bound.is_finite().then_some(bound)
}

/// Whether all directions are alike.
fn is_round(pde: &dyn GenerativePde) -> bool {
    let along = |axis: usize| {
        let mut z = [0f64; PROBE_DIM];
        z[axis] = 1.0;
        pde.distance(&z)
    };
    (0..PROBE_DIM).all(|axis| (along(axis) - 1.0).abs() < 1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Heat, Poisson, Yukawa};

    fn statistics(dim: usize) -> DataScale {
        DataScale { dim, sigma_data: 0.5 }
    }

    #[test]
    fn the_bound_of_heat_and_poisson_is_the_closed_form() {
        let data = statistics(3);
        let expected = NORMAL_AT_ONE * 3.0 * data.sigma_data.powi(2) / 25.0;
        for pde in [&Heat as &dyn GenerativePde, &Poisson] {
            // E[1/2u] = 1/σ² for both: 2u = σ², and 2u = t²/χ²₁.
            let found = prior_error(pde, data, 5.0).unwrap();
            assert!((found / expected - 1.0).abs() < 0.06, "{}: {found} {expected}", pde.name());
        }
        // Where particles die the survivors spread as √(t/m): less than t, and the prior is worse.
        assert!(prior_error(&Yukawa { m: 1.0 }, data, 5.0).unwrap() > 2.0 * expected);
    }

    #[test]
    fn the_bound_holds_for_two_points_and_is_not_far_off() {
        // Data ±½ on the line under heat: total variation between ½N(½, σ²) + ½N(−½, σ²) and N(0, σ²), by a sum.
        let data = statistics(1);
        for sigma in [1.0f64, 2.0, 5.0] {
            let normal = |x: f64| (-0.5 * (x / sigma).powi(2)).exp() / (sigma * (2.0 * std::f64::consts::PI).sqrt());
            let step = 1e-3 * sigma;
            let exact: f64 = (-8000..=8000)
                .map(|i| step * f64::from(i))
                .map(|x| 0.5 * step * (0.5 * normal(x - 0.5) + 0.5 * normal(x + 0.5) - normal(x)).abs())
                .sum();
            let bound = prior_error(&Heat, data, sigma).unwrap();
            assert!(bound > 0.95 * exact && bound < 1.3 * exact, "{sigma}: {bound} {exact}");
        }
    }

    #[test]
    fn ordinary_processes_stay_within_the_range_of_edm() {
        let data = statistics(2);
        let edm = NoiseSchedule::for_data(data.sigma_data);
        for pde in [&Heat as &dyn GenerativePde, &Poisson, &Yukawa { m: 1.0 }] {
            let (found, _) = noise_range(pde, data);
            assert!(found.sigma_min == edm.sigma_min && found.sigma_max < edm.sigma_max, "{found:?}");
        }
    }

    /// Heat that is twice as fast along the first axis, in the plane.
    struct Stretched;

    impl GenerativePde for Stretched {
        fn name(&self) -> &str {
            "stretched"
        }
        fn equation(&self) -> &str {
            "dt(phi) = aniso([[2, 0], [0, 1]], phi)"
        }
        fn params(&self) -> Vec<(&'static str, f64)> {
            Vec::new()
        }
        fn dims(&self) -> std::ops::RangeInclusive<usize> {
            2..=2
        }
        fn distance(&self, z: &[f64]) -> f64 {
            z.iter().zip([0.5, 1.0]).map(|(z, inverse)| z * z * inverse).sum::<f64>().sqrt()
        }
        fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
            Heat.log_density(dim, t, r) - 0.5 * 2f64.ln()
        }
        fn velocity_over_r(&self, dim: usize, t: f64, r: f64) -> f64 {
            Heat.velocity_over_r(dim, t, r)
        }
        fn growth_rate(&self, _dim: usize, _t: f64, _r: f64) -> f64 {
            0.0
        }
        fn displacement(&self, t: f64, rng: &mut dyn rand::RngCore, z: &mut [f64]) {
            Heat.displacement(t, rng, z);
            z[0] *= 2f64.sqrt();
        }
        fn sigma(&self, t: f64) -> f64 {
            Heat.sigma(t)
        }
        fn time(&self, sigma: f64) -> f64 {
            Heat.time(sigma)
        }
        fn spread(&self, t: f64) -> f64 {
            Heat.spread(t)
        }
        fn conserves_particles(&self) -> bool {
            true
        }
    }

    #[test]
    fn kernels_that_are_not_round_end_as_a_gaussian_would() {
        let data = statistics(2);
        let (round, _) = noise_range(&Heat, data);
        let (schedule, error) = noise_range(&Stretched, data);
        assert!(error.bound.is_none() && !error.as_edm, "{error:?}");
        // The mean of the inverse variances is three quarters of that of heat.
        assert!((schedule.sigma_max / round.sigma_max / 0.75f64.sqrt() - 1.0).abs() < 0.05, "{schedule:?} {round:?}");
    }

    /// Heat until a time.
    struct Until(f64);

    impl GenerativePde for Until {
        fn name(&self) -> &str {
            "until"
        }
        fn equation(&self) -> &str {
            Heat.equation()
        }
        fn params(&self) -> Vec<(&'static str, f64)> {
            Vec::new()
        }
        fn conserves_particles(&self) -> bool {
            true
        }
        fn end(&self) -> f64 {
            self.0
        }
        crate::point_source!(self => genphys_kernels::Heat::new(1.0).unwrap());
    }

    #[test]
    fn a_time_that_ends_ends_the_range_and_says_what_is_left() {
        let data = statistics(2);
        // Until t = 1 the deviation is √2, and the bound N φ(1) σ_data²/σ² is 6 %.
        let (schedule, error) = noise_range(&Until(1.0), data);
        let bound = 2.0 * NORMAL_AT_ONE * 0.25 / 2.0;
        assert!((schedule.sigma_max - 2f64.sqrt()).abs() < 1e-12 && error.time == 1.0, "{schedule:?}");
        assert!(error.at_end && !error.as_edm && (error.bound.unwrap() / bound - 1.0).abs() < 0.06, "{error:?}");
        assert!(error.reason().contains("the time of the equation ends here; at most 6"), "{}", error.reason());
        // Where it ends so late that nothing is left, it is as without an end.
        let (late, error) = noise_range(&Until(1e4), data);
        assert!(!error.at_end && late == noise_range(&Heat, data).0, "{error:?}");
    }

    #[test]
    fn the_range_ends_where_the_prior_is_right() {
        let data = statistics(2);
        let (schedule, error) = noise_range(&Heat, data);
        let bound = error.bound.unwrap();
        assert!(!error.as_edm && !error.at_end && bound <= PRIOR_ERROR && bound > 0.9 * PRIOR_ERROR, "{error:?}");
        let expected = data.sigma_data * (2.0 * NORMAL_AT_ONE / PRIOR_ERROR).sqrt();
        assert!((schedule.sigma_max / expected - 1.0).abs() < 0.05, "{schedule:?} {expected}");
        // In high dimension the bound asks for more than EDM's range.
        let (schedule, error) = noise_range(&Yukawa { m: 1.0 }, statistics(200));
        assert!(error.as_edm && (schedule.sigma_max / data.sigma_data / 160.0 - 1.0).abs() < 0.1, "{error:?}");
    }
}
