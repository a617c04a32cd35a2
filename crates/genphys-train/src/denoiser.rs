//! The learned posterior mean.

use std::sync::Arc;

use candle_core::{Device, Tensor};

use crate::error::Result;
use crate::precondition::{Preconditioner, Scales};
use genphys_data::statistics::DataStatistics;
use genphys_flow::GenerativePde;
use genphys_gpu::tensors::estimate as on_gpu;
use genphys_nn::network::{Condition, Network, NetworkConfig, NetworkFn, NetworkSetup, ParameterStore, build_of};

/// Points per network evaluation on devices other than a CPU.
const DEVICE_POINTS: usize = 8192;

/// `D(x, t) ≈ E[y | x, t]`: where the matter found at `x` came from, on average.
///
/// Where particles are born or die it also estimates the growth rate, relative to that of a lone point source at the
/// data mean: see [`PointSource`](genphys_flow::point_source::PointSource).
#[derive(Clone, Debug)]
pub struct Denoiser {
    network: Arc<dyn Network>,
    parameters: ParameterStore,
    preconditioner: Preconditioner,
    growth_scale: f64,
    /// The label of every example that has none of its own.
    label: Option<u32>,
}

/// What a denoiser says about a batch.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// `E[y | x, t]`, `(batch, dim)`.
    pub clean: Tensor,
    /// Relative growth per unit of `ln σ`, `(batch,)`; only where particles are born or die.
    pub growth: Option<Tensor>,
    /// Logit of the pace, `(batch, k)`, see [`pace`](crate::pace); only where the process is not self-similar.
    pub pace: Option<Tensor>,
    /// Weight of the squared error of `clean`, `(batch, 1)`: the EDM weight at the example's noise level.
    pub loss_weight: Tensor,
    /// Whether kernels of ours form the error, on a GPU.
    pub(crate) on_gpu: bool,
}

impl Estimate {
    /// Mean squared error of `clean` for data points `y`, `(batch, dim)`, weighted so that every noise level counts
    /// alike (EDM, arXiv 2206.00364, eq. 8), and by `weight`, `(batch, 1)` or `(batch, dim)`.
    ///
    /// # Errors
    /// When the shapes do not fit.
    pub fn weighted_error(&self, y: &Tensor, weight: &Tensor) -> Result<Tensor> {
        if self.on_gpu {
            return Ok(on_gpu::weighted_error(&self.clean, y, [&self.loss_weight, weight])?);
        }
        let squared_error = (&self.clean - y)?.sqr()?;
        Ok(squared_error.broadcast_mul(&self.loss_weight)?.broadcast_mul(weight)?.mean_all()?)
    }
}

impl Denoiser {
    /// An untrained denoiser. `growth_scale` is the typical size of the relative growth.
    ///
    /// # Errors
    /// When a size is zero or the device has no room.
    pub fn new(
        pde: &dyn GenerativePde,
        statistics: &DataStatistics,
        config: &NetworkConfig,
        growth_scale: f64,
        seed: u64,
        setup: impl Into<NetworkSetup>,
    ) -> Result<Self> {
        let setup = setup.into();
        let store = ParameterStore::new(&setup.backend, seed);
        Self::with_parameters(pde, statistics, config, growth_scale, store, setup.own)
    }

    /// A denoiser whose parameters are created in this store, in a program with this network of its own.
    pub(crate) fn with_parameters(
        pde: &dyn GenerativePde,
        statistics: &DataStatistics,
        config: &NetworkConfig,
        growth_scale: f64,
        mut parameters: ParameterStore,
        own: Option<NetworkFn>,
    ) -> Result<Self> {
        let network = build_of(&mut parameters, config, own)?;
        let preconditioner = Preconditioner::new(pde, statistics, parameters.backend())?;
        Ok(Self { network, parameters, preconditioner, growth_scale, label: None })
    }

    /// The same network, with the same parameters, for another equation.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn for_equation(
        &self,
        pde: &dyn GenerativePde,
        statistics: &DataStatistics,
        growth_scale: f64,
    ) -> Result<Self> {
        let preconditioner = Preconditioner::new(pde, statistics, self.parameters.backend())?;
        Ok(Self { preconditioner, growth_scale, ..self.clone() })
    }

    /// A denoiser that gives the network this label where an example has none: the number of the equation, where one
    /// network learns several.
    #[must_use]
    pub fn with_label(self, label: Option<u32>) -> Self {
        Self { label, ..self }
    }

    /// Estimates for points `x`, `(batch, dim)`, at times when the process has the given `spread`, `(batch, 1)`,
    /// whatever their class.
    ///
    /// # Errors
    /// When the shapes do not fit.
    pub fn estimate(&self, x: &Tensor, spread: &Tensor) -> Result<Estimate> {
        self.estimate_of_class(x, spread, None)
    }

    /// The same for points whose classes are told, `(batch,)` of `u32`; the number of classes stands for any class.
    ///
    /// # Errors
    /// When the shapes do not fit, or the network knows no classes.
    pub fn estimate_of_class(&self, x: &Tensor, spread: &Tensor, labels: Option<&Tensor>) -> Result<Estimate> {
        let prepared = self.preconditioner.prepare(x, spread)?;
        let Scales { level, ratio, loss_weight, .. } = &prepared.scales;
        let own = match (labels, self.label) {
            (None, Some(label)) => Some(Tensor::full(label, x.dim(0)?, x.device())?),
            _ => None,
        };
        let labels = labels.or(own.as_ref());
        let output = self.network.forward(&prepared.input, &Condition { level, ratio, labels })?;
        let clean = self.preconditioner.denoised(&output.point, x, &prepared)?;
        let growth = output.growth.map(|growth| growth.affine(self.growth_scale, 0.0)).transpose()?;
        Ok(Estimate {
            clean,
            growth,
            pace: output.pace,
            loss_weight: loss_weight.clone(),
            on_gpu: self.preconditioner.on_gpu,
        })
    }

    /// Weight of the squared error of the growth: it makes an untrained head's loss about one tenth.
    pub fn growth_weight(&self) -> f64 {
        0.1 / (self.growth_scale * self.growth_scale)
    }

    /// The parameters. They are shared with the network: changing them changes the estimates.
    pub fn parameters(&self) -> &ParameterStore {
        &self.parameters
    }

    /// Points that the network is best asked about at once.
    pub fn points_at_once(&self) -> usize {
        if self.device().is_cpu() { self.network.points_at_once() } else { DEVICE_POINTS }
    }

    /// The device the network runs on.
    pub fn device(&self) -> &Device {
        self.parameters.device()
    }
}
