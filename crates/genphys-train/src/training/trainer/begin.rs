//! A fresh training: everything that is decided before the first step.

use candle_core::Device;

use super::Trainer;
use crate::advice::noise_range;
use crate::error::{Result, RuntimeError};
use crate::loss::LossFn;
use crate::perturb::{CleanBatch, growth_scale};
use crate::training::config::TrainConfig;
use crate::training::examples::Examples;
use crate::training::model_config::{Member, ModelConfig, image_size, owned_params, pace_of};
use genphys_data::Dataset;
use genphys_data::statistics::DataStatistics;
use genphys_flow::GenerativePde;
use genphys_nn::network::{NetworkConfig, NetworkKind, NetworkSetup, ParameterStore};
use genphys_numeric::seed::{Purpose, stream};

/// Width of the embedded noise level in an MLP.
const EMBEDDING: usize = 64;
/// The same in networks for images, which are told their class there as well.
const IMAGE_EMBEDDING: usize = 128;
/// Longer side of the image above which a DiT's tokens are squares of four by four pixels instead of two by two.
const LARGE_PATCHES_ABOVE: usize = 16;
/// Octaves of Fourier features of the coordinates, in few dimensions.
const OCTAVES: usize = 3;
/// Dimension above which coordinates get no Fourier features.
const FOURIER_LIMIT: usize = 16;
/// Examples from which the typical growth is estimated, and most of their values at a time.
const CALIBRATION: usize = 4096;
const CALIBRATION_VALUES: usize = 1 << 22;

impl<'a> Trainer<'a> {
    /// A fresh training on `data`, of which a part is held out. `source` is the data as the user named them.
    ///
    /// # Errors
    /// When a setting is out of range or the data do not vary.
    pub fn new(
        pde: &'a dyn GenerativePde,
        loss: LossFn,
        source: &str,
        data: &Dataset,
        training: TrainConfig,
        setup: impl Into<NetworkSetup>,
    ) -> Result<Self> {
        Self::jointly(&[pde], loss, source, data, training, setup)
    }

    /// A fresh training of one network for several equations, the same one with other values of its parameters. They
    /// take turns, a batch each, and the network is told which it is as it would be told a class.
    ///
    /// # Errors
    /// When a setting is out of range, the data do not vary, or the network should learn classes too.
    pub fn jointly(
        pdes: &[&'a dyn GenerativePde],
        loss: LossFn,
        source: &str,
        data: &Dataset,
        training: TrainConfig,
        setup: impl Into<NetworkSetup>,
    ) -> Result<Self> {
        let setup = setup.into();
        training.check()?;
        let [pde, others @ ..] = pdes else {
            return Err(RuntimeError::Setting("there is no equation to learn".into()));
        };
        let differs = |other: &&dyn GenerativePde| other.equation() != pde.equation() || other.dims() != pde.dims();
        if others.iter().any(differs) {
            return Err(RuntimeError::Setting("one network learns one equation with several values only".into()));
        }
        if training.conditional && !others.is_empty() {
            return Err(RuntimeError::Setting("one network cannot learn several values and classes too".into()));
        }
        let (train, _) = data.split(training.held_out, training.seed)?;
        let statistics = DataStatistics::of(&train.points, data.dim())?;
        if !pde.dims().contains(&data.dim()) {
            let (name, dims, found) = (pde.name(), pde.dims(), data.dim());
            let wanted = if dims.start() == dims.end() { format!("{}", dims.start()) } else { format!("{dims:?}") };
            let message =
                format!("`{name}` is an equation in {wanted} dimensions, and {} has {found} per example", data.name);
            return Err(RuntimeError::Setting(message));
        }
        let examples = Examples::new(train, &training)?;
        let member = |pde: &&dyn GenerativePde| member(*pde, &examples, &statistics, training.seed);
        let members = pdes.iter().map(member).collect::<Result<Vec<_>>>()?;
        let kind = training.network;
        let image = if kind == NetworkKind::Mlp { None } else { image_size(&data.shape) };
        let network = NetworkConfig {
            kind,
            dim: data.dim(),
            image,
            width: training.width,
            depth: training.depth,
            octaves: if kind == NetworkKind::Mlp && data.dim() <= FOURIER_LIMIT { OCTAVES } else { 0 },
            patch: match image {
                Some(image) if kind == NetworkKind::Dit && image.height.max(image.width) > LARGE_PATCHES_ABOVE => 4,
                Some(_) if kind == NetworkKind::Dit => 2,
                _ => 0,
            },
            embedding: if kind == NetworkKind::Mlp { EMBEDDING } else { IMAGE_EMBEDDING },
            classes: if others.is_empty() { examples.classes() } else { members.len() },
            growth: !pde.growth_is_uniform(),
            pace: pace_of(*pde, data.dim()),
            precision: training.precision,
        };
        let config = ModelConfig {
            pde: pde.name().to_owned(),
            equation: pde.equation().to_owned(),
            data: source.to_owned(),
            data_name: data.name.clone(),
            reading: data.reading.clone(),
            shape: data.shape.clone(),
            normalisation: data.normalisation.clone(),
            sigma_data: statistics.sigma_data,
            whitened_norm: statistics.whitened_norm,
            whitened_deviation: statistics.whitened_deviation,
            network,
            class_names: if training.conditional { data.class_names.clone() } else { Vec::new() },
            training,
            members,
        };
        let store = ParameterStore::new(&setup.backend, config.training.seed);
        Self::assemble(pdes, loss, config, statistics, examples, (store, setup.own))
    }
}

/// What belongs to an equation: its noise levels for the data, and how much particles typically grow.
fn member(pde: &dyn GenerativePde, examples: &Examples, statistics: &DataStatistics, seed: u64) -> Result<Member> {
    let (schedule, _) = noise_range(pde, statistics);
    let mut growth = 1.0;
    if !pde.growth_is_uniform() {
        let mut rng = stream(seed, Purpose::Calibration, 0);
        // In portions: of large points all at once would take more memory than the training.
        let portion = (CALIBRATION_VALUES / statistics.dim()).clamp(1, CALIBRATION);
        let (mut left, mut squares) = (CALIBRATION, 0.0);
        while left > 0 {
            let count = portion.min(left);
            let points = examples.points(count, &mut rng);
            let mut clean = CleanBatch::new(points, &statistics.mean, &schedule, rng, &Device::Cpu);
            squares += growth_scale(pde, &mut clean)?.powi(2) * count as f64;
            (rng, left) = (clean.rng, left - count);
        }
        growth = (squares / CALIBRATION as f64).sqrt();
    }
    Ok(Member { params: owned_params(pde), schedule, growth_scale: growth })
}
