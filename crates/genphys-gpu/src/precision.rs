//! Formats of numbers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::GpuError;

/// How a GPU stores and multiplies the activations of a network. Parameters, their gradients, and all sums are `f32`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32 bits, and products of 32 bits.
    #[default]
    F32,
    /// 32 bits, and products of factors that are rounded to 10 bits behind the point, as tensor cores take them.
    Tf32,
    /// 16 bits, 7 of them behind the point (bfloat16).
    Bf16,
}

impl Precision {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::F32, Self::Tf32, Self::Bf16];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Tf32 => "tf32",
            Self::Bf16 => "bf16",
        }
    }

    /// Bytes of a value.
    pub fn bytes(self) -> usize {
        match self {
            Self::F32 | Self::Tf32 => 4,
            Self::Bf16 => 2,
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Precision {
    type Err = GpuError;

    fn from_str(text: &str) -> Result<Self, GpuError> {
        let known = Self::ALL.map(Self::name).join(", ");
        let unknown = || GpuError::Precision { found: text.to_owned(), known };
        Self::ALL.into_iter().find(|precision| precision.name() == text).ok_or_else(unknown)
    }
}
