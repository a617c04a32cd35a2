//! Self-attention between the positions of an image.

use candle_core::Tensor;

use super::linear::Linear;
use super::parameter_store::ParameterStore;
use crate::error::Result;
use crate::fused::softmax;

/// Channels per head that are aimed at.
const HEAD_CHANNELS: usize = 32;

/// Multi-head attention (Vaswani et al., arXiv 1706.03762) with its projections.
#[derive(Clone, Debug)]
pub(super) struct Attention {
    heads: usize,
    joint: Linear,
    projection: Linear,
}

impl Attention {
    /// With `zeros`, the last product starts at zero.
    pub(super) fn new(store: &mut ParameterStore, name: &str, channels: usize, zeros: bool) -> Result<Self> {
        let wanted = (channels / HEAD_CHANNELS).max(1);
        let projection = format!("{name}.projection");
        Ok(Self {
            heads: (1..=wanted).rev().find(|heads| channels.is_multiple_of(*heads)).unwrap_or(1),
            joint: Linear::new(store, &format!("{name}.joint"), channels, 3 * channels)?,
            projection: if zeros {
                Linear::zeros(store, &projection, channels, channels)?
            } else {
                Linear::new(store, &projection, channels, channels)?
            },
        })
    }

    /// Applies it to `(batch * positions, channels)`.
    pub(super) fn forward(&self, x: &Tensor, positions: usize) -> Result<Tensor> {
        let (rows, channels) = x.dims2()?;
        let (batch, size) = (rows / positions, channels / self.heads);
        let joint = self.joint.forward(x)?.reshape((batch, positions, 3, self.heads, size))?;
        // (3, batch, heads, positions, size)
        let joint = joint.permute((2, 0, 3, 1, 4))?.contiguous()?;
        let part = |index: usize| joint.get(index)?.reshape((batch * self.heads, positions, size));
        let scores = part(0)?.affine((size as f64).powf(-0.5), 0.0)?.matmul(&part(1)?.t()?)?;
        let mixed = softmax(&scores)?.matmul(&part(2)?)?;
        let mixed = mixed.reshape((batch, self.heads, positions, size))?.transpose(1, 2)?.contiguous()?;
        self.projection.forward(&mixed.reshape((rows, channels))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Tensor};

    #[test]
    fn positions_can_be_exchanged_and_images_do_not_meet() -> Result<()> {
        let mut store = ParameterStore::new(&Device::Cpu, 5);
        let attention = Attention::new(&mut store, "a", 64, false)?;
        let data: Vec<f32> = (0..2 * 3 * 64).map(|i| (i as f32 * 0.7).sin()).collect();
        let x = Tensor::from_vec(data, (6, 64), &Device::Cpu)?;
        let y = attention.forward(&x, 3)?;
        // Each image by itself gives the same, and exchanged positions give exchanged results.
        let alone = attention.forward(&x.narrow(0, 3, 3)?, 3)?;
        let order = Tensor::new(&[5u32, 3, 4], &Device::Cpu)?;
        let turned = attention.forward(&x.index_select(&order, 0)?, 3)?;
        let distance =
            |a: &Tensor, b: &Tensor| -> Result<f32> { Ok((a - b)?.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()?) };
        assert!(distance(&alone, &y.narrow(0, 3, 3)?)? < 1e-5);
        assert!(distance(&turned, &y.index_select(&order, 0)?)? < 1e-5);
        assert!(distance(&y.narrow(0, 0, 3)?, &y.narrow(0, 3, 3)?)? > 1e-3);
        Ok(())
    }
}
