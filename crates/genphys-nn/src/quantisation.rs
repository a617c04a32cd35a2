//! Weights of few bits: how much a model depends on the exactness of its network (PFGM++, arXiv 2302.04265, section
//! 6.2).

use std::ops::RangeInclusive;

use candle_core::DType;

use crate::error::{NnError, Result};
use crate::network::ParameterStore;

/// Numbers of bits that can be asked for.
pub const BITS: RangeInclusive<u32> = 2..=16;

/// Rounds every weight to the nearest of `2^bits − 1` evenly spaced values.
///
/// Symmetric and uniform, each tensor by itself and after training: with `Δ = max |w| / (2^{bits−1} − 1)`,
/// `w → Δ round(w/Δ)`. Tensors of one axis, such as biases, stay as they are, and so do the activations.
///
/// # Errors
/// When `bits` is out of range or a device operation fails.
pub fn quantise(parameters: &ParameterStore, bits: u32) -> Result<()> {
    if !BITS.contains(&bits) {
        let (least, most) = (BITS.start(), BITS.end());
        return Err(NnError::Setting(format!("weights can have {least} to {most} bits, found {bits}")));
    }
    let levels = f64::from((1u32 << (bits - 1)) - 1);
    parameters.map(|_, weights| {
        if weights.rank() < 2 {
            return Ok(weights.clone());
        }
        let largest = f64::from(weights.abs()?.flatten_all()?.max(0)?.to_dtype(DType::F32)?.to_scalar::<f32>()?);
        let step = if largest > 0.0 { largest / levels } else { 1.0 };
        Ok(weights.affine(1.0 / step, 0.0)?.round()?.affine(step, 0.0)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Initial;
    use candle_core::{Device, Tensor};

    #[test]
    fn rounds_to_the_nearest_of_the_levels() -> Result<()> {
        let mut store = ParameterStore::new(&Device::Cpu, 1);
        store.create("bias", &[3], Initial::Normal(1.0))?;
        let weight = store.create("weight", &[2, 3], Initial::Zeros)?;
        let bias = |store: &ParameterStore| -> Result<Vec<f32>> {
            Ok(store.export("")?.get("bias").map(|t| t.to_vec1::<f32>()).transpose()?.unwrap_or_default())
        };
        let before = bias(&store)?;
        for (_, var) in store.iter().filter(|(name, _)| *name == "weight") {
            var.set(&Tensor::new(&[[-3.0f32, 0.4, 0.6], [1.4, 1.6, 2.9]], &Device::Cpu)?)?;
        }
        // Three bits: seven levels from −3 to 3.
        quantise(&store, 3)?;
        assert_eq!(weight.to_vec2::<f32>()?, [[-3.0, 0.0, 1.0], [1.0, 2.0, 3.0]]);
        assert_eq!(bias(&store)?, before);
        assert!(quantise(&store, 1).is_err() && quantise(&store, 17).is_err());
        Ok(())
    }
}
