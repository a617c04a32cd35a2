//! Named parameters: seeded initial values, a fixed order, safetensors in and out.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{DType, Device, Tensor, Var};
use rand::Rng;
use rand_distr::StandardNormal;

use crate::error::{Result, RuntimeError};
use crate::seed::{Purpose, stream};

/// How a parameter starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial {
    /// All zeros.
    Zeros,
    /// Independent normal values with this standard deviation.
    Normal(f64),
}

/// The parameters of a network, by name. Values are `f32`.
///
/// The order is that of the names, so sums over parameters and files written from them are the same in every run.
#[derive(Clone, Debug)]
pub struct ParameterStore {
    parameters: BTreeMap<String, Var>,
    device: Device,
    seed: u64,
    frozen: bool,
}

impl ParameterStore {
    /// An empty store on `device`; initial values will be drawn from `seed`.
    pub fn new(device: &Device, seed: u64) -> Self {
        Self { parameters: BTreeMap::new(), device: device.clone(), seed, frozen: false }
    }

    /// The same for a network that will not be trained: what it computes keeps no record for a gradient with respect to
    /// the parameters, which would hold every activation until the end.
    pub fn frozen(device: &Device, seed: u64) -> Self {
        Self { frozen: true, ..Self::new(device, seed) }
    }

    /// Adds a parameter and returns it. The name must be new.
    ///
    /// # Errors
    /// When the name is taken or the device has no room.
    pub fn create(&mut self, name: &str, shape: &[usize], initial: Initial) -> Result<Tensor> {
        if self.parameters.contains_key(name) {
            return Err(RuntimeError::Setting(format!("there are two parameters named {name}")));
        }
        let count = shape.iter().product();
        // candle's CPU generator cannot be seeded, hence our own stream, one per parameter.
        let data: Vec<f32> = match initial {
            Initial::Zeros => vec![0.0; count],
            Initial::Normal(deviation) => {
                let mut rng = stream(self.seed, Purpose::Parameters, self.parameters.len() as u64);
                (0..count).map(|_| (rng.sample::<f64, _>(StandardNormal) * deviation) as f32).collect()
            }
        };
        let var = Var::from_vec(data, shape, &self.device)?;
        // Both share their values with the variable.
        let tensor = if self.frozen { var.as_tensor().detach() } else { var.as_tensor().clone() };
        self.parameters.insert(name.to_owned(), var);
        Ok(tensor)
    }

    /// All parameters in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Var)> {
        self.parameters.iter().map(|(name, var)| (name.as_str(), var))
    }

    /// Total number of values.
    pub fn count(&self) -> usize {
        self.parameters.values().map(|var| var.elem_count()).sum()
    }

    /// The device the values live on.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// A store of the same names and shapes, filled with zeros.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn zeros_like(&self) -> Result<Self> {
        let zeros = |var: &Var| Var::zeros(var.shape(), DType::F32, &self.device);
        let parameters =
            self.parameters.iter().map(|(name, var)| Ok((name.clone(), zeros(var)?))).collect::<Result<_>>()?;
        Ok(Self { parameters, device: self.device.clone(), seed: self.seed, frozen: self.frozen })
    }

    /// Copies all values from another store of the same names and shapes.
    ///
    /// # Errors
    /// When a name or shape differs.
    pub fn copy_from(&self, other: &Self) -> Result<()> {
        for (name, var) in &self.parameters {
            let Some(source) = other.parameters.get(name) else {
                return Err(RuntimeError::Setting(format!("parameter {name} is missing")));
            };
            // A fresh tensor: `set` refuses to copy storage onto itself, and stores must never share it.
            var.set(&source.as_tensor().copy()?)?;
        }
        Ok(())
    }

    /// Tensors on the CPU under `prefix` + name, ready to be written.
    ///
    /// # Errors
    /// When a device operation fails.
    pub fn export(&self, prefix: &str) -> Result<HashMap<String, Tensor>> {
        let cpu = |var: &Var| var.as_tensor().detach().to_device(&Device::Cpu);
        self.parameters.iter().map(|(name, var)| Ok((format!("{prefix}{name}"), cpu(var)?))).collect()
    }

    /// Takes the values under `prefix` + name from tensors read from `path` (which only serves the message).
    ///
    /// # Errors
    /// When a parameter is missing or has another shape.
    pub fn import(&self, tensors: &HashMap<String, Tensor>, prefix: &str, path: &Path) -> Result<()> {
        for (name, var) in &self.parameters {
            let full = format!("{prefix}{name}");
            let problem = |found: String| RuntimeError::RunFile {
                path: path.to_owned(),
                expected: format!("parameter `{full}` of shape {:?}", var.dims()),
                found,
            };
            let tensor = tensors.get(&full).ok_or_else(|| problem("no such parameter".to_owned()))?;
            if tensor.dims() != var.dims() {
                return Err(problem(format!("shape {:?}", tensor.dims())));
            }
            var.set(&tensor.to_dtype(DType::F32)?.to_device(&self.device)?)?;
        }
        Ok(())
    }
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
    fn export_and_import_are_inverse() -> Result<()> {
        let mut store = ParameterStore::new(&Device::Cpu, 1);
        let original = store.create("layer.weight", &[4, 5], Initial::Normal(1.0))?.copy()?;
        let tensors = store.export("ema.")?;
        let other = store.zeros_like()?;
        other.import(&tensors, "ema.", Path::new("ema.safetensors"))?;
        let Some((_, restored)) = other.iter().next() else {
            return Err(RuntimeError::Setting("empty".into()));
        };
        assert_eq!(original.to_vec2::<f32>()?, restored.to_vec2::<f32>()?);
        assert!(other.import(&tensors, "", Path::new("ema.safetensors")).is_err());
        Ok(())
    }
}
