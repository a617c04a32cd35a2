//! A device, and whose operations run there: ours or candle's.

use std::fmt;
use std::str::FromStr;

use candle_core::Device;

use crate::error::GpuError;

/// Whose operations a network and its training are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernels {
    /// candle's: the reference.
    Candle,
    /// Our own: loops on a CPU, kernels on a CUDA device. There are none for Metal.
    Own,
}

impl Kernels {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Candle => "candle",
            Self::Own => "own",
        }
    }
}

/// What a user wants of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KernelChoice {
    /// Our own where they agree with candle's on this machine.
    #[default]
    Auto,
    /// These, unasked.
    Of(Kernels),
}

impl KernelChoice {
    const ALL: [Self; 3] = [Self::Of(Kernels::Candle), Self::Of(Kernels::Own), Self::Auto];
}

impl fmt::Display for KernelChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Of(kernels) => kernels.name(),
        })
    }
}

impl FromStr for KernelChoice {
    type Err = GpuError;

    fn from_str(text: &str) -> Result<Self, GpuError> {
        let unknown =
            || GpuError::Kernels { found: text.to_owned(), known: Self::ALL.map(|c| c.to_string()).join(", ") };
        Self::ALL.into_iter().find(|choice| choice.to_string() == text).ok_or_else(unknown)
    }
}

/// Where networks run.
#[derive(Clone, Debug)]
pub struct Backend {
    device: Device,
    kernels: Kernels,
}

impl Backend {
    /// A device with these operations.
    ///
    /// # Errors
    /// When there are none of our own for it.
    pub fn new(device: &Device, kernels: Kernels) -> Result<Self, GpuError> {
        if kernels == Kernels::Own && !has_own(device) {
            let reason = "there are no kernels of our own for it; take --kernels candle or auto".to_owned();
            return Err(GpuError::Device { device: "metal".to_owned(), reason });
        }
        Ok(Self { device: device.clone(), kernels })
    }

    /// The device.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Whose operations.
    pub fn kernels(&self) -> Kernels {
        self.kernels
    }

    /// The same device with candle's operations.
    #[must_use]
    pub fn with_candle(self) -> Self {
        Self { kernels: Kernels::Candle, ..self }
    }

    /// The memory that our kernels work in: of a CUDA device, unless candle's operations are taken.
    pub fn pool(&self) -> Option<std::sync::Arc<crate::Pool>> {
        if self.kernels == Kernels::Own { crate::pool_of(&self.device) } else { None }
    }
}

/// Whether there are operations of our own for a device.
fn has_own(device: &Device) -> bool {
    !device.is_metal()
}

/// With our own operations where there are any.
impl From<&Device> for Backend {
    fn from(device: &Device) -> Self {
        let kernels = if has_own(device) { Kernels::Own } else { Kernels::Candle };
        Self { device: device.clone(), kernels }
    }
}

impl From<&Self> for Backend {
    fn from(backend: &Self) -> Self {
        backend.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_have_names() {
        for choice in KernelChoice::ALL {
            assert_eq!(choice.to_string().parse(), Ok(choice));
        }
        let error = "mine".parse::<KernelChoice>().unwrap_err().to_string();
        assert!(error.contains("mine") && error.contains("candle, own, auto"), "{error}");
    }

    #[test]
    fn a_cpu_has_operations_of_both_kinds() {
        assert_eq!(Backend::from(&Device::Cpu).kernels(), Kernels::Own);
        let candle = Backend::new(&Device::Cpu, Kernels::Candle).unwrap();
        assert!(candle.kernels() == Kernels::Candle && candle.pool().is_none());
    }
}
