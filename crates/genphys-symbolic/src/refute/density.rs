//! Negative densities: p(r, t) by inverse Fourier transform.

use super::{Numbers, Refutation};
use crate::positivity::Space;
use genphys_pde::certificate::Certificate;

impl Numbers<'_, '_> {
    /// p(r, t) in N = 1 or N = 3 for isotropic equations whose p̂ decays fast.
    pub(super) fn density(&self, dim: u32) -> Option<Refutation> {
        if self.eq.space != Space::Radial {
            return None;
        }
        for time in [1.0, 0.25, 4.0] {
            if crate::budget::is_spent() {
                return None;
            }
            let mut cut = 1.0;
            let at_zero = self.transform(&[0.0], time)?.0;
            while self.transform(&[cut], time)?.0.abs() > 1e-14 * at_zero.abs() {
                cut *= 1.25;
                if cut > 1e4 {
                    return None;
                }
            }
            const STEPS: usize = 2048;
            let h = cut / STEPS as f64;
            let values: Vec<f64> =
                (0..=STEPS).map(|i| self.transform(&[i as f64 * h], time).map(|z| z.0)).collect::<Option<_>>()?;
            for i in 1..=60 {
                if i % 8 == 0 && crate::budget::is_spent() {
                    return None;
                }
                let r = f64::from(i) * 12.0 / cut; // 4 h r < 1.5: every sum resolves the oscillation
                let weight = |k: f64| match dim {
                    1 => (k * r).cos() / std::f64::consts::PI,
                    _ => k * (k * r).sin() / (2.0 * std::f64::consts::PI.powi(2) * r),
                };
                let weighted: Vec<f64> = values.iter().enumerate().map(|(j, v)| v * weight(j as f64 * h)).collect();
                let sum = |stride: usize| {
                    let inner: f64 = (stride..STEPS).step_by(stride).map(|j| weighted[j]).sum();
                    (inner + 0.5 * (weighted[0] + weighted[STEPS])) * h * stride as f64
                };
                let fine = sum(1);
                if fine >= 0.0 {
                    continue;
                }
                let (coarse, coarser) = (sum(2), sum(4));
                let size = weighted.iter().map(|w| w.abs()).sum::<f64>() * h;
                // The trapezoidal rule converges fast here; the coarse sums bound the error of the fine one.
                let error = 4.0 * (fine - coarse).abs().max((coarse - coarser).abs()) + 1e-12 * size;
                if fine < -10.0 * error && fine < -1e-9 * size {
                    let text = format!(
                        "p({r:.6}, {time}) = {fine:.6e} +- {error:.1e} in N = {dim} for a unit point source{}",
                        crate::witness::assignments(self.params)
                    );
                    return Some(Refutation {
                        rule: "negative-kernel",
                        witness: self.witness(Vec::new(), text),
                        certificate: Certificate::NegativeDensity {
                            params: self.params.clone(),
                            dim,
                            time,
                            r,
                            value: fine,
                            error,
                        },
                        from_dimension: dim,
                    });
                }
            }
        }
        None
    }
}
