//! The mean over the positions of an image.

use candle_core::{Result, Tensor};

use super::on_gpu::{BackOnGpu, OnGpu, flag};
use super::piece::{Back, Buffer, Composed, Given, Scratch, Size};
use super::{Activation, Layer, LayersBuilder};
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{Memory, count};
use genphys_numeric::add_rows;

impl LayersBuilder {
    /// The mean over the positions.
    pub fn mean(&mut self, from: Activation) -> Activation {
        let Size { width, .. } = self.size(from);
        self.add(Mean { from: from.0 }, Size { positions: 1, width }, false)
    }
}

#[derive(Debug)]
struct Mean {
    from: usize,
}

impl Layer for Mean {
    fn sources(&self) -> Vec<usize> {
        vec![self.from]
    }

    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, _scratch: &mut Scratch) -> Result<()> {
        let (x, size) = (given.values(self.from), given.size(self.from));
        out.clear();
        out.resize(x.len() / size.positions, 0.0);
        for (out, x) in out.chunks_exact_mut(size.width).zip(x.chunks_exact(size.values())) {
            add_rows(out, x);
            out.iter_mut().for_each(|sum| *sum /= size.positions as f32);
        }
        Ok(())
    }

    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        let size = given.size(self.from);
        if back.wants(self.from) {
            let sum = back.sum(self.from).chunks_exact_mut(size.values());
            for (sum, gradient) in sum.zip(gradient.chunks_exact(size.width)) {
                for sum in sum.chunks_exact_mut(size.width) {
                    sum.iter_mut().zip(gradient).for_each(|(sum, gradient)| *sum += gradient / size.positions as f32);
                }
            }
        }
        back.scratch.give(gradient);
        Ok(())
    }

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let (size, values) = (given.size(self.from), given.examples * given.size(self.from).width);
        let out = given.room(values)?;
        let (positions, width, examples) = (count(size.positions)?, count(size.width)?, count(given.examples)?);
        let kernel = kernels::Mean { x: given.values(self.from)?, out: out.pointer(), positions, width, examples };
        given.each(values, kernel)?;
        Ok(out)
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        if !back.wants(self.from) {
            return Ok(());
        }
        let size = given.size(self.from);
        let (sum, begun) = back.begun(given, self.from)?;
        let (gradient, add) = (gradient.pointer(), flag(begun));
        let (positions, width, examples) = (count(size.positions)?, count(size.width)?, count(given.examples)?);
        let kernel = kernels::MeanGradient { gradient, sum, positions, width, examples, add };
        given.each(given.count(self.from), kernel)
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        given.images(self.from)?.mean(1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::{agrees, output};
    use super::*;
    use crate::error::Result;
    use crate::network::layers::Dense;

    #[test]
    fn agrees_with_the_composed_layer() -> Result<()> {
        let network = |network: &mut LayersBuilder| {
            let x = network.input(20);
            let image = network.rearrange(x, 4, (0..20).collect());
            let features = network.dense(Dense::new("features", image, 6));
            let mean = network.mean(features);
            let active = network.silu(mean);
            network.output(active);
            output(network, features);
        };
        agrees(network, &[1, 6], 1e-5)
    }
}
