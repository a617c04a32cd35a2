//! The field of a trained denoiser, and its divergence.

use candle_core::{DType, Device, Tensor, Var};
use genphys_flow::divergence::{Divergence, Divergent};
use genphys_flow::velocity_field::{FieldValues, VelocityField};
use genphys_flow::{FieldError, GenerativePde, Spreading, time_per_log_sigma};
use genphys_numeric::seed::{Purpose, stream};
use rand::Rng;

use crate::denoiser::{Denoiser, Estimate};
use crate::error::{Result, RuntimeError};

/// The field of a trained denoiser. Growth is relative to a point source at the data mean.
#[derive(Clone)]
pub struct DenoiserField<'a> {
    pde: &'a dyn GenerativePde,
    denoiser: &'a Denoiser,
    dim: usize,
    class: Option<u32>,
    /// Number of the first point.
    first: usize,
}

impl<'a> DenoiserField<'a> {
    /// The field of `denoiser` for data of dimension `dim`, of all classes.
    pub fn new(pde: &'a dyn GenerativePde, denoiser: &'a Denoiser, dim: usize) -> Self {
        Self { pde, denoiser, dim, class: None, first: 0 }
    }

    /// The field of one class, for a denoiser that was trained with classes.
    #[must_use]
    pub fn of_class(self, class: u32) -> Self {
        Self { class: Some(class), ..self }
    }

    /// The same for points numbered from `first` on, where a number decides what is drawn for a point.
    #[must_use]
    pub fn numbered_from(self, first: usize) -> Self {
        Self { first, ..self }
    }

    /// The field at the points `x`. `look` sees the network's input `(rows, dim)`, a variable where it is to be
    /// `differentiable`, and its estimate, chunk by chunk, with the number of the first row.
    fn evaluate_and(
        &self,
        x: &[f64],
        sigma: f64,
        differentiable: bool,
        mut look: impl FnMut(&Tensor, &Estimate, usize) -> Result<()>,
    ) -> Result<FieldValues> {
        let t = self.pde.time(sigma);
        let spread = self.pde.spread(t) as f32;
        let device = self.denoiser.device();
        let size = self.denoiser.points_at_once();
        let mut values = FieldValues { clean: Vec::with_capacity(x.len()), growth: Vec::new(), pace: None };
        let mut logits = Vec::new();
        for (chunk, x) in x.chunks(size * self.dim).enumerate() {
            let count = x.len() / self.dim;
            let points = Tensor::from_vec(within_reach(x, self.dim), (count, self.dim), device)?;
            let points = if differentiable { Var::from_tensor(&points)?.into_inner() } else { points };
            let spread = Tensor::full(spread, (count, 1), device)?;
            let labels = self.class.map(|class| Tensor::full(class, count, device)).transpose()?;
            let estimate = self.denoiser.estimate_of_class(&points, &spread, labels.as_ref())?;
            copy_out(&estimate.clean, &mut values.clean)?;
            match &estimate.growth {
                Some(rate) => copy_out(rate, &mut values.growth)?,
                None => values.growth.resize(values.growth.len() + count, 0.0),
            }
            if let Some(pace) = &estimate.pace {
                copy_out(&pace.broadcast_as((count, self.dim))?, &mut logits)?;
            }
            look(&points, &estimate, self.first + chunk * size)?;
        }
        if let Some(mean) = self.mean_pace(sigma) {
            values.pace = Some(logits.into_iter().map(|logit: f64| mean * logit.exp()).collect());
        }
        Ok(values)
    }

    /// The pace that a logit of zero stands for; `None` where the pace is one everywhere.
    fn mean_pace(&self, sigma: f64) -> Option<f64> {
        (self.pde.spreading() != Spreading::SelfSimilar).then(|| {
            self.pde.mean_velocity_over_r(self.dim, self.pde.time(sigma)) * time_per_log_sigma(self.pde, sigma)
        })
    }
}

impl VelocityField for DenoiserField<'_> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues, FieldError> {
        Ok(self.evaluate_and(x, sigma, false, |_, _, _| Ok(()))?)
    }
}

/// Length beyond which a point is drawn in along its ray before the network sees it: squares of coordinates stay
/// numbers in `f32`. From so far the data are one point, and the direction is all there is to see.
const REACH: f64 = 1e15;

/// Points, `(count, dim)`, for the network.
fn within_reach(x: &[f64], dim: usize) -> Vec<f32> {
    let mut points = Vec::with_capacity(x.len());
    for x in x.chunks_exact(dim) {
        let largest = x.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
        let factor = if largest > REACH { REACH / largest } else { 1.0 };
        points.extend(x.iter().map(|x| (x * factor) as f32));
    }
    points
}

fn copy_out(tensor: &Tensor, out: &mut Vec<f64>) -> Result<()> {
    let values = tensor.detach().flatten_all()?.to_device(&Device::Cpu)?.to_dtype(DType::F32)?.to_vec1::<f32>()?;
    if values.iter().any(|value| !value.is_finite()) {
        return Err(RuntimeError::Sampling("the network returned a value that is not a finite number".into()));
    }
    out.extend(values.into_iter().map(f64::from));
    Ok(())
}

impl Divergent for DenoiserField<'_> {
    fn evaluate_with_divergence(
        &self,
        x: &[f64],
        sigma: f64,
        how: Divergence,
    ) -> Result<(FieldValues, Vec<f64>), FieldError> {
        let (dim, mean_pace) = (self.dim(), self.mean_pace(sigma));
        let mut divergence = Vec::with_capacity(x.len() / dim);
        let values = self.evaluate_and(x, sigma, true, |points, estimate, first| {
            // The part that the network decides: of x − E[y | x] the second term alone, so that no digits of it are
            // lost.
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

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_data::statistics::DataStatistics;
    use genphys_flow::fixture::{Heat, Poisson};
    use genphys_nn::network::{NetworkConfig, NetworkKind, Precision};

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
}
