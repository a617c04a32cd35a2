//! Densities that are not real.

use super::{Numbers, Refutation};
use genphys_pde::certificate::Certificate;

impl Numbers<'_, '_> {
    /// p̂(−k, t) ≠ p̂(k, t)*.
    pub(super) fn not_real(&self) -> Option<Refutation> {
        if self.eq.order() < 2 || self.eq.is_real() {
            return None;
        }
        for size in [1.0, 0.3, 3.0] {
            for direction in self.directions() {
                for time in [1.0, 0.3, 3.0].into_iter().filter(|t| self.has_time(*t)) {
                    let k: Vec<f64> = direction.iter().map(|d| d * size).collect();
                    let opposite: Vec<f64> = k.iter().map(|x| -x).collect();
                    let (Some(a), Some(b)) = (self.transform(&k, time), self.transform(&opposite, time)) else {
                        continue;
                    };
                    let error = self.transform_error(&k, time, a) + self.transform_error(&opposite, time, b);
                    let apart = (a.0 - b.0).hypot(a.1 + b.1);
                    let bound = 1e-4 * (a.0.hypot(a.1) + b.0.hypot(b.1)) + 10.0 * error;
                    if !bound.is_finite() || apart.is_nan() || apart <= bound {
                        continue;
                    }
                    let text = format!(
                        "p-hat(k, {time}) = {:.6} + {:.6} i at k = {}{} and {:.6} + {:.6} i at -k, not its complex conjugate",
                        a.0,
                        a.1,
                        crate::evidence::witness::vector(&k),
                        crate::evidence::witness::assignments(self.params),
                        b.0,
                        b.1,
                    );
                    return Some(Refutation {
                        rule: "real-density",
                        witness: self.witness(k.clone(), text),
                        certificate: Certificate::NotReal {
                            params: self.params.clone(),
                            time,
                            k,
                            transform: [[a.0, a.1], [b.0, b.1]],
                        },
                        from_dimension: 1,
                    });
                }
            }
        }
        None
    }
}
