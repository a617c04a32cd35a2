//! Violations of what every Lévy exponent ψ = s(0) − s(k) satisfies.

use super::{C, Numbers, Refutation, bochner, eigen};
use genphys_pde::certificate::Certificate;

impl Numbers<'_, '_> {
    pub(super) fn subadditivity(&self) -> Option<Refutation> {
        const SIZES: [f64; 9] = [1.0, 2.0, 0.5, 4.0, 0.25, 10.0, 0.1, 100.0, 0.01];
        let zero = self.single(&[])?;
        let size = |k: &[f64]| self.single(k).map(|s| (s.0 - zero.0).hypot(s.1 - zero.1));
        for direction in self.directions() {
            let along = |x: f64| direction.iter().map(|d| d * x).collect::<Vec<f64>>();
            for first in SIZES {
                for ratio in [1.0, 0.5, 0.25] {
                    let (k, q) = (along(first), along(first * ratio));
                    let sum = along(first + first * ratio);
                    let (Some(one), Some(other), Some(both)) = (size(&k), size(&q), size(&sum)) else { continue };
                    let sizes = [one, other, both];
                    let roots = sizes.map(f64::sqrt);
                    let beyond_rounding = both > 1e-9 * self.scale(&sum);
                    if beyond_rounding && roots[2] > (roots[0] + roots[1]) * (1.0 + 1e-6) && roots[2].is_finite() {
                        let text = format!(
                            "sqrt|psi({s})| = {} exceeds sqrt|psi({a})| + sqrt|psi({b})| = {}{} (psi = -s, psi(0) \
                             subtracted)",
                            roots[2],
                            roots[0] + roots[1],
                            crate::evidence::witness::assignments(self.params),
                            s = crate::evidence::witness::vector(&sum),
                            a = crate::evidence::witness::vector(&k),
                            b = crate::evidence::witness::vector(&q),
                        );
                        return Some(Refutation {
                            rule: "subadditivity",
                            witness: self.witness(k.clone(), text),
                            certificate: Certificate::Subadditivity {
                                params: self.params.clone(),
                                time: None,
                                k,
                                q,
                                size: sizes,
                            },
                            from_dimension: 1,
                        });
                    }
                }
            }
        }
        None
    }

    /// ψ(k) = s(0) − s(k) of the one branch that counts, and a bound on its error.
    fn exponent(&self, k: &[f64]) -> Option<(C, f64)> {
        let one = |k: &[f64]| Some((self.single(k)?, self.rates(k)));
        let ((here, rates), (zero, rates_at_zero)) = (one(k)?, one(&[])?);
        let error = self.rate_error(k, &rates, here) + self.rate_error(&[], &rates_at_zero, zero);
        Some(((zero.0 - here.0, zero.1 - here.1), error))
            .filter(|(z, e)| z.0.is_finite() && z.1.is_finite() && e.is_finite())
    }

    /// Σ w̄_i w_j ψ(k_i − k_j) > 0 with Σ w_i = 0. On the points k_1 … k_n beside k_0 = 0 this is a negative eigenvalue
    /// of [ψ(k_i) + ψ*(k_j) − ψ(k_i − k_j)].
    pub(super) fn schoenberg(&self, dim: usize) -> Option<Refutation> {
        for spacing in [1.0, 0.3, 3.0, 0.1, 10.0, 0.03, 30.0] {
            for points in bochner::lattices(self, dim, spacing) {
                if self.eq.ring.work.budget.is_spent() {
                    return None;
                }
                if let Some(found) = self.conditionally_negative(&points, dim) {
                    return Some(found);
                }
            }
        }
        None
    }

    fn conditionally_negative(&self, points: &[Vec<f64>], dim: usize) -> Option<Refutation> {
        let mut known = bochner::Differences::new(self.eq.space, |k| self.exponent(k));
        let n = points.len();
        let mut psi = vec![vec![((0.0, 0.0), 0.0); n]; n];
        for (i, a) in points.iter().enumerate() {
            for (j, b) in points.iter().enumerate() {
                if i != j {
                    psi[i][j] = known.at(a, b)?;
                }
            }
        }
        let reduced: Vec<Vec<C>> = (1..n)
            .map(|i| {
                let entry = |j: usize| {
                    let (here, there, both) = (psi[i][0].0, psi[0][j].0, psi[i][j].0);
                    (here.0 + there.0 - both.0, here.1 + there.1 - both.1)
                };
                (1..n).map(entry).collect()
            })
            .collect();
        let (_, mut weights) = eigen::least(&reduced)?;
        let first = weights.iter().fold((0.0, 0.0), |sum, w| (sum.0 - w.0, sum.1 - w.1));
        weights.insert(0, first);
        let (mut sum, mut size, mut error) = (0.0, 0.0, 0.0);
        for (i, w) in weights.iter().enumerate() {
            for (j, v) in weights.iter().enumerate() {
                // conj(w) v ψ
                let product = (w.0 * v.0 + w.1 * v.1, w.0 * v.1 - w.1 * v.0);
                let (value, rounding) = psi[i][j];
                sum += product.0 * value.0 - product.1 * value.1;
                let weight = product.0.hypot(product.1);
                size += weight * value.0.hypot(value.1);
                error += weight * rounding;
            }
        }
        let bound = 1e-8 * size + 4.0 * error;
        if !bound.is_finite() || sum.is_nan() || sum <= bound {
            return None;
        }
        let weights: Vec<[f64; 2]> = weights.into_iter().map(|(re, im)| [re, im]).collect();
        let text = format!(
            "the sum of w_i w_j psi(k_i - k_j) over {n} wave vectors in {dim} dimension{}{} is {sum:.6e} > 0 for weights \
             with the sum 0 (psi = s(0) - s)",
            if dim == 1 { "" } else { "s" },
            crate::evidence::witness::assignments(self.params),
        );
        Some(Refutation {
            rule: "negative-definite",
            witness: self.witness(points.last()?.clone(), text),
            certificate: Certificate::NegativeDefinite {
                params: self.params.clone(),
                points: points.to_vec(),
                weights,
                value: sum,
            },
            from_dimension: u32::try_from(dim).unwrap_or(u32::MAX),
        })
    }
}
