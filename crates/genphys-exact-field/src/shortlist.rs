//! Only the data points that matter to a query, with a bound on what the others could have changed.

use rayon::prelude::*;

use super::profile::RadialProfile;
use genphys_numeric::{least, sum_of, sum_over_pairs, vectorised};

/// Rounds of Lloyd's algorithm; the bound holds for any clusters, good ones only save work.
const ROUNDS: usize = 6;

/// Data points in clusters, each with its centre and radius.
pub(super) struct Clusters {
    dim: usize,
    /// Row-major centres, `(clusters, dim)`.
    centres: Vec<f32>,
    /// Largest distance of a point of the cluster from its centre.
    radii: Vec<f32>,
    /// Row-major points, cluster by cluster.
    points: Vec<f32>,
    /// Where each cluster begins among the points; one more entry than clusters.
    starts: Vec<usize>,
}

impl Clusters {
    /// About √count clusters of row-major `points`, `(count, dim)`, by Lloyd's algorithm from points at equal steps.
    pub(super) fn new(points: &[f32], dim: usize) -> Self {
        let count = points.len() / dim;
        let wanted = (count as f64).sqrt().ceil() as usize;
        let mut centres: Vec<f32> =
            (0..wanted).flat_map(|i| points[i * count / wanted * dim..][..dim].iter().copied()).collect();
        let mut nearest = Vec::new();
        for _ in 0..ROUNDS {
            nearest = assign(points, &centres, dim);
            let (mut sums, mut sizes) = (vec![0f64; wanted * dim], vec![0usize; wanted]);
            for (point, cluster) in points.chunks_exact(dim).zip(&nearest) {
                sizes[*cluster] += 1;
                for (sum, x) in sums[cluster * dim..].iter_mut().zip(point) {
                    *sum += f64::from(*x);
                }
            }
            for (cluster, size) in sizes.iter().enumerate().filter(|(_, size)| **size > 0) {
                let mean = sums[cluster * dim..(cluster + 1) * dim].iter().map(|sum| (sum / *size as f64) as f32);
                centres[cluster * dim..(cluster + 1) * dim].iter_mut().zip(mean).for_each(|(c, mean)| *c = mean);
            }
        }
        // The centres have moved since, but radii are about the points that a cluster holds, wherever its centre is.
        let mut clusters =
            Self { dim, centres, radii: Vec::new(), points: Vec::with_capacity(points.len()), starts: vec![0] };
        let mut members = vec![Vec::new(); wanted];
        for (i, cluster) in nearest.iter().enumerate() {
            members[*cluster].push(i);
        }
        for (cluster, members) in members.iter().enumerate() {
            let centre = &clusters.centres[cluster * dim..(cluster + 1) * dim];
            let point = |i: &usize| &points[i * dim..(i + 1) * dim];
            let radius = members.iter().map(|i| square_distance(centre, point(i))).fold(0f32, f32::max).sqrt();
            // Rounding must not make a radius too small.
            clusters.radii.push(radius * (1.0 + 1e-5));
            members.iter().for_each(|i| clusters.points.extend_from_slice(point(i)));
            clusters.starts.push(clusters.points.len() / dim);
        }
        clusters
    }

    /// Posterior means of `(count, dim)` queries, each but for a share of at most `tolerance` of all weights.
    /// Also the mean number of data points that were looked at per query.
    pub(super) fn posterior_means(
        &self,
        queries: &[f32],
        profiles: &[RadialProfile],
        tolerance: f32,
    ) -> (Vec<f32>, f64) {
        let mut means = vec![0f32; queries.len()];
        let seen: usize = means
            .par_chunks_mut(self.dim)
            .zip(queries.par_chunks(self.dim))
            .zip(profiles)
            .map_init(Vec::new, |scratch, ((mean, query), profile)| {
                vectorised(
                    #[inline(always)]
                    || self.posterior_mean(query, profile, tolerance, scratch, mean),
                )
            })
            .sum();
        (means, seen as f64 / profiles.len().max(1) as f64)
    }

    #[inline(always)]
    fn posterior_mean(
        &self,
        query: &[f32],
        profile: &RadialProfile,
        tolerance: f32,
        scratch: &mut Vec<f32>,
        mean: &mut [f32],
    ) -> usize {
        // No point of a cluster is nearer than its centre less the radius, and weights fall with the distance.
        let mut bounds: Vec<f32> = self
            .centres
            .chunks_exact(self.dim)
            .zip(&self.radii)
            .map(|(centre, radius)| (square_distance(query, centre).sqrt() * (1.0 - 1e-5) - radius).max(0.0).powi(2))
            .collect();
        profile.logarithms(&mut bounds);
        let sizes = |cluster: usize| self.starts[cluster + 1] - self.starts[cluster];
        let mut order: Vec<(f32, usize)> =
            bounds.into_iter().enumerate().filter(|(i, _)| sizes(*i) > 0).map(|(i, bound)| (bound, i)).collect();
        order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));

        // Sum of the bounds of all clusters from here on, relative to the first.
        let first = order.first().map_or(0.0, |(bound, _)| *bound);
        let mut left = vec![0f64; order.len()];
        let mut sum = 0.0;
        for (left, (bound, cluster)) in left.iter_mut().zip(&order).rev() {
            sum += f64::from(bound - first).exp() * sizes(*cluster) as f64;
            *left = sum;
        }

        let (mut top, mut total, mut seen) = (f32::NEG_INFINITY, 0f32, 0);
        for ((_, cluster), left) in order.iter().zip(left) {
            if seen > 0 && left * f64::from(first - top).exp() <= f64::from(tolerance * total) {
                break;
            }
            let points = &self.points[self.starts[*cluster] * self.dim..self.starts[cluster + 1] * self.dim];
            scratch.clear();
            scratch.extend(points.chunks_exact(self.dim).map(|point| square_distance(query, point)));
            let highest = profile.logarithms(&mut [least(scratch)]);
            if highest > top {
                let factor = (top - highest).exp();
                total *= factor;
                mean.iter_mut().for_each(|sum| *sum *= factor);
                top = highest;
            }
            profile.weights(scratch, top);
            total += sum_of(scratch);
            for (weight, point) in scratch.iter().zip(points.chunks_exact(self.dim)) {
                mean.iter_mut().zip(point).for_each(|(sum, x)| *sum += weight * x);
            }
            seen += scratch.len();
        }
        mean.iter_mut().for_each(|sum| *sum /= total);
        seen
    }
}

#[inline(always)]
fn square_distance(a: &[f32], b: &[f32]) -> f32 {
    sum_over_pairs(a, b, |a, b| (a - b) * (a - b))
}

/// The nearest centre of every point.
fn assign(points: &[f32], centres: &[f32], dim: usize) -> Vec<usize> {
    points
        .par_chunks(dim)
        .map(|point| {
            let nearest = |best: (usize, f32), (i, centre): (usize, &[f32])| {
                let distance = square_distance(point, centre);
                if distance < best.1 { (i, distance) } else { best }
            };
            vectorised(
                #[inline(always)]
                || centres.chunks_exact(dim).enumerate().fold((0, f32::INFINITY), nearest).0,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A spiral, four points to a stretch of noise.
    fn spiral(count: usize) -> Vec<f32> {
        (0..count)
            .flat_map(|i| {
                let s = 4.0 + 10.0 * (i as f32 / count as f32);
                [0.1 * s * s.cos() + 1e-3 * (i as f32 * 1.7).sin(), 0.1 * s * s.sin() + 1e-3 * (i as f32 * 2.3).cos()]
            })
            .collect()
    }

    fn exact(points: &[f32], query: &[f32], weight: impl Fn(f64) -> f64) -> [f64; 2] {
        let (mut sum, mut mean) = (0.0, [0.0; 2]);
        for point in points.chunks_exact(2) {
            let square: f64 = query.iter().zip(point).map(|(a, b)| f64::from(a - b).powi(2)).sum();
            sum += weight(square);
            mean.iter_mut().zip(point).for_each(|(mean, x)| *mean += weight(square) * f64::from(*x));
        }
        mean.map(|mean| mean / sum)
    }

    #[test]
    fn the_bound_holds_and_few_points_are_looked_at() {
        let points = spiral(20_000);
        let clusters = Clusters::new(&points, 2);
        assert_eq!(clusters.points.len(), points.len());
        let queries = [0.4, 0.2, -0.9, 0.6, 1.3, 0.0, 2.5, -1.0];
        // Beside the tolerance there is the rounding of distances in f32.
        for (tolerance, allowed) in [(1e-6, 1e-4), (1e-2, 3e-2)] {
            for sigma in [0.01f32, 0.1, 1.0] {
                let rate = 0.5 / (sigma * sigma);
                let (means, seen) =
                    clusters.posterior_means(&queries, &vec![RadialProfile::Gaussian { rate }; 4], tolerance);
                for (mean, query) in means.chunks_exact(2).zip(queries.chunks_exact(2)) {
                    // Weights relative to the nearest, or all would vanish far away.
                    let nearest =
                        points.chunks_exact(2).map(|y| square_distance(query, y)).fold(f32::INFINITY, f32::min);
                    let weight = |square: f64| (-f64::from(rate) * (square - f64::from(nearest))).exp();
                    for (a, b) in mean.iter().zip(exact(&points, query, weight)) {
                        assert!((f64::from(*a) - b).abs() < allowed, "sigma {sigma}: {a} {b}");
                    }
                }
                assert!(sigma > 0.1 || seen < 6_000.0, "{seen} points at sigma {sigma}");
            }
        }
    }
}
