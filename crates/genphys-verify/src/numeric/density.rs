//! p(r, t) of isotropic equations in N = 1, 2, 3 by inverse Fourier transform, and Bochner sums.

use super::Model;
use genphys_pde::Complex;
use genphys_pde::verdict::Problem;

impl Model {
    /// The density of a unit point source at distance r > 0 in N = `dim` ≤ 3, with a bound on the numerical error;
    /// `None` where p̂ decays too slowly for this r.
    pub fn density(&self, dim: u32, t: f64, r: f64, problem: Problem) -> Option<(f64, f64)> {
        const STEPS: usize = 2048;
        let at = |k: f64| {
            let mut vector = vec![0.0; (dim as usize).max(self.least_dimension())];
            vector[0] = k;
            self.transform(&vector, t, problem).map(|z| z.re)
        };
        let zero = at(0.0)?;
        let mut cut = 1.0;
        while at(cut)?.abs() > 1e-14 * zero.abs() {
            cut *= 1.25;
            if cut > 1e4 {
                return None;
            }
        }
        let h = cut / STEPS as f64;
        if 4.0 * h * r > 1.6 {
            // The coarsest sum below would not resolve the oscillation.
            return None;
        }
        let values: Vec<f64> = (0..=STEPS).map(|i| at(i as f64 * h)).collect::<Option<_>>()?;
        let pi = std::f64::consts::PI;
        let weight = |k: f64| match dim {
            1 => (k * r).cos() / pi,
            2 => k * bessel_j0(k * r) / (2.0 * pi),
            _ => k * (k * r).sin() / (2.0 * pi * pi * r),
        };
        let sum = |stride: usize| {
            let inner: f64 = (stride..STEPS).step_by(stride).map(|j| values[j] * weight(j as f64 * h)).sum();
            (inner + 0.5 * (values[0] * weight(0.0) + values[STEPS] * weight(cut))) * h * stride as f64
        };
        let (fine, coarse, coarser) = (sum(1), sum(2), sum(4));
        let size = values.iter().enumerate().map(|(j, v)| (v * weight(j as f64 * h)).abs()).sum::<f64>() * h;
        Some((fine, 4.0 * (fine - coarse).abs().max((coarse - coarser).abs()) + 1e-12 * size))
    }

    /// Σ conj(w_i) w_j p̂(k_i − k_j, t), and a bound on its rounding error.
    pub fn bochner_sum(
        &self,
        points: &[Vec<f64>],
        weights: &[Complex],
        t: f64,
        problem: Problem,
    ) -> Option<(f64, f64)> {
        let (mut sum, mut size) = (0.0, 0.0);
        for (a, w) in points.iter().zip(weights) {
            for (b, v) in points.iter().zip(weights) {
                let mut difference: Vec<f64> = a.iter().zip(b).map(|(x, y)| x - y).collect();
                difference.resize(difference.len().max(self.least_dimension()), 0.0);
                let entry = self.transform(&difference, t, problem)?;
                let term = Complex::new(w.re, -w.im) * *v * entry;
                sum += term.re;
                size += term.abs();
            }
        }
        Some((sum, 1e-11 * size))
    }
}

/// J₀ by its integral (1/π)∫₀^π cos(x sin θ) dθ; the trapezoidal rule converges geometrically.
fn bessel_j0(x: f64) -> f64 {
    let n = 24 + (x.abs() * 1.2) as u32;
    (0..n).map(|i| (x * (std::f64::consts::PI * (f64::from(i) + 0.5) / f64::from(n)).sin()).cos()).sum::<f64>()
        / f64::from(n)
}
