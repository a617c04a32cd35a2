//! What particles gain on their way, and hence how many samples each stands for.

use rayon::prelude::*;

use super::Branching;
use crate::process::generative_pde::GenerativePde;
use crate::process::point_source::PointSource;

/// Distances per task of parallel work.
const RADII: usize = 128;

/// What particles gain on their way.
pub(super) struct Shares<'a> {
    pub(super) pde: &'a dyn GenerativePde,
    pub(super) mean: &'a [f64],
    pub(super) source: PointSource<'a>,
    pub(super) counting: Branching,
}

impl Shares<'_> {
    /// Distances of the particles from the mean; none where they are not `needed`.
    pub(super) fn radii(&self, needed: bool, x: &[f64]) -> Vec<f64> {
        let radius = |offset: &mut Vec<f64>, x: &[f64]| {
            offset.clear();
            offset.extend(x.iter().zip(self.mean).map(|(x, mean)| x - mean));
            self.pde.distance(offset)
        };
        let points = x.par_chunks_exact(self.mean.len()).with_min_len(RADII);
        if needed { points.map_init(Vec::new, radius).collect() } else { Vec::new() }
    }

    /// What the particles at flow scale `sigma`, drawn as if from a point source at the mean, must gain to stand for
    /// the data, given `clean = E[y | x, σ]` at their places.
    ///
    /// The logarithm of `E p(x − y)/p(x − μ)` is to second order in `y − μ` half of what `ln p` changes by when the
    /// source moves from μ to `E[y | x, σ]`: with `∇p/p = −κ` the posterior mean is `μ + Cκ`, and the logarithm
    /// `κᵀCκ/2`. It vanishes as the flow goes on, but for kernels that fall exponentially, such as Yukawa's, where it
    /// stays `m²σ²/2` and differs between directions.
    pub(super) fn at_start(&self, x: &[f64], clean: &[f64], sigma: f64) -> Vec<f64> {
        let (dim, t) = (self.mean.len(), self.pde.time(sigma));
        let log_density = |x: &[f64], clean: &[f64], share: f64| {
            let source = clean.iter().zip(self.mean).map(|(clean, mean)| mean + share * (clean - mean));
            let offset: Vec<f64> = x.iter().zip(source).map(|(x, source)| x - source).collect();
            self.pde.log_density(dim, t, self.pde.distance(&offset))
        };
        let rows = x.par_chunks_exact(dim).zip(clean.par_chunks_exact(dim));
        rows.map(|(x, clean)| 0.5 * (log_density(x, clean, 0.5) - log_density(x, clean, -0.5))).collect()
    }

    /// What the particles gain along the flow between two flow scales: by the `relative` growth and that of a point
    /// source.
    pub(super) fn of_flow(&self, relative: &[f64], before: (&[f64], f64), after: (&[f64], f64)) -> Vec<f64> {
        let looks_ahead = self.counting == Branching::LookAhead;
        let mut growths = self.source.log_growths_between(before, after, looks_ahead);
        growths.iter_mut().zip(relative).for_each(|(growth, relative)| *growth += relative);
        growths
    }
}
