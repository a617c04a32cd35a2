//! A branch that is let in through a gate.

use candle_core::{Result, Tensor};

use super::on_gpu::{BackOnGpu, OnGpu};
use super::piece::{Back, Buffer, Composed, Given, Scratch, Size};
use super::{Activation, Columns, Layer, LayersBuilder};
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{Memory, Pointer, count};
use genphys_numeric::vectorised;

impl LayersBuilder {
    /// `x + gate branch`, with a gate for each column of an example.
    pub fn gated_sum(&mut self, x: Activation, branch: Activation, gate: Columns) -> Activation {
        let size = self.size(x);
        self.expect(self.size(branch) == size, "a branch and what it is added to");
        self.expect_columns(gate, size.width);
        self.add(GatedSum { x: x.0, branch: branch.0, gate }, size, false)
    }
}

#[derive(Debug)]
struct GatedSum {
    x: usize,
    branch: usize,
    gate: Columns,
}

impl Layer for GatedSum {
    fn sources(&self) -> Vec<usize> {
        vec![self.x, self.branch, self.gate.of]
    }

    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, _scratch: &mut Scratch) -> Result<()> {
        let size = given.size(self.x);
        out.resize(given.count(&self.sources()) * size.values(), 0.0);
        vectorised(
            #[inline(always)]
            || {
                for (example, out) in out.chunks_exact_mut(size.values()).enumerate() {
                    let gate = &given.example(self.gate.of, example)[self.gate.first..][..size.width];
                    let x = given.example(self.x, example).chunks_exact(size.width);
                    let branch = given.example(self.branch, example).chunks_exact(size.width);
                    for (out, (x, branch)) in out.chunks_exact_mut(size.width).zip(x.zip(branch)) {
                        let values = x.iter().zip(branch).zip(gate);
                        out.iter_mut().zip(values).for_each(|(out, ((x, branch), gate))| *out = x + gate * branch);
                    }
                }
            },
        );
        Ok(())
    }

    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        let Size { width, .. } = given.size(self.x);
        let values = given.size(self.x).values();
        if back.wants(self.gate.of) {
            let row = given.size(self.gate.of).width;
            let sum = back.sum(self.gate.of).chunks_exact_mut(row);
            vectorised(
                #[inline(always)]
                || {
                    for (example, (sum, gradient)) in sum.zip(gradient.chunks_exact(values)).enumerate() {
                        let sum = &mut sum[self.gate.first..][..width];
                        let branch = given.example(self.branch, example).chunks_exact(width);
                        for (gradient, branch) in gradient.chunks_exact(width).zip(branch) {
                            let products = gradient.iter().zip(branch);
                            sum.iter_mut()
                                .zip(products)
                                .for_each(|(sum, (gradient, branch))| *sum += gradient * branch);
                        }
                    }
                },
            );
        }
        if back.wants(self.branch) {
            let mut of_branch = back.scratch.take(gradient.len());
            vectorised(
                #[inline(always)]
                || {
                    let examples = of_branch.chunks_exact_mut(values).zip(gradient.chunks_exact(values));
                    for (example, (out, gradient)) in examples.enumerate() {
                        let gate = &given.example(self.gate.of, example)[self.gate.first..][..width];
                        for (out, gradient) in out.chunks_exact_mut(width).zip(gradient.chunks_exact(width)) {
                            let values = gradient.iter().zip(gate);
                            out.iter_mut().zip(values).for_each(|(out, (gradient, gate))| *out = gradient * gate);
                        }
                    }
                },
            );
            back.add(self.branch, of_branch);
        }
        back.add(self.x, gradient);
        Ok(())
    }

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let (size, values) = (given.size(self.x), given.count(self.x));
        let out = given.room(values)?;
        let (gate, gate_row) = given.columns(self.gate)?;
        let (x, branch, out_at) = (given.values(self.x)?, given.values(self.branch)?, out.pointer());
        let (positions, width, count) = (count(size.positions)?, count(size.width)?, count(values)?);
        given.each(values, kernels::GatedSum { x, branch, gate, gate_row, out: out_at, positions, width, count })?;
        Ok(out)
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        let (size, values) = (given.size(self.x), given.count(self.x));
        let of = gradient.pointer();
        let (positions, width) = (count(size.positions)?, count(size.width)?);
        if back.wants(self.gate.of) {
            let (gate, gate_row) = back.columns(given, self.gate)?;
            let (branch, examples) = (given.values(self.branch)?, count(given.examples)?);
            let kernel = kernels::GateGradient { branch, gradient: of, gate, gate_row, positions, width, examples };
            given.each(given.examples * size.width, kernel)?;
        }
        if back.wants(self.branch) {
            let (gate, gate_row) = given.columns(self.gate)?;
            let (out, begun) = back.begun(given, self.branch)?;
            let x = if begun { out } else { Pointer::NONE };
            let count = count(values)?;
            given.each(values, kernels::GatedSum { x, branch: of, gate, gate_row, out, positions, width, count })?;
        }
        back.add(given, self.x, gradient)
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        let Size { positions, width } = given.size(self.x);
        let gated = given.images(self.branch)?.broadcast_mul(&given.columns(self.gate, width)?)?;
        gated.reshape((given.batch * positions, width))? + given.get(self.x)?
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
            let (x, told) = (network.input(20), network.input(7));
            let image = network.rearrange(x, 4, (0..20).collect());
            let branch = network.dense(Dense::new("branch", image, 4));
            let out = network.gated_sum(image, branch, told.from_column(2));
            output(network, out);
        };
        agrees(network, &[1, 6, 60], 1e-5)
    }
}
