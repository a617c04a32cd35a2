//! All layers of a network on a GPU: one kernel or matrix product after the other, with nothing to wait for between
//! them.
//!
//! What candle would do in a dozen operations and their gradients is one kernel here, activations may have 16 bits, and
//! memory is used again from step to step.

use std::mem::take;
use std::sync::Arc;

use candle_core::Result;

use super::Graph;
use super::on_gpu::{BackOnGpu, Constants, OnGpu, ints, place};
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{Memory, Pointer, Pool, Precision, count};

/// What an application of the network has left for the way back.
pub(super) struct Kept {
    weights: Memory,
    activations: Vec<Option<Memory>>,
    kept: Vec<Option<Memory>>,
}

/// A network on a GPU.
#[derive(Clone, Copy)]
pub(super) struct Network<'a> {
    pub(super) graph: &'a Graph,
    pub(super) constants: &'a Constants,
    pub(super) pool: &'a Arc<Pool>,
    pub(super) precision: Precision,
}

/// Inputs `(examples, inputs)` and the vector of parameters.
#[derive(Clone, Copy)]
pub(super) struct Inputs {
    pub(super) examples: usize,
    pub(super) x: Pointer<f32>,
    pub(super) parameters: Pointer<f32>,
}

impl<'a> Network<'a> {
    /// What a layer sees.
    fn given(&self, inputs: Inputs, Kept { weights, activations, kept }: Kept) -> OnGpu<'a> {
        let Self { graph, constants, pool, precision } = *self;
        let (Inputs { examples, x, parameters }, layer) = (inputs, usize::MAX);
        OnGpu { graph, precision, examples, pool, constants, x, parameters, weights, activations, kept, layer }
    }

    /// Writes `(examples, outputs)`, `f32`, and returns what the way back needs, if there will be one.
    ///
    /// # Errors
    /// When the GPU has no room, or a kernel cannot be started.
    pub(super) fn forward(&self, inputs: Inputs, out: Pointer<f32>, keep: bool) -> Result<Option<Kept>> {
        let graph = self.graph;
        let weights = self.pool.take(place(graph, graph.starts.len() - 1) * self.precision.bytes())?;
        let empty = || graph.sizes.iter().map(|_| None).collect();
        let mut given = self.given(inputs, Kept { weights, activations: empty(), kept: empty() });
        self.place(&given)?;
        for (input, columns) in graph.side_by_side(&graph.inputs) {
            let room = given.room(given.count(input))?;
            given.take_columns(inputs.x, graph.width(&graph.inputs), columns, room.pointer(), false)?;
            given.activations[input] = Some(room);
        }
        let last = if keep { Vec::new() } else { last_uses(graph) };
        for (step, (layer, to)) in graph.layers.iter().enumerate() {
            given.layer = *to;
            given.activations[*to] = Some(layer.forward_on_gpu(&mut given)?);
            if !keep {
                given.kept[*to] = None;
                layer.sources().into_iter().filter(|of| last[*of] == step).for_each(|of| given.activations[of] = None);
            }
        }
        for (output, columns) in graph.side_by_side(&graph.outputs) {
            given.put_columns(given.values(output)?, out, graph.width(&graph.outputs), columns)?;
        }
        let OnGpu { weights, activations, kept, .. } = given;
        Ok(keep.then_some(Kept { weights, activations, kept }))
    }

    /// The parameters in the precision of the activations.
    fn place(&self, given: &OnGpu<'_>) -> Result<()> {
        let graph = self.graph;
        let transposed = |index: usize| match graph.kernels.iter().find(|(kernel, _)| *kernel == index) {
            Some((_, outputs)) => *outputs,
            None => 0,
        };
        let parameters = graph.starts.len() - 1;
        let [starts, places, columns] = given.constants(0, || {
            let columns: Vec<usize> = (0..parameters).map(transposed).collect();
            let places: Vec<usize> = (0..parameters).map(|index| place(graph, index)).collect();
            [ints(&graph.starts), ints(&places), ints(&columns)]
        })?;
        let kernel = kernels::Place {
            vector: given.parameters,
            out: given.weights.pointer(),
            starts: Pointer::new(starts),
            places: Pointer::new(places),
            columns: Pointer::new(columns),
            parameters: count(parameters)?,
        };
        given.each(graph.starts[parameters], kernel)
    }

    /// Writes the gradients of the inputs and of the parameters, `f32`, those that are wanted, given that of the
    /// outputs.
    ///
    /// # Errors
    /// When the GPU has no room, or a kernel cannot be started.
    pub(super) fn backward(
        &self,
        kept: Kept,
        inputs: Inputs,
        gradient: Pointer<f32>,
        of_input: Option<Pointer<f32>>,
        of_parameters: Option<Pointer<f32>>,
    ) -> Result<()> {
        let graph = self.graph;
        let mut given = self.given(inputs, kept);
        let gradients = graph.sizes.iter().map(|_| None).collect();
        let mut back = BackOnGpu { graph, gradients, of_parameters, of_inputs: of_input.is_some() };
        if let Some(of_parameters) = of_parameters {
            // Not every layer need have a part in the outputs.
            given.gpu().clear(of_parameters.address(), graph.starts[graph.starts.len() - 1] * 4)?;
        }
        for (output, columns) in graph.side_by_side(&graph.outputs) {
            let (to, begun) = back.begun(&given, output)?;
            given.take_columns(gradient, graph.width(&graph.outputs), columns, to, begun)?;
        }
        for (layer, to) in graph.layers.iter().rev() {
            if let Some(gradient) = take(&mut back.gradients[*to]) {
                given.layer = *to;
                layer.backward_on_gpu(&given, gradient, &mut back)?;
            }
            // Nothing before it needs what it has computed.
            given.activations[*to] = None;
            given.kept[*to] = None;
        }
        if let Some(of_input) = of_input {
            for (input, columns) in graph.side_by_side(&graph.inputs) {
                let from = back.gradients[input].as_ref().map_or(Pointer::NONE, Memory::pointer);
                given.put_columns(from, of_input, graph.width(&graph.inputs), columns)?;
            }
        }
        Ok(())
    }
}

/// For every activation the last layer that uses it. Outputs are used after all.
fn last_uses(graph: &Graph) -> Vec<usize> {
    let mut last = vec![0; graph.sizes.len()];
    for (step, (layer, _)) in graph.layers.iter().enumerate() {
        layer.sources().into_iter().for_each(|of| last[of] = step);
    }
    graph.outputs.iter().for_each(|output| last[*output] = usize::MAX);
    last
}

#[cfg(test)]
mod tests {
    use super::super::comparison::{beside, images};
    use super::super::test_support::agrees;
    use crate::error::Result;
    use crate::network::layers::{Dense, Grid, LayersBuilder};

    /// Sizes that kernels take 16 bytes at a time, and more columns than a warp does at once.
    #[test]
    fn wide_layers_agree_with_composed_ones() -> Result<()> {
        let grid = Grid { height: 4, width: 3 };
        agrees(|network| images(network, grid), &[1, 5], 1e-3)?;
        let rows = |network: &mut LayersBuilder| {
            let (x, told) = (network.input(4), network.input(4));
            let hidden = network.dense(Dense::new("first", x, 544));
            let told = network.dense(Dense { silu: true, ..Dense::new("told", told, 1088) });
            let hidden = network.norm(hidden, beside(told, 544));
            let normed = network.group_norm_silu(hidden, beside(told, 544), 17);
            let activated = network.silu(normed);
            let out = network.dense(Dense { silu: true, residual: Some(hidden), ..Dense::new("out", activated, 544) });
            network.output(out);
        };
        agrees(rows, &[1, 9], 1e-3)
    }
}
