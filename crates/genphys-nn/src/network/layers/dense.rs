//! Matrix product and bias, with an activation before and a residual after.

use candle_core::{Result, Tensor};
use candle_nn::{Linear, Module, ops};

use super::on_gpu::{BackOnGpu, OnGpu};
use super::piece::{Back, Buffer, Composed, Given, Scratch, Size};
use super::silu::{activated, silu_gradient};
use super::{Activation, Layer, LayersBuilder};
use crate::fused::multiply;
use crate::network::parameter_store::Initial;
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{Factor, Memory, Pointer, count};
use genphys_numeric::{Before, Matrix, activate, add_rows, add_silu_gradient, vectorised};

/// A matrix product with bias: `f(x) W + b`.
#[derive(Clone, Debug)]
pub struct Dense {
    /// The parameters are `name.weight`, `(inputs, outputs)`, and `name.bias`.
    pub name: String,
    /// x.
    pub from: Activation,
    /// Columns of the result.
    pub outputs: usize,
    /// Whether f is SiLU.
    pub silu: bool,
    /// What is added, with as many columns as the result.
    pub residual: Option<Activation>,
    /// Whether the weights start at zero. Otherwise they have the variance `1 / inputs`. Biases start at zero.
    pub zeros: bool,
}

impl Dense {
    /// Without activation, residual, and zeros.
    pub fn new(name: impl Into<String>, from: Activation, outputs: usize) -> Self {
        Self { name: name.into(), from, outputs, silu: false, residual: None, zeros: false }
    }
}

impl LayersBuilder {
    /// A matrix product with bias.
    pub fn dense(&mut self, layer: Dense) -> Activation {
        let Dense { name, from, outputs, silu, residual, zeros } = layer;
        let Size { positions, width: inputs } = self.size(from);
        let initial = if zeros { Initial::Zeros } else { Initial::Normal(1.0 / (inputs.max(1) as f64).sqrt()) };
        let weight = self.parameter(format!("{name}.weight"), &[inputs, outputs], initial);
        let bias = self.parameter(format!("{name}.bias"), &[outputs], Initial::Zeros);
        let size = Size { positions, width: outputs };
        self.expect(
            residual.is_none_or(|residual| self.size(residual) == size),
            &format!("{name} and what is added to it"),
        );
        let residual = residual.map(|residual| residual.0);
        self.add(DenseLayer { from: from.0, weight, bias, silu, residual }, size, true)
    }
}

/// Columns of a layer's input: the first of them, how many, and their values.
type Part<'a> = (usize, usize, &'a [f32]);

#[derive(Debug)]
struct DenseLayer {
    from: usize,
    weight: usize,
    bias: usize,
    silu: bool,
    residual: Option<usize>,
}

impl DenseLayer {
    /// The activations that lie side by side in the input, where one row of some stands for all; or the input.
    fn parts<'a>(&self, given: &Given<'a>) -> Vec<Part<'a>> {
        let whole = [self.from];
        let joined = given.graph.joined[self.from].as_deref().filter(|_| given.size(self.from).positions == 1);
        let (mut parts, mut first) = (Vec::new(), 0);
        for i in joined.unwrap_or(&whole) {
            let width = given.size(*i).width;
            parts.push((first, width, given.values(*i)));
            first += width;
        }
        parts
    }
}

impl DenseLayer {
    /// What is multiplied, where it is not the activation itself.
    fn activated(&self, given: &OnGpu<'_>) -> Result<Option<Memory>> {
        if self.silu { Ok(Some(activated(given, self.from)?)) } else { Ok(None) }
    }
}

impl Layer for DenseLayer {
    fn sources(&self) -> Vec<usize> {
        [self.from].into_iter().chain(self.residual).collect()
    }

    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, scratch: &mut Scratch) -> Result<()> {
        let (bias, weight) = (given.parameter(self.bias), given.parameter(self.weight));
        let (Size { positions, width: inputs }, outputs) = (given.size(self.from), bias.len());
        let count = given.count(&self.sources());
        let mut start = bias.to_vec();
        let mut products: Vec<Part<'_>> = Vec::new();
        let mut room = Buffer::default();
        let x = given.repeated(self.from, if positions > 1 { count } else { 1 });
        if self.silu {
            room = scratch.take(x.len());
            activate(&x, &mut room);
            products.push((0, inputs, &room));
        } else if positions > 1 {
            products.push((0, inputs, &x));
        } else {
            products = self.parts(given);
        }
        // What is the same for all rows is added once, to the bias.
        let same = |(_, width, values): &Part<'_>| positions == 1 && count > 1 && values.len() == *width;
        let weights =
            |first: usize, width: usize| Matrix::rows_of(outputs, &weight[first * outputs..][..width * outputs]);
        for (first, width, values) in products.iter().filter(|part| same(part)) {
            multiply(&mut start, Matrix::rows_of(*width, values), weights(*first, *width), Before::Kept)?;
        }
        out.resize(count * positions * outputs, 0.0);
        fill(out, &start, self.residual.map(|residual| given.values(residual)));
        let varied = products.iter().filter(|part| !same(part));
        for (first, width, values) in varied {
            multiply(out, Matrix::rows_of(*width, values), weights(*first, *width), Before::Kept)?;
        }
        if self.silu {
            scratch.give(room);
        }
        Ok(())
    }

    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        let (x, weight) = (given.values(self.from), given.parameter(self.weight));
        let (inputs, outputs) = (given.size(self.from).width, given.parameter(self.bias).len());
        let rows = Matrix::rows_of(outputs, &gradient);
        let mut room = back.scratch.take(if self.silu { x.len() } else { 0 });
        if let Some(sum) = back.parameter(self.weight) {
            let x = if self.silu {
                activate(x, &mut room);
                &room
            } else {
                x
            };
            multiply(sum, Matrix::rows_of(inputs, x).transposed(), rows, Before::Kept)?;
        }
        if let Some(sum) = back.parameter(self.bias) {
            add_rows(sum, &gradient);
        }
        if back.wants(self.from) {
            let weight = Matrix::rows_of(outputs, weight).transposed();
            if self.silu {
                multiply(&mut room, rows, weight, Before::Forgotten)?;
                add_silu_gradient(back.sum(self.from), x, &room);
            } else {
                let (sum, begun) = back.begun(self.from);
                multiply(sum, rows, weight, if begun { Before::Kept } else { Before::Forgotten })?;
            }
        }
        back.scratch.give(room);
        match self.residual {
            Some(residual) => back.add(residual, gradient),
            None => back.scratch.give(gradient),
        }
        Ok(())
    }

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let (rows, inputs) = (given.rows(self.from), given.size(self.from).width);
        let outputs = given.graph.values_of(self.bias).len();
        let out = given.room(rows * outputs)?;
        let residual = self.residual.map_or(Ok(Pointer::NONE), |residual| given.values(residual))?;
        let (bias, columns, count) = (given.parameter(self.bias), count(outputs)?, count(rows * outputs)?);
        given.each(rows * outputs, kernels::Fill { out: out.pointer(), bias, residual, columns, count })?;
        let activated = self.activated(given)?;
        let x = activated.as_ref().map_or_else(|| given.values(self.from), |activated| Ok(activated.pointer()))?;
        let weight = Factor::rows_of(outputs, given.weight(self.weight).address());
        given.product([rows, inputs, outputs], Factor::rows_of(inputs, x.address()), weight, out.address(), true)?;
        Ok(out)
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        let (rows, inputs) = (given.rows(self.from), given.size(self.from).width);
        let outputs = given.graph.values_of(self.bias).len();
        let of = Factor::rows_of(outputs, gradient.address());
        if let Some(sum) = back.parameter(self.weight) {
            let activated = self.activated(given)?;
            let x = activated.as_ref().map_or_else(|| given.values(self.from), |activated| Ok(activated.pointer()))?;
            given.exact_product(
                [inputs, rows, outputs],
                Factor::rows_of(inputs, x.address()).transposed(),
                of,
                sum.address(),
            )?;
        }
        if let Some(sum) = back.parameter(self.bias) {
            given.column_sums(gradient.pointer(), rows, outputs, sum)?;
        }
        if back.wants(self.from) {
            let weight = Factor::rows_of(outputs, given.weight(self.weight).address()).transposed();
            if self.silu {
                let room = given.room(rows * inputs)?;
                given.product([rows, outputs, inputs], of, weight, room.address(), false)?;
                silu_gradient(given, back, self.from, room.pointer())?;
            } else {
                let (sum, begun) = back.begun(given, self.from)?;
                given.product([rows, outputs, inputs], of, weight, sum.address(), begun)?;
            }
        }
        match self.residual {
            Some(residual) => back.add(given, residual, gradient),
            None => Ok(()),
        }
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        let x = given.get(self.from)?;
        let x = if self.silu { ops::silu(&x)? } else { x };
        // candle-nn's weights are `(outputs, inputs)`.
        let linear = Linear::new(given.parameter(self.weight)?.t()?, Some(given.parameter(self.bias)?));
        let out = linear.forward(&x)?;
        if let Some(residual) = self.residual { out + given.get(residual)? } else { Ok(out) }
    }
}

/// Every row becomes `start`, plus the residual's row; the residual's rows are repeated as often as they fit.
pub(super) fn fill(out: &mut [f32], start: &[f32], residual: Option<&[f32]>) {
    let columns = start.len();
    vectorised(
        #[inline(always)]
        || match residual {
            Some(residual) => {
                let residual = residual.chunks_exact(columns).cycle();
                for (out, x) in out.chunks_exact_mut(columns).zip(residual) {
                    out.iter_mut().zip(x).zip(start).for_each(|((out, x), start)| *out = x + start);
                }
            }
            None => out.chunks_exact_mut(columns).for_each(|out| out.copy_from_slice(start)),
        },
    );
}

#[cfg(test)]
mod tests {
    use super::super::test_support::{agrees, output};
    use super::*;
    use crate::error::Result;

    #[test]
    fn agrees_with_the_composed_layer() -> Result<()> {
        let rows = |network: &mut LayersBuilder| {
            let (x, other) = (network.input(5), network.input(3));
            let both = network.join(&[other, x]);
            let hidden = network.dense(Dense::new("first", both, 19));
            let more = network.dense(Dense { silu: true, ..Dense::new("second", x, 19) });
            let out = network.dense(Dense { silu: true, residual: Some(more), ..Dense::new("third", hidden, 19) });
            network.output(out);
            network.output(hidden);
        };
        // More pieces than groups, with an incomplete one; and fewer rows than a piece.
        agrees(rows, &[1, 7, 333, 5000], 1e-4)?;
        let images = |network: &mut LayersBuilder| {
            let x = network.input(12);
            let image = network.rearrange(x, 3, (0..12).collect());
            let places = network.constant(7, (0..28).map(|i| i as f32 * 0.1).collect());
            let hidden = network.dense(Dense { residual: Some(places), ..Dense::new("first", image, 7) });
            let out = network.dense(Dense { silu: true, residual: Some(hidden), ..Dense::new("second", hidden, 7) });
            output(network, out);
        };
        agrees(images, &[1, 5, 200], 1e-4)
    }
}
