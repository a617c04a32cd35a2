//! Our layers beside candle's operations on a small case that has every layer: value and gradients.

use std::sync::Arc;

use candle_core::{Device, Tensor, Var};

use super::gpu_pass::{Inputs, Network};
use super::on_gpu::Constants;
use super::{Activation, Convolution, Dense, Grid, Layers, LayersBuilder, Modulation, PositionMap};
use crate::error::{NnError, Result};
use crate::network::parameter_store::{ParameterStore, Parameters};
use genphys_gpu::{Memory, Pool, Precision};

/// Examples of the case.
const EXAMPLES: usize = 3;

/// Values and a reference for them.
pub(crate) type Pair = (&'static str, Vec<f32>, Vec<f32>);

/// What both find for the small case: outputs, the gradient of the inputs, and that of the parameters. Ours on a CPU,
/// or in a GPU's memory; candle's in `f32` on a device.
///
/// # Errors
/// When either fails.
pub(crate) fn both(device: &Device, own: Option<&Arc<Pool>>, precision: Precision) -> Result<Vec<Pair>> {
    let mut found = Vec::new();
    for network in [|network: &mut LayersBuilder| images(network, SMALL), rows] {
        let (layers, store) = waved(network)?;
        let inputs = layers.graph.width(&layers.graph.inputs);
        let x = Tensor::from_vec(wave(EXAMPLES * inputs, 1.3), (EXAMPLES, inputs), &Device::Cpu)?;
        let outputs = layers.graph.width(&layers.graph.outputs);
        let gradient = Tensor::from_vec(wave(EXAMPLES * outputs, 0.37), (EXAMPLES, outputs), &Device::Cpu)?;
        let Parameters::Vector(vector) = &layers.parameters else {
            return Err(NnError::Setting("expected a vector of parameters".into()));
        };
        let vector = vector.detach();
        let [ours, input, parameters] = match own {
            Some(pool) => in_memory(pool, &layers, [&x, &vector, &gradient], precision)?,
            None => on_cpu(&layers, &x, &vector, &gradient)?,
        };
        let parts = store.parameters()?.into_iter().map(|(_, part)| part).collect::<Vec<_>>();
        let [value, of_input, of_parts] = reference(device, &layers, &x, &parts, &gradient)?;
        found.push(("value", ours, value));
        found.push(("gradient of the input", input, of_input));
        // Each by itself: a small one beside large ones would not be seen.
        let mut start = 0;
        for part in &parts {
            let end = start + part.elem_count();
            found.push(("gradient of a parameter", parameters[start..end].to_vec(), of_parts[start..end].to_vec()));
            start = end;
        }
    }
    Ok(found)
}

/// Values between minus one and one.
pub(super) fn wave(count: usize, frequency: f32) -> Vec<f32> {
    (0..count).map(|i| (i as f32 * frequency).sin()).collect()
}

/// Layers whose parameters are away from zero, on the CPU.
pub(super) fn waved(network: impl FnOnce(&mut LayersBuilder)) -> Result<(Layers, ParameterStore)> {
    let mut store = ParameterStore::new(&Device::Cpu, 0);
    let mut builder = LayersBuilder::default();
    network(&mut builder);
    let layers = builder.build(&mut store, "layers", Precision::F32)?;
    // Of a size that keeps that of the activations.
    let of_size = |part: &Tensor| (part.dims().first().map_or(1.0, |rows| *rows as f64)).powf(-0.5);
    store.map(|_, part| {
        let values = Tensor::from_vec(wave(part.elem_count(), 0.71), part.shape(), part.device())?;
        Ok(if part.rank() == 2 { values.affine(2.0 * of_size(part), 0.0)? } else { values })
    })?;
    Ok((layers, store))
}

/// Makes any activation an output.
pub(super) fn output(network: &mut LayersBuilder, from: Activation) {
    let count = network.size(from).values();
    let row = network.rearrange(from, count, (0..count as u32).collect());
    network.output(row);
}

/// Outputs, and the gradients of inputs and parameters, by kernels in a GPU's memory, from inputs, parameters, and the
/// gradient of the outputs.
pub(super) fn in_memory(
    pool: &Arc<Pool>,
    layers: &Layers,
    [x, parameters, gradient]: [&Tensor; 3],
    precision: Precision,
) -> Result<[Vec<f32>; 3]> {
    let put = |tensor: &Tensor| -> Result<Memory> {
        let bytes: Vec<u8> = tensor.flatten_all()?.to_vec1::<f32>()?.into_iter().flat_map(f32::to_ne_bytes).collect();
        let memory = pool.take(bytes.len())?;
        pool.gpu().write(memory.address(), &bytes)?;
        Ok(memory)
    };
    let read = |memory: &Memory, count: usize| -> Result<Vec<f32>> {
        let bytes = pool.gpu().read(memory.address(), 4 * count)?;
        Ok(bytes.as_chunks().0.iter().map(|bytes| f32::from_ne_bytes(*bytes)).collect())
    };
    let (given, vector, of_out) = (put(x)?, put(parameters)?, put(gradient)?);
    let counts = [gradient.elem_count(), x.elem_count(), parameters.elem_count()];
    let [out, of_input, of_parameters] = counts.map(|count| pool.take(4 * count));
    let (out, of_input, of_parameters) = (out?, of_input?, of_parameters?);
    let constants = Constants::default();
    let network = Network { graph: &layers.graph, constants: &constants, pool, precision };
    let inputs = Inputs { examples: x.dim(0)?, x: given.pointer(), parameters: vector.pointer() };
    let kept = network.forward(inputs, out.pointer(), true)?;
    let kept = kept.ok_or_else(|| NnError::Setting("nothing was kept".into()))?;
    let found = read(&out, counts[0])?;
    network.backward(kept, inputs, of_out.pointer(), Some(of_input.pointer()), Some(of_parameters.pointer()))?;
    Ok([found, read(&of_input, counts[1])?, read(&of_parameters, counts[2])?])
}

/// The same by loops on a CPU.
fn on_cpu(layers: &Layers, x: &Tensor, vector: &Tensor, gradient: &Tensor) -> Result<[Vec<f32>; 3]> {
    let (x, vector) = (Var::from_tensor(x)?, Var::from_tensor(vector)?);
    let parameters = Parameters::Vector(vector.as_tensor().clone());
    let out = Layers { parameters, ..layers.clone() }.forward(&x)?;
    gradients(&out, gradient, &[&x, &vector])
}

/// The same by candle's operations on a device.
fn reference(
    device: &Device,
    layers: &Layers,
    x: &Tensor,
    parts: &[Tensor],
    gradient: &Tensor,
) -> Result<[Vec<f32>; 3]> {
    let there = |tensor: &Tensor| Var::from_tensor(&tensor.to_device(device)?.contiguous()?);
    let vars = std::iter::once(x).chain(parts).map(there).collect::<candle_core::Result<Vec<_>>>()?;
    let parts: Vec<Tensor> = vars[1..].iter().map(|var| var.as_tensor().clone()).collect();
    let out = layers.composed(&vars[0], &parts)?;
    gradients(&out, &gradient.to_device(device)?, &vars.iter().collect::<Vec<_>>())
}

/// Outputs, the gradient of the first variable, and those of the others, one after the other.
fn gradients(out: &Tensor, gradient: &Tensor, vars: &[&Var]) -> Result<[Vec<f32>; 3]> {
    let found = (out * gradient)?.sum_all()?.backward()?;
    let read = |tensor: &Tensor| tensor.flatten_all()?.to_vec1::<f32>();
    let of = |var: &&Var| match found.get(var) {
        Some(gradient) => Ok(read(gradient)?),
        None => Ok(vec![0.0; var.elem_count()]),
    };
    let all = vars.iter().map(of).collect::<Result<Vec<_>>>()?;
    Ok([read(out)?, all[0].clone(), all[1..].concat()])
}

/// Scale and shift beside each other.
pub(super) fn beside(of: Activation, width: usize) -> Modulation {
    Modulation { scale: of.from_column(0), shift: of.from_column(width) }
}

/// The images of the small case.
const SMALL: Grid = Grid { height: 3, width: 2 };

/// Layers of images with 16 channels, of sizes that kernels take 16 bytes at a time.
pub(super) fn images(network: &mut LayersBuilder, grid: Grid) {
    let values = 16 * grid.height * grid.width;
    let (x, noise) = (network.input(values), network.input(8));
    let image = network.rearrange(x, 16, (0..values as u32).collect());
    let told = network.dense(Dense::new("told", noise, 64));
    let hidden = network.convolution(Convolution::new("first", image, grid, 32));
    let hidden = network.group_norm_silu(hidden, beside(told, 32), 8);
    let (halve, _) = PositionMap::halve(grid);
    let half = network.resample(hidden, &halve);
    let whole = network.resample(half, &PositionMap::double(grid));
    let hidden = network.join(&[hidden, whole]);
    let second = Convolution::new("second", hidden, grid, 32);
    let skip = network.dense(Dense::new("skip", hidden, 32));
    let hidden = network.convolution(Convolution { residual: Some(skip), ..second });
    let normed = network.norm(hidden, beside(told, 32));
    let joint = network.dense(Dense::new("joint", normed, 96));
    let mixed = network.attention(joint, 2);
    let gated = network.gated_sum(hidden, mixed, told.from_column(32));
    let mean = network.mean(gated);
    output(network, gated);
    network.output(mean);
}

/// Layers of rows, of sizes that are no multiples of anything, and everything that is told or learned.
pub(super) fn rows(network: &mut LayersBuilder) {
    let (x, told) = (network.input(5), network.input(3));
    let learned = network.learned("learned", 7);
    let constant = network.constant(7, wave(7, 0.9));
    let of_input = network.waves(x, &[0.7, 1.9]);
    let hidden = network.dense(Dense { residual: Some(constant), ..Dense::new("first", of_input, 7) });
    let of_hidden = network.waves(hidden, &[0.6]);
    let steering = network.dense(Dense { silu: true, ..Dense::new("told", told, 14) });
    let normed = network.norm(hidden, beside(steering, 7));
    let gated = network.gated_sum(normed, hidden, learned.from_column(0));
    let activated = network.silu(gated);
    // Normalised rows are used again, so that their gradients are added.
    let joined = network.join(&[activated, of_hidden, normed, x]);
    let out = network.dense(Dense { silu: true, residual: Some(hidden), ..Dense::new("out", joined, 7) });
    network.output(out);
    network.output(gated);
}
