//! What a solver follows: posterior mean and growth at many points at once.

use std::cell::Cell;
use std::time::{Duration, Instant};

use candle_core::{DType, Device, Tensor, Var};

use crate::denoiser::{Denoiser, Estimate};
use crate::error::{Result, RuntimeError};
use crate::generative_pde::{GenerativePde, Spreading, time_per_log_sigma};

/// The flow `dx/d ln σ = pace (x − E[y | x, σ])` and the growth of the particles on it.
pub trait VelocityField {
    /// Dimension of a point.
    fn dim(&self) -> usize;

    /// The field at the points `x`, row-major `(count, dim)`, all at flow scale `sigma`.
    ///
    /// # Errors
    /// When the field cannot be evaluated.
    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues>;
}

/// A field at many points.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldValues {
    /// `E[y | x, σ]`, `(count, dim)`: where matter at the point flows to, backward in time.
    pub clean: Vec<f64>,
    /// Growth rate per unit of `ln σ`, `(count,)`.
    pub growth: Vec<f64>,
    /// How fast it flows there, `(count, dim)`: see [`GenerativePde`]. `None` where the pace is one everywhere.
    pub pace: Option<Vec<f64>>,
}

/// A field that counts how often it is evaluated, and for how long, and refuses to be evaluated too often.
pub struct Metered<'a> {
    field: &'a dyn VelocityField,
    evaluations: Cell<usize>,
    time: Cell<Duration>,
    most: usize,
}

impl<'a> Metered<'a> {
    /// `field`, with counters at zero.
    pub fn new(field: &'a dyn VelocityField) -> Self {
        Self { field, evaluations: Cell::new(0), time: Cell::new(Duration::ZERO), most: usize::MAX }
    }

    /// The same for a solver that may evaluate it `most` times and chooses its steps itself.
    #[must_use]
    pub fn at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Evaluations so far: the number of function evaluations, NFE.
    pub fn evaluations(&self) -> usize {
        self.evaluations.get()
    }

    /// Wall time they took.
    pub fn time(&self) -> Duration {
        self.time.get()
    }
}

impl VelocityField for Metered<'_> {
    fn dim(&self) -> usize {
        self.field.dim()
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues> {
        if self.evaluations.get() >= self.most {
            return Err(RuntimeError::Sampling(format!(
                "the tolerance needs more than {} evaluations of the network; use a larger --tolerance, a larger --nfe, or a \
                 solver with a fixed number of steps such as heun",
                self.most
            )));
        }
        let begun = Instant::now();
        let values = self.field.evaluate(x, sigma);
        self.evaluations.set(self.evaluations.get() + 1);
        self.time.set(self.time.get() + begun.elapsed());
        values
    }
}

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
    pub(crate) fn numbered_from(self, first: usize) -> Self {
        Self { first, ..self }
    }

    /// The field at the points `x`. `look` sees the network's input `(rows, dim)`, a variable where it is to be
    /// `differentiable`, and its estimate, chunk by chunk, with the number of the first row.
    pub(crate) fn evaluate_and(
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
    pub(crate) fn mean_pace(&self, sigma: f64) -> Option<f64> {
        (self.pde.spreading() != Spreading::SelfSimilar).then(|| {
            self.pde.mean_velocity_over_r(self.dim, self.pde.time(sigma)) * time_per_log_sigma(self.pde, sigma)
        })
    }
}

impl VelocityField for DenoiserField<'_> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues> {
        self.evaluate_and(x, sigma, false, |_, _, _| Ok(()))
    }
}

/// Length beyond which a point is drawn in along its ray before the network sees it: squares of coordinates stay numbers
/// in `f32`. From so far the data are one point, and the direction is all there is to see.
const REACH: f64 = 1e15;

/// Points, `(count, dim)`, for the network.
pub(crate) fn within_reach(x: &[f64], dim: usize) -> Vec<f32> {
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
