//! The values of every example in another order.

use std::sync::OnceLock;

use candle_core::{Result, Tensor};

use super::on_gpu::{BackOnGpu, OnGpu, flag, ints, lists};
use super::piece::{Back, Buffer, Composed, Given, Scratch, Size};
use super::{Activation, Layer, LayersBuilder};
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{Memory, Pointer, count};

impl LayersBuilder {
    /// Rows of `width` values, each the value of the example at that place, or zero at the place after the last.
    pub fn rearrange(&mut self, from: Activation, width: usize, places: Vec<u32>) -> Activation {
        let count = self.size(from).values();
        let size = Size { positions: places.len() / width.max(1), width };
        self.expect(size.values() == places.len(), "what is rearranged is not made of whole rows");
        self.expect(places.iter().all(|place| *place as usize <= count), "a place is not in what is rearranged");
        self.add(Rearrange { from: from.0, size, places, tensor: OnceLock::new() }, size, false)
    }
}

#[derive(Debug)]
struct Rearrange {
    from: usize,
    size: Size,
    places: Vec<u32>,
    tensor: OnceLock<Tensor>,
}

impl Layer for Rearrange {
    fn sources(&self) -> Vec<usize> {
        vec![self.from]
    }

    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, _scratch: &mut Scratch) -> Result<()> {
        out.clear();
        for x in given.values(self.from).chunks_exact(given.size(self.from).values()) {
            out.extend(self.places.iter().map(|place| x.get(*place as usize).copied().unwrap_or(0.0)));
        }
        Ok(())
    }

    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        if back.wants(self.from) {
            let sum = back.sum(self.from).chunks_exact_mut(given.size(self.from).values());
            for (sum, gradient) in sum.zip(gradient.chunks_exact(self.places.len())) {
                for (gradient, place) in gradient.iter().zip(&self.places) {
                    if let Some(sum) = sum.get_mut(*place as usize) {
                        *sum += gradient;
                    }
                }
            }
        }
        back.scratch.give(gradient);
        Ok(())
    }

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let values = given.examples * self.places.len();
        let out = given.room(values)?;
        let [places] = given.constants(0, || {
            let places: Vec<usize> = self.places.iter().map(|place| *place as usize).collect();
            [ints(&places)]
        })?;
        let kernel = kernels::Rearrange {
            x: given.values(self.from)?,
            out: out.pointer(),
            places: Pointer::new(places),
            x_values: count(given.size(self.from).values())?,
            values: count(self.places.len())?,
            examples: count(given.examples)?,
        };
        given.each(values, kernel)?;
        Ok(out)
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        if !back.wants(self.from) {
            return Ok(());
        }
        let x_values = given.size(self.from).values();
        let [starts, places] = given.constants(1, || {
            let mut places = vec![Vec::new(); x_values];
            for (to, place) in self.places.iter().enumerate() {
                if let Some(places) = places.get_mut(*place as usize) {
                    places.push(to);
                }
            }
            let (starts, places) = lists(places);
            [ints(&starts), ints(&places)]
        })?;
        let (sum, begun) = back.begun(given, self.from)?;
        let kernel = kernels::RearrangeGradient {
            gradient: gradient.pointer(),
            sum,
            starts: Pointer::new(starts),
            places: Pointer::new(places),
            x_values: count(x_values)?,
            values: count(self.places.len())?,
            examples: count(given.examples)?,
            add: flag(begun),
        };
        given.each(given.count(self.from), kernel)
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        let places =
            given.constant(&self.tensor, |device| Tensor::from_slice(&self.places, self.places.len(), device))?;
        let x = given.get(self.from)?.reshape((given.batch, given.size(self.from).values()))?;
        let out = x.pad_with_zeros(1, 0, 1)?.index_select(&places, 1)?;
        out.reshape((given.batch * self.size.positions, self.size.width))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::{agrees, output};
    use super::*;
    use crate::error::Result;
    use crate::network::layers::Dense;

    #[test]
    fn zeros_stand_after_the_last_place() -> Result<()> {
        let network = |network: &mut LayersBuilder| {
            let x = network.input(4);
            let scaled = network.dense(Dense::new("scaled", x, 4));
            let image = network.rearrange(scaled, 3, vec![3, 4, 0, 0, 2, 4]);
            output(network, image);
        };
        agrees(network, &[1, 6], 1e-5)
    }
}
