//! Networks written with candle-nn: any [`candle_nn::Module`] from rows to rows, its variables in our store.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{DType, Device, Error, Shape, Tensor};
use candle_nn::init::NormalOrUniform;
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, Module, VarBuilder};

use super::Network;
use super::config::NetworkConfig;
use super::head::{NetworkOutput, Outputs};
use super::noise_embedding::{Condition, Told, frequencies};
use super::parameter_store::{Initial, ParameterStore};
use crate::error::{NnError, Result};

/// A network that is a module of candle-nn.
///
/// The module maps `(batch, inputs)` to `(batch, outputs)`. Its inputs are the point, then what networks of ours are
/// told too: the noise level with 24 waves of it, the ratio with 24 waves, and what is told of the class. Its outputs
/// are the point and the heads that the equation asks for. Each output is multiplied by a factor that is learned and
/// starts at zero, so that the untrained network returns zero, whatever the module's own initial values.
///
/// Variables are drawn from the run's seed, which candle's own generator could not promise. What a module keeps beside
/// its variables, such as the running statistics of a batch norm, is not in checkpoints. A module must be
/// differentiable: candle-nn's fused `softmax_last_dim`, `layer_norm` with a bias and `rms_norm` are not. It is used by
/// several threads, which candle-nn's `Sequential` cannot be: a struct of layers can.
pub struct CandleNetwork {
    module: Box<dyn Module + Send + Sync>,
    told: Told,
    /// `(1, count)`.
    frequencies: Tensor,
    factors: Tensor,
    outputs: Outputs,
    kind: &'static str,
}

/// Columns of the module's input and output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleSize {
    /// Of the point, the first of the inputs.
    pub dim: usize,
    /// Of the input.
    pub inputs: usize,
    /// Of the output.
    pub outputs: usize,
}

impl ModuleSize {
    /// What a module sees and returns in a network of this configuration.
    pub fn of(config: &NetworkConfig) -> Self {
        let of_level = 1 + 2 * frequencies().len();
        let of_class = if config.classes > 0 { config.embedding } else { 0 };
        let outputs = config.dim + usize::from(config.growth) + config.pace;
        Self { dim: config.dim, inputs: config.dim + 2 * of_level + of_class, outputs }
    }
}

impl CandleNetwork {
    /// Builds a module whose variables are created in the store, under `module.` and their names.
    ///
    /// # Errors
    /// When the module cannot be built, or does not map rows of these sizes to each other.
    pub fn build<M: Module + Send + Sync + 'static>(
        store: &mut ParameterStore,
        config: &NetworkConfig,
        make: impl FnOnce(VarBuilder<'_>, ModuleSize) -> candle_core::Result<M>,
    ) -> Result<Arc<dyn Network>> {
        config.check()?;
        let size = ModuleSize::of(config);
        let frequencies = Tensor::from_vec(frequencies(), (1, frequencies().len()), store.device())?;
        let told = Told::new(store, config.embedding, config.classes)?;
        let factors = store.create("factors", &[1, size.outputs], Initial::Zeros)?;
        let module = in_store(store, |variables| make(variables.pp("module"), size))?;
        let network = Self {
            module: Box::new(module),
            told,
            frequencies,
            factors,
            outputs: Outputs::of_vectors(config),
            kind: std::any::type_name::<M>(),
        };
        // Now rather than in the first step.
        let probe = Tensor::zeros((2, size.inputs), DType::F32, store.device())?;
        let found = network.module.forward(&probe)?;
        if found.dims() != [2, size.outputs] || found.dtype() != DType::F32 {
            return Err(NnError::Setting(format!(
                "the network's module maps (2, {}) to {:?} of {:?}, not to (2, {}) of F32",
                size.inputs,
                found.dims(),
                found.dtype(),
                size.outputs
            )));
        }
        Ok(Arc::new(network))
    }
}

impl fmt::Debug for CandleNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CandleNetwork({})", self.kind)
    }
}

impl Network for CandleNetwork {
    fn forward(&self, x: &Tensor, condition: &Condition<'_>) -> Result<NetworkOutput> {
        let mut input = vec![x.clone()];
        for told in [condition.level, condition.ratio] {
            let phases = told.broadcast_mul(&self.frequencies)?;
            input.extend([told.clone(), phases.cos()?, phases.sin()?]);
        }
        input.extend(self.told.class(x.dim(0)?, condition.labels)?);
        self.outputs.split(&self.module.forward(&Tensor::cat(&input, 1)?)?.broadcast_mul(&self.factors)?)
    }

    fn points_at_once(&self) -> usize {
        4096
    }
}

/// Calls a function with candle-nn's view of the store: the variables it asks for are created there.
///
/// # Errors
/// When the function fails, or asks for what the store cannot give.
pub(super) fn in_store<T>(
    store: &mut ParameterStore,
    make: impl FnOnce(VarBuilder<'_>) -> candle_core::Result<T>,
) -> Result<T> {
    let device = store.device().clone();
    let empty = ParameterStore::new(store.backend(), 0);
    let shared = Arc::new(Mutex::new(std::mem::replace(store, empty)));
    let variables = Variables(Arc::clone(&shared));
    let made = make(VarBuilder::from_backend(Box::new(variables), DType::F32, device));
    std::mem::swap(store, &mut shared.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(made?)
}

/// The store as candle-nn sees it.
struct Variables(Arc<Mutex<ParameterStore>>);

impl SimpleBackend for Variables {
    /// A variable that is asked for again is shared.
    fn get(&self, shape: Shape, name: &str, init: Init, dtype: DType, _: &Device) -> candle_core::Result<Tensor> {
        if dtype != DType::F32 {
            return Err(Error::Msg(format!("variable {name} is wanted as {dtype:?}; parameters are F32")));
        }
        let mut store = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = store.get(name) {
            if known.shape() != &shape {
                let (wanted, is) = (shape.dims(), known.dims());
                return Err(Error::Msg(format!("variable {name} is wanted as {wanted:?}, and is {is:?}")));
            }
            return Ok(known);
        }
        store.create(name, shape.dims(), initial(init, &shape)).map_err(|error| Error::Msg(error.to_string()))
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> candle_core::Result<Tensor> {
        let store = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        store.get(name).ok_or_else(|| Error::Msg(format!("there is no variable {name} yet, and its shape is not told")))
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).is_some()
    }
}

/// candle-nn's initial values as ours, which come from a seed.
fn initial(init: Init, shape: &Shape) -> Initial {
    match init {
        Init::Const(value) => Initial::Constant(value),
        Init::Randn { mean, stdev } => Initial::Around { mean, deviation: stdev },
        Init::Uniform { lo, up } => Initial::Uniform { low: lo, high: up },
        Init::Kaiming { dist, fan, non_linearity } => {
            let deviation = non_linearity.gain() / (fan.for_shape(shape).max(1) as f64).sqrt();
            match dist {
                NormalOrUniform::Normal => Initial::Normal(deviation),
                NormalOrUniform::Uniform => {
                    let bound = 3f64.sqrt() * deviation;
                    Initial::Uniform { low: -bound, high: bound }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::test_support::{check_of, image_config};
    use crate::network::{ImageSize, NetworkKind};
    use candle_nn::{LayerNorm, Linear, linear};

    /// An MLP of candle-nn, with a normalisation that has a gradient.
    struct Mlp {
        first: Linear,
        norm: LayerNorm,
        last: Linear,
    }

    impl Module for Mlp {
        fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
            self.last.forward(&self.norm.forward(&self.first.forward(x)?)?.silu()?)
        }
    }

    fn mlp(variables: VarBuilder<'_>, size: ModuleSize) -> candle_core::Result<Mlp> {
        let layer = |name: &str, inputs, outputs| linear(inputs, outputs, variables.pp(name));
        let scale = variables.get_with_hints(16, "norm.weight", Init::Const(1.0))?;
        Ok(Mlp {
            first: layer("first", size.inputs, 16)?,
            norm: LayerNorm::new_no_bias(scale, 1e-5),
            last: layer("last", 16, size.outputs)?,
        })
    }

    fn network(store: &mut ParameterStore, config: &NetworkConfig) -> Result<Arc<dyn Network>> {
        CandleNetwork::build(store, config, mlp)
    }

    fn config(classes: usize) -> NetworkConfig {
        let image = ImageSize { height: 3, width: 1, channels: 1 };
        NetworkConfig { image: None, classes, ..image_config(NetworkKind::Own, image, 3) }
    }

    #[test]
    fn starts_at_zero_and_learns_through_every_variable() -> Result<()> {
        check_of(&config(3), Some(network))?;
        check_of(&NetworkConfig { growth: false, pace: 0, ..config(0) }, Some(network))
    }

    #[test]
    fn variables_come_from_the_seed_and_have_their_names() -> Result<()> {
        let values = |seed| -> Result<Vec<(String, Vec<f32>)>> {
            let mut store = ParameterStore::new(&Device::Cpu, seed);
            network(&mut store, &config(0))?;
            let all = store.parameters()?.into_iter();
            all.map(|(name, tensor)| Ok((name.to_owned(), tensor.flatten_all()?.to_vec1::<f32>()?))).collect()
        };
        let found = values(5)?;
        assert_eq!(found, values(5)?);
        assert_ne!(found, values(6)?);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.contains(&"module.first.weight") && names.contains(&"factors"), "{names:?}");
        // As candle-nn's linear layer asks for them: normal, of Kaiming's deviation; and uniform, within a bound.
        let values = |wanted: &str| found.iter().find(|(name, _)| name == wanted).map_or(&[][..], |(_, values)| values);
        let weight = values("module.first.weight");
        let deviation = (weight.iter().map(|value| value * value).sum::<f32>() / weight.len() as f32).sqrt();
        assert!((deviation / (2.0f32 / 53.0).sqrt() - 1.0).abs() < 0.1, "{deviation}");
        let largest = values("module.first.bias").iter().fold(0f32, |largest, value| largest.max(value.abs()));
        let bound = 1.0 / 53f32.sqrt();
        assert!(largest <= bound && largest > 0.7 * bound, "{largest} {bound}");
        assert_eq!(values("module.norm.weight"), [1.0; 16]);
        Ok(())
    }

    #[test]
    fn a_module_of_another_size_or_type_is_refused() {
        let message = |make: fn(VarBuilder<'_>, ModuleSize) -> candle_core::Result<candle_nn::Linear>| {
            let mut store = ParameterStore::new(&Device::Cpu, 0);
            let built = CandleNetwork::build(&mut store, &config(0), make).map(|_| ());
            built.unwrap_err().to_string()
        };
        let narrow = message(|variables, size| linear(size.inputs, size.outputs - 1, variables));
        assert!(narrow.contains("maps (2, 53) to [2, 6]"), "{narrow}");
        let twice = message(|variables, size| {
            linear(size.inputs, size.outputs, variables.clone())?;
            linear(size.inputs, size.outputs + 1, variables)
        });
        assert!(twice.contains("is wanted as [8, 53], and is [7, 53]"), "{twice}");
        let halves = message(|variables, size| linear(size.inputs, size.outputs, variables.to_dtype(DType::F16)));
        assert!(halves.contains("F16"), "{halves}");
    }
}
