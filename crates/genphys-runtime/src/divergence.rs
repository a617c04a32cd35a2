//! The divergence of the flow: how fast it spreads matter out at a point.

use candle_core::{DType, Device, Tensor};
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::empirical_field::EmpiricalField;
use crate::error::{Result, RuntimeError};
use crate::seed::{Purpose, stream};
use crate::velocity_field::{DenoiserField, FieldValues, VelocityField};

/// How the divergence of a network's field is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Divergence {
    /// One differentiation per coordinate.
    Exact,
    /// Hutchinson's estimate `ε·∇(ε·v)` with random signs ε, without bias. The same signs serve a point all along its way
    /// (Grathwohl et al., FFJORD, arXiv 1810.01367).
    Hutchinson {
        /// Random vectors per point; each costs one differentiation.
        probes: usize,
        /// Seed of the signs.
        seed: u64,
    },
}

/// A field whose divergence can be found.
pub trait Divergent: VelocityField {
    /// The field at the points `x`, `(count, dim)`, and the divergence of `dx/d ln σ` there, `(count,)`.
    ///
    /// # Errors
    /// When the field cannot be evaluated or differentiated.
    fn evaluate_with_divergence(&self, x: &[f64], sigma: f64, how: Divergence) -> Result<(FieldValues, Vec<f64>)>;
}

impl Divergent for DenoiserField<'_> {
    fn evaluate_with_divergence(&self, x: &[f64], sigma: f64, how: Divergence) -> Result<(FieldValues, Vec<f64>)> {
        let (dim, mean_pace) = (self.dim(), self.mean_pace(sigma));
        let mut divergence = Vec::with_capacity(x.len() / dim);
        let values = self.evaluate_and(x, sigma, true, |points, estimate, first| {
            // The part that the network decides: of x − E[y | x] the second term alone, so that no digits of it are lost.
            let learned = match &estimate.pace {
                Some(logit) => (points - &estimate.clean)?.broadcast_mul(&logit.exp()?)?,
                None => estimate.clean.neg()?,
            };
            let trace = trace_of_jacobian(&learned, points, how, first)?;
            divergence.extend(trace.into_iter().map(|trace| match mean_pace {
                Some(mean) => mean * trace,
                None => dim as f64 + trace,
            }));
            Ok(())
        })?;
        Ok((values, divergence))
    }
}

/// `Σ ∂v_j/∂x_j` of every row of `(rows, dim)` tensors; `first` is the number of the first row.
fn trace_of_jacobian(v: &Tensor, x: &Tensor, how: Divergence, first: usize) -> Result<Vec<f64>> {
    let (rows, dim) = x.dims2()?;
    let gradient = |scalar: Tensor| -> Result<Tensor> {
        let gradients = scalar.sum_all()?.backward()?;
        let of_x = gradients.get(x).cloned();
        of_x.ok_or_else(|| RuntimeError::Sampling("the network's output does not depend on its input".into()))
    };
    let mut trace = vec![0.0; rows];
    let mut add = |part: Tensor, weight: f64| -> Result<()> {
        let part = part.to_device(&Device::Cpu)?.to_dtype(DType::F32)?.to_vec1::<f32>()?;
        trace.iter_mut().zip(part).for_each(|(trace, part)| *trace += weight * f64::from(part));
        Ok(())
    };
    match how {
        Divergence::Exact => {
            for j in 0..dim {
                add(gradient(v.narrow(1, j, 1)?)?.narrow(1, j, 1)?.squeeze(1)?, 1.0)?;
            }
        }
        Divergence::Hutchinson { probes, seed } => {
            let mut streams: Vec<_> =
                (0..rows).map(|row| stream(seed, Purpose::Probes, (first + row) as u64)).collect();
            for _ in 0..probes.max(1) {
                let sign = |negative: bool| if negative { -1f32 } else { 1.0 };
                let signs = streams.iter_mut().flat_map(|rng| (0..dim).map(|_| sign(rng.random())).collect::<Vec<_>>());
                let signs = Tensor::from_vec(signs.collect::<Vec<f32>>(), (rows, dim), x.device())?;
                let along = gradient((v * &signs)?)?;
                add((along * &signs)?.sum(1)?, 1.0 / probes.max(1) as f64)?;
            }
        }
    }
    Ok(trace)
}

impl Divergent for EmpiricalField<'_> {
    fn evaluate_with_divergence(&self, x: &[f64], sigma: f64, _how: Divergence) -> Result<(FieldValues, Vec<f64>)> {
        Ok((self.evaluate(x, sigma)?, central_divergence(self, x, sigma)?))
    }
}

/// The divergence of `dx/d ln σ` by central differences, for fields in `f64`: good to about eight digits.
///
/// # Errors
/// When the field cannot be evaluated.
pub fn central_divergence(field: &dyn VelocityField, x: &[f64], sigma: f64) -> Result<Vec<f64>> {
    let dim = field.dim();
    let step = 1e-4 * sigma;
    let mut divergence = vec![0.0; x.len() / dim];
    for j in 0..dim {
        let component = |sign: f64| -> Result<Vec<f64>> {
            let mut moved = x.to_vec();
            moved.iter_mut().skip(j).step_by(dim).for_each(|x| *x += sign * step);
            let values = field.evaluate(&moved, sigma)?;
            let pace = |i: usize| values.pace.as_ref().map_or(1.0, |pace| pace[i]);
            Ok((j..x.len()).step_by(dim).map(|i| pace(i) * (moved[i] - values.clean[i])).collect())
        };
        let (above, below) = (component(1.0)?, component(-1.0)?);
        for (sum, (above, below)) in divergence.iter_mut().zip(above.iter().zip(&below)) {
            *sum += (above - below) / (2.0 * step);
        }
    }
    Ok(divergence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data_statistics::DataStatistics;
    use crate::denoiser::Denoiser;
    use crate::generative_pde::GenerativePde;
    use crate::network::{NetworkConfig, NetworkKind, Precision};
    use crate::oracle::{Heat, Poisson};

    /// An untrained network whose parameters are away from zero.
    fn denoiser(pde: &dyn GenerativePde) -> Result<Denoiser> {
        let statistics = DataStatistics::of(&[1.0, 0.2, -0.1, -1.0, 0.5, 0.4, 0.0, -0.6, 0.1, 0.3, -0.8, 0.2], 3)?;
        let config = NetworkConfig {
            kind: NetworkKind::Mlp,
            dim: 3,
            image: None,
            width: 16,
            depth: 2,
            octaves: 1,
            patch: 0,
            embedding: 8,
            classes: 0,
            growth: false,
            pace: 0,
            precision: Precision::F32,
        };
        let denoiser = Denoiser::new(pde, &statistics, &config, 1.0, 5, &Device::Cpu)?;
        for (i, (_, var)) in denoiser.parameters().iter().enumerate() {
            var.set(&var.as_tensor().affine(1.0, 0.05 * (i as f64).sin())?)?;
        }
        Ok(denoiser)
    }

    #[test]
    fn differentiation_agrees_with_differences_and_probes_with_both() -> Result<()> {
        for pde in [&Heat as &dyn GenerativePde, &Poisson] {
            let denoiser = denoiser(pde)?;
            let field = DenoiserField::new(pde, &denoiser, 3);
            let x = [0.3, -0.2, 0.5, 1.5, 0.1, -0.7];
            for sigma in [0.3, 3.0] {
                let (_, exact) = field.evaluate_with_divergence(&x, sigma, Divergence::Exact)?;
                // f32 allows no short steps.
                for (row, exact) in exact.iter().enumerate() {
                    let step = 0.01;
                    let mut sum = 0.0;
                    for j in 0..3 {
                        let at = |sign: f64| -> Result<f64> {
                            let mut moved = x.to_vec();
                            moved[3 * row + j] += sign * step;
                            Ok(moved[3 * row + j] - field.evaluate(&moved, sigma)?.clean[3 * row + j])
                        };
                        sum += (at(1.0)? - at(-1.0)?) / (2.0 * step);
                    }
                    assert!((sum - exact).abs() < 0.01, "{} {sigma}: {sum} and {exact}", pde.name());
                }
                let probes = Divergence::Hutchinson { probes: 400, seed: 2 };
                let (_, estimate) = field.evaluate_with_divergence(&x, sigma, probes)?;
                assert!(exact.iter().zip(&estimate).all(|(a, b)| (a - b).abs() < 0.15), "{exact:?} {estimate:?}");
            }
        }
        Ok(())
    }

    #[test]
    fn probes_belong_to_the_numbers_of_points() -> Result<()> {
        let denoiser = denoiser(&Poisson)?;
        let field = DenoiserField::new(&Poisson, &denoiser, 3);
        let x = [0.3, -0.2, 0.5, 1.5, 0.1, -0.7, 0.0, 2.0, -1.0];
        let of = |first: usize, x: &[f64]| {
            let field = field.clone().numbered_from(first);
            field.evaluate_with_divergence(x, 0.7, Divergence::Hutchinson { probes: 2, seed: 2 })
        };
        let (_, whole) = of(0, &x)?;
        assert_eq!(whole, [of(0, &x[..3])?.1, of(1, &x[3..])?.1].concat());
        assert_ne!(whole[2..], of(0, &x[6..])?.1);
        Ok(())
    }

    #[test]
    fn one_point_spreads_evenly() -> Result<()> {
        // dx/d ln σ = x − y: the divergence is the dimension.
        let field = EmpiricalField::new(&Poisson, &[0.3, -0.4], 2);
        let divergence = central_divergence(&field, &[1.0, 2.0, -3.0, 0.1], 0.7)?;
        assert!(divergence.iter().all(|found| (found - 2.0).abs() < 1e-9), "{divergence:?}");
        Ok(())
    }
}
