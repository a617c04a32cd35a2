//! Bochner matrices with a negative eigenvalue.

use super::{C, Numbers, Refutation, eigen};
use crate::algebra::positivity::Space;
use genphys_pde::certificate::Certificate;

/// Sets of wave vectors, the first one 0: lattices of one spacing in `dim` dimensions, along every direction for dim =
/// 1.
pub(super) fn lattices(numbers: &Numbers, dim: usize, spacing: f64) -> Vec<Vec<Vec<f64>>> {
    let per_side = [9, 4, 3].get(dim - 1).copied().unwrap_or(2);
    let unit = |i: usize| (0..dim).map(|j| if i == j { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
    let frames: Vec<Vec<Vec<f64>>> = match numbers.eq.space {
        Space::Radial => vec![(0..dim).map(unit).collect()],
        Space::Components(_) if dim == 1 => numbers.directions().into_iter().map(|d| vec![d]).collect(),
        Space::Components(_) => Vec::new(),
    };
    let lattice = |axes: &Vec<Vec<f64>>| {
        let mut points = vec![vec![0.0; axes[0].len()]];
        for axis in axes {
            let along =
                |p: &Vec<f64>, j: i32| p.iter().zip(axis).map(|(x, a)| x + a * f64::from(j) * spacing).collect();
            points = points.iter().flat_map(|p| (0..per_side).map(move |j| along(p, j))).collect();
        }
        points
    };
    frames.iter().map(lattice).collect()
}

/// Values at differences of wave vectors, each computed once; only |k| counts for isotropic equations.
pub(super) struct Differences<T, F> {
    known: Vec<(Vec<f64>, T)>,
    radial: bool,
    of: F,
}

impl<T: Copy, F: Fn(&[f64]) -> Option<T>> Differences<T, F> {
    pub(super) fn new(space: Space, of: F) -> Self {
        Self { known: Vec::new(), radial: space == Space::Radial, of }
    }

    /// The value at a − b.
    pub(super) fn at(&mut self, a: &[f64], b: &[f64]) -> Option<T> {
        let mut difference: Vec<f64> = a.iter().zip(b).map(|(x, y)| x - y).collect();
        if self.radial {
            difference = vec![difference.iter().map(|x| x * x).sum::<f64>().sqrt()];
        }
        if let Some((_, value)) = self.known.iter().find(|(d, _)| *d == difference) {
            return Some(*value);
        }
        let value = (self.of)(&difference)?;
        self.known.push((difference, value));
        Some(value)
    }
}

impl Numbers<'_, '_> {
    /// Matrices on lattices in `dim` dimensions.
    pub(super) fn bochner(&self, dim: usize) -> Option<Refutation> {
        // Matrices in space are larger.
        let (times, spacings) = if dim == 1 { (5, 5) } else { (3, 4) };
        for time in [1.0, 4.0, 0.25, 0.05, 16.0].into_iter().take(times).filter(|t| self.has_time(*t)) {
            for spacing in [1.0, 0.5, 2.0, 0.25, 4.0].into_iter().take(spacings) {
                for points in lattices(self, dim, spacing) {
                    if self.eq.ring.work.budget.is_spent() {
                        return None;
                    }
                    if let Some(found) = self.matrix(&points, time, dim) {
                        return Some(found);
                    }
                }
            }
        }
        None
    }

    /// |p̂(k, t)| > p̂(0, t) where a wave grows faster than the longest one does.
    pub(super) fn faster_than_the_longest(&self) -> Option<Refutation> {
        let largest = |k: &[f64]| self.rates(k).iter().map(|s| s.0).fold(f64::NEG_INFINITY, f64::max);
        let zero = largest(&[]);
        for direction in self.directions() {
            for i in -12..=12_i32 {
                let k: Vec<f64> = direction.iter().map(|d| d * 10.0_f64.powf(f64::from(i) / 4.0)).collect();
                let ahead = largest(&k) - zero;
                if ahead.is_nan() || ahead <= 1e-6 * self.scale(&k) {
                    continue;
                }
                for lead in [1.0, 4.0, 16.0, 64.0].into_iter().filter(|lead| self.has_time(lead / ahead)) {
                    let points = [vec![0.0; k.len()], k.clone()];
                    if let Some(found) = self.matrix(&points, lead / ahead, 1) {
                        return Some(found);
                    }
                }
            }
        }
        None
    }

    /// A bound on the error of p̂(k, t).
    pub(super) fn transform_error(&self, k: &[f64], time: f64, value: C) -> f64 {
        let rates = self.rates(k);
        let of_rate = |s: &C| {
            let size = (s.0 * time).exp();
            let error = self.rate_error(k, &rates, *s) * time;
            // Two roots that coincide err together, and p̂ by less than either.
            size * error.min(1e-7 * (1.0 + s.0.hypot(s.1) * time))
        };
        1e-12 * value.0.hypot(value.1) + 4.0 * rates.iter().map(of_rate).sum::<f64>()
    }

    fn matrix(&self, points: &[Vec<f64>], time: f64, dim: usize) -> Option<Refutation> {
        let n = points.len();
        let mut known = Differences::new(self.eq.space, |k| self.transform(k, time));
        let mut matrix = vec![vec![(0.0, 0.0); n]; n];
        for (i, a) in points.iter().enumerate() {
            for (j, b) in points.iter().enumerate() {
                matrix[i][j] = known.at(a, b)?;
            }
        }
        let largest = matrix.iter().flatten().map(|z| z.0.hypot(z.1)).fold(0.0, f64::max);
        let least_bound = 1e-8 * largest * n as f64;
        // Most matrices are positive definite, which Cholesky's decomposition says at once.
        if eigen::are_above(&matrix, -0.5 * least_bound) {
            return None;
        }
        let (value, weights) = eigen::least(&matrix)?;
        if value.is_nan() || value >= -least_bound {
            return None;
        }
        let mut errors =
            Differences::new(self.eq.space, |k| Some(self.transform_error(k, time, self.transform(k, time)?)));
        let size = |i: usize| weights[i].0.hypot(weights[i].1);
        let mut error = 0.0;
        for (i, a) in points.iter().enumerate() {
            let mut of_row = 0.0;
            for (j, b) in points.iter().enumerate() {
                of_row += size(i) * size(j) * errors.at(a, b)?;
            }
            error += of_row;
        }
        // Where two rates coincide the bound may be no number, and nothing is proved.
        let bound = least_bound + 4.0 * error;
        if !bound.is_finite() || value >= -bound {
            return None;
        }
        let weights: Vec<[f64; 2]> = weights.into_iter().map(|(re, im)| [re, im]).collect();
        let text = format!(
            "the Bochner matrix of p-hat(k_i - k_j, {time}) for {n} wave vectors in {dim} dimension{}{} has the \
             eigenvalue {value:.6e} < 0",
            if dim == 1 { "" } else { "s" },
            crate::evidence::witness::assignments(self.params),
        );
        Some(Refutation {
            rule: "bochner-matrix",
            witness: self.witness(points.last()?.clone(), text),
            certificate: Certificate::Bochner {
                params: self.params.clone(),
                time,
                points: points.to_vec(),
                weights,
                value,
            },
            from_dimension: u32::try_from(dim).unwrap_or(u32::MAX),
        })
    }
}
