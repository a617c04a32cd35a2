//! Named parameters: seeded initial values, a fixed order, safetensors in and out.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use candle_core::{DType, Device, Tensor, Var};
use rand::Rng;
use rand_distr::StandardNormal;

use super::config::{NetworkConfig, NetworkKind};
use crate::error::{NnError, Result};
use genphys_gpu::{Backend, Kernels};
use genphys_numeric::seed::{Purpose, stream};

/// How a parameter starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial {
    /// All zeros.
    Zeros,
    /// Independent normal values with this standard deviation.
    Normal(f64),
    /// The same around another mean.
    Around {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        deviation: f64,
    },
    /// Independent values, all between these alike probable.
    Uniform {
        /// The smallest.
        low: f64,
        /// The largest.
        high: f64,
    },
    /// All the same.
    Constant(f64),
}

/// Name, shape and initial values of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name, such as `block0.inner.weight`.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// How it starts.
    pub initial: Initial,
}

/// Parameters that were created together.
#[derive(Clone, Debug)]
pub enum Parameters {
    /// All values, one parameter after the other, `(count,)`.
    Vector(Tensor),
    /// A tensor for each: where layers are composed of candle's operations a part of a vector would be copied, and its
    /// gradient be a vector of zeros.
    Each(Vec<Tensor>),
}

/// The parameters of a network, by name. Values are `f32`.
///
/// The order is that of the names, so sums over parameters and files written from them are the same in every run.
/// Several parameters may lie in one vector, one after the other, for a layer that wants them so; in files each has its
/// own name and shape all the same.
#[derive(Clone, Debug)]
pub struct ParameterStore {
    vectors: BTreeMap<String, Vector>,
    backend: Backend,
    seed: u64,
    frozen: bool,
    /// What a file has for it, where it is to be filled from one.
    known: Option<Arc<Known>>,
}

/// The shapes of the parameters in a file.
#[derive(Debug)]
struct Known {
    path: PathBuf,
    shapes: HashMap<String, Vec<usize>>,
}

/// What is trained as one: a parameter, or several in a row.
#[derive(Clone, Debug)]
struct Vector {
    var: Var,
    parts: Vec<Parameter>,
}

impl Vector {
    /// The parameters in a tensor of the variable's shape.
    fn split(&self, tensor: &Tensor) -> Result<Vec<(&str, Tensor)>> {
        let (flat, mut start) = (tensor.flatten_all()?, 0);
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let count = part.shape.iter().product();
            parts.push((part.name.as_str(), flat.narrow(0, start, count)?.reshape(part.shape.as_slice())?));
            start += count;
        }
        Ok(parts)
    }
}

impl ParameterStore {
    /// An empty store on a device, or a device with a choice of kernels; initial values will be drawn from `seed`.
    pub fn new(backend: impl Into<Backend>, seed: u64) -> Self {
        Self { vectors: BTreeMap::new(), backend: backend.into(), seed, frozen: false, known: None }
    }

    /// The same for a network that will not be trained: what it computes keeps no record for a gradient with respect to
    /// the parameters, which would hold every activation until the end.
    pub fn frozen(backend: impl Into<Backend>, seed: u64) -> Self {
        Self { frozen: true, ..Self::new(backend, seed) }
    }

    /// The same for parameters that will be read from `tensors` of the file `path`, where each has `prefix` before its
    /// name: others are refused before there is room made for them.
    #[must_use]
    pub fn to_be_read(self, tensors: &HashMap<String, Tensor>, prefix: &str, path: &Path) -> Self {
        let shape =
            |(name, tensor): (&String, &Tensor)| Some((name.strip_prefix(prefix)?.to_owned(), tensor.dims().to_vec()));
        let shapes = tensors.iter().filter_map(shape).collect();
        Self { known: Some(Arc::new(Known { path: path.to_owned(), shapes })), ..self }
    }

    /// Looks whether the file that it will be read from, if any, may hold a network of this size, before one is
    /// described.
    pub(super) fn check_sizes(&self, config: &NetworkConfig) -> Result<()> {
        let Some(known) = &self.known else { return Ok(()) };
        if config.kind == NetworkKind::Own {
            // What its sizes mean it knows itself.
            return Ok(());
        }
        let wide = known.shapes.values().any(|shape| shape.contains(&config.width));
        if wide && config.depth <= known.shapes.len() {
            return Ok(());
        }
        Err(NnError::File {
            path: known.path.clone(),
            expected: format!("a network of width {} and depth {}", config.width, config.depth),
            found: format!("{} parameters of other sizes", known.shapes.len()),
        })
    }

    /// Adds a parameter and returns it. The name must be new.
    ///
    /// # Errors
    /// When the name is taken or the device has no room.
    pub fn create(&mut self, name: &str, shape: &[usize], initial: Initial) -> Result<Tensor> {
        let parameter = Parameter { name: name.to_owned(), shape: shape.to_vec(), initial };
        self.add(name, vec![parameter], shape)
    }

    /// Adds several parameters for layers that are applied together: as one vector, or each by itself where the
    /// layers are candle's. The names must be new.
    ///
    /// # Errors
    /// When a name is taken or the device has no room.
    pub fn create_all(&mut self, name: &str, parts: Vec<Parameter>) -> Result<Parameters> {
        if self.kernels() == Kernels::Candle {
            let create = |part: Parameter| self.create(&part.name, &part.shape, part.initial);
            return Ok(Parameters::Each(parts.into_iter().map(create).collect::<Result<_>>()?));
        }
        let count: usize = parts.iter().map(|part| part.shape.iter().product::<usize>()).sum();
        Ok(Parameters::Vector(self.add(name, parts, &[count])?))
    }

    fn add(&mut self, name: &str, parts: Vec<Parameter>, shape: &[usize]) -> Result<Tensor> {
        let taken = |name: &str| self.names().any(|other| other == name);
        if let Some(part) = parts.iter().find(|part| taken(&part.name)) {
            return Err(NnError::Setting(format!("there are two parameters named {}", part.name)));
        }
        if let Some(known) = &self.known {
            parts.iter().try_for_each(|part| known.check(part))?;
        }
        let (before, mut data) = (self.names().count(), Vec::new());
        for (i, part) in parts.iter().enumerate() {
            let count = part.shape.iter().product();
            // candle's CPU generator cannot be seeded, hence our own stream, one per parameter.
            let mut rng = stream(self.seed, Purpose::Parameters, (before + i) as u64);
            let mut normal = |mean: f64, deviation: f64| {
                data.extend((0..count).map(|_| (rng.sample::<f64, _>(StandardNormal) * deviation + mean) as f32));
            };
            match part.initial {
                Initial::Zeros => data.resize(data.len() + count, 0f32),
                Initial::Constant(value) => data.resize(data.len() + count, value as f32),
                Initial::Normal(deviation) => normal(0.0, deviation),
                Initial::Around { mean, deviation } => normal(mean, deviation),
                Initial::Uniform { low, high } => {
                    data.extend((0..count).map(|_| (low + (high - low) * rng.random::<f64>()) as f32));
                }
            }
        }
        let var = Var::from_vec(data, shape, self.device())?;
        let tensor = self.tensor(&var);
        self.vectors.insert(name.to_owned(), Vector { var, parts });
        Ok(tensor)
    }

    /// What networks are made of; it shares its values with the variable.
    fn tensor(&self, var: &Var) -> Tensor {
        if self.frozen { var.as_tensor().detach() } else { var.as_tensor().clone() }
    }

    /// A parameter that stands alone, if there is one of this name.
    pub fn get(&self, name: &str) -> Option<Tensor> {
        self.vectors.get(name).map(|vector| self.tensor(&vector.var))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.vectors.values().flat_map(|vector| vector.parts.iter().map(|part| part.name.as_str()))
    }

    /// What is trained, in the order of the names: vectors of parameters and parameters by themselves.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Var)> {
        self.vectors.iter().map(|(name, vector)| (name.as_str(), &vector.var))
    }

    /// Every parameter, as it is now.
    ///
    /// # Errors
    /// When a device operation fails.
    pub fn parameters(&self) -> Result<Vec<(&str, Tensor)>> {
        self.split(|_, var| Ok(var.as_tensor().detach()))
    }

    /// For every parameter its part of a tensor that belongs to a variable of [`iter`](Self::iter), such as a gradient.
    pub(crate) fn split(&self, of: impl Fn(&str, &Var) -> Result<Tensor>) -> Result<Vec<(&str, Tensor)>> {
        let mut all = Vec::new();
        for (name, vector) in &self.vectors {
            all.append(&mut vector.split(&of(name, &vector.var)?)?);
        }
        Ok(all)
    }

    /// Replaces every parameter by a function of it.
    ///
    /// # Errors
    /// When the function fails or changes a shape.
    pub fn map(&self, change: impl Fn(&str, &Tensor) -> Result<Tensor>) -> Result<()> {
        for vector in self.vectors.values() {
            let parts = vector.split(&vector.var.as_tensor().detach())?;
            let changed = parts.iter().map(|(name, part)| change(name, part)?.flatten_all().map_err(Into::into));
            let changed = changed.collect::<Result<Vec<_>>>()?;
            // A single part would share its values with the variable.
            vector.var.set(&Tensor::cat(&changed, 0)?.reshape(vector.var.shape())?.copy()?)?;
        }
        Ok(())
    }

    /// Total number of values.
    pub fn count(&self) -> usize {
        self.vectors.values().map(|vector| vector.var.elem_count()).sum()
    }

    /// The device the values live on.
    pub fn device(&self) -> &Device {
        self.backend.device()
    }

    /// The device and whose operations the network is made of.
    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// Whose operations the network and its training are made of.
    pub fn kernels(&self) -> Kernels {
        self.backend.kernels()
    }

    /// A store of the same names and shapes, filled with zeros.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn zeros_like(&self) -> Result<Self> {
        let zeros = |vector: &Vector| -> Result<Vector> {
            let var = Var::zeros(vector.var.shape(), DType::F32, self.device())?;
            Ok(Vector { var, parts: vector.parts.clone() })
        };
        let vectors =
            self.vectors.iter().map(|(name, vector)| Ok((name.clone(), zeros(vector)?))).collect::<Result<_>>()?;
        Ok(Self { vectors, backend: self.backend.clone(), known: None, ..*self })
    }

    /// Copies all values from another store of the same names and shapes.
    ///
    /// # Errors
    /// When a name or shape differs.
    pub fn copy_from(&self, other: &Self) -> Result<()> {
        for (name, vector) in &self.vectors {
            let Some(source) = other.vectors.get(name) else {
                return Err(NnError::Setting(format!("parameter {name} is missing")));
            };
            // A fresh tensor: `set` refuses to copy storage onto itself, and stores must never share it.
            vector.var.set(&source.var.as_tensor().copy()?)?;
        }
        Ok(())
    }

    /// Tensors on the CPU under `prefix` + name, ready to be written.
    ///
    /// # Errors
    /// When a device operation fails.
    pub fn export(&self, prefix: &str) -> Result<HashMap<String, Tensor>> {
        // A part that is copied by itself would bring the whole vector along.
        let parts = self.split(|_, var| Ok(var.as_tensor().detach().to_device(&Device::Cpu)?))?.into_iter();
        Ok(parts.map(|(name, part)| (format!("{prefix}{name}"), part)).collect())
    }

    /// Takes the values under `prefix` + name from tensors read from `path` (which only serves the message).
    ///
    /// # Errors
    /// When a parameter is missing, has another shape, or has a value that is no finite number.
    pub fn import(&self, tensors: &HashMap<String, Tensor>, prefix: &str, path: &Path) -> Result<()> {
        self.map(|name, part| {
            let full = format!("{prefix}{name}");
            let problem = |found| other_parameter(path, &full, part.dims(), found);
            let tensor = tensors.get(&full).ok_or_else(|| problem("no such parameter".to_owned()))?;
            if tensor.dims() != part.dims() {
                return Err(problem(format!("shape {:?}", tensor.dims())));
            }
            let tensor = tensor.to_dtype(DType::F32)?;
            // A sum that is finite has finite terms; one that is not may have overflowed.
            if !tensor.sum_all()?.to_scalar::<f32>()?.is_finite()
                && tensor.flatten_all()?.to_vec1::<f32>()?.iter().any(|value| !value.is_finite())
            {
                return Err(problem("values that are no finite numbers".to_owned()));
            }
            Ok(tensor.to_device(self.device())?)
        })
    }
}

impl Known {
    fn check(&self, part: &Parameter) -> Result<()> {
        let problem = |found| Err(other_parameter(&self.path, &part.name, &part.shape, found));
        match self.shapes.get(&part.name) {
            Some(shape) if *shape == part.shape => Ok(()),
            Some(shape) => problem(format!("shape {shape:?}")),
            None => problem("no such parameter".to_owned()),
        }
    }
}

fn other_parameter(path: &Path, name: &str, shape: &[usize], found: String) -> NnError {
    let expected = format!("parameter `{name}` of shape {shape:?}");
    NnError::File { path: path.to_owned(), expected, found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_values() -> Result<()> {
        let values = |seed| -> Result<Vec<f32>> {
            let mut store = ParameterStore::new(&Device::Cpu, seed);
            store.create("a", &[3], Initial::Zeros)?;
            Ok(store.create("b", &[4, 5], Initial::Normal(0.5))?.flatten_all()?.to_vec1()?)
        };
        assert_eq!(values(7)?, values(7)?);
        assert_ne!(values(7)?, values(8)?);
        Ok(())
    }

    #[test]
    fn parameters_in_a_vector_are_those_that_stand_alone() -> Result<()> {
        let part = |name: &str, shape: &[usize], initial| Parameter { name: name.into(), shape: shape.into(), initial };
        let parts = [
            part("a", &[3, 2], Initial::Normal(1.0)),
            part("b", &[2], Initial::Zeros),
            part("c", &[2, 2], Initial::Normal(0.5)),
        ];
        let (mut one, mut many) = (ParameterStore::new(&Device::Cpu, 5), ParameterStore::new(&Device::Cpu, 5));
        let all = one.create_all("all", parts.to_vec())?;
        assert!(matches!(all, Parameters::Vector(vector) if vector.dims() == [12]));
        for part in &parts {
            many.create(&part.name, &part.shape, part.initial)?;
        }
        let values = |store: &ParameterStore| -> Result<Vec<String>> {
            let all = store.parameters()?.into_iter();
            all.map(|(name, t)| Ok(format!("{name} {:?} {:?}", t.dims(), t.flatten_all()?.to_vec1::<f32>()?))).collect()
        };
        assert_eq!(values(&one)?, values(&many)?);
        // A file of one is a file of the other.
        let changed = many.zeros_like()?;
        changed.import(&one.export("x.")?, "x.", Path::new("model.safetensors"))?;
        assert_eq!(values(&changed)?, values(&one)?);
        one.import(&many.zeros_like()?.export("")?, "", Path::new("model.safetensors"))?;
        assert_eq!(values(&one)?, values(&many.zeros_like()?)?);
        assert!(one.create("b", &[1], Initial::Zeros).is_err());
        Ok(())
    }

    #[test]
    fn what_a_file_does_not_have_is_refused_before_there_is_room_made_for_it() -> Result<()> {
        let tensors = HashMap::from([("ema.a".to_owned(), Tensor::zeros((2, 3), DType::F32, &Device::Cpu)?)]);
        let path = Path::new("ema.safetensors");
        let store = || ParameterStore::frozen(&Device::Cpu, 0).to_be_read(&tensors, "ema.", path);
        assert!(store().create("a", &[2, 3], Initial::Zeros).is_ok());
        for (name, shape, found) in
            [("a", [1 << 30, 1 << 30], "shape [2, 3]"), ("b", [1 << 30, 1 << 30], "no such parameter")]
        {
            let refused = store().create(name, &shape, Initial::Normal(1.0)).unwrap_err().to_string();
            assert!(refused.contains("ema.safetensors") && refused.contains(found), "{refused}");
        }
        Ok(())
    }

    #[test]
    fn export_and_import_are_inverse() -> Result<()> {
        let mut store = ParameterStore::new(&Device::Cpu, 1);
        let original = store.create("layer.weight", &[4, 5], Initial::Normal(1.0))?.copy()?;
        let tensors = store.export("ema.")?;
        let other = store.zeros_like()?;
        other.import(&tensors, "ema.", Path::new("ema.safetensors"))?;
        let Some((_, restored)) = other.iter().next() else {
            return Err(NnError::Setting("empty".into()));
        };
        assert_eq!(original.to_vec2::<f32>()?, restored.to_vec2::<f32>()?);
        assert!(other.import(&tensors, "", Path::new("ema.safetensors")).is_err());
        let infinite = HashMap::from([("layer.weight".to_owned(), (original * f64::INFINITY)?)]);
        let refused = other.import(&infinite, "", Path::new("ema.safetensors")).unwrap_err().to_string();
        assert!(refused.contains("ema.safetensors") && refused.contains("finite"), "{refused}");
        Ok(())
    }
}
