//! What the tests of the layers share: comparison with the composed operations.

use candle_core::{Device, Tensor, Var};

use super::{Activation, Layers, LayersBuilder};
use crate::error::{Result, RuntimeError};
use crate::network::parameter_store::{ParameterStore, Parameters};

fn wave(count: usize, frequency: f32) -> Vec<f32> {
    (0..count).map(|i| (i as f32 * frequency).sin()).collect()
}

fn size(tensor: &Tensor) -> Result<f32> {
    Ok(tensor.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()?)
}

/// Builds layers whose parameters are away from zero.
pub(super) fn built(network: impl FnOnce(&mut LayersBuilder)) -> Result<(Layers, ParameterStore)> {
    let mut store = ParameterStore::new(&Device::Cpu, 0);
    let mut builder = LayersBuilder::default();
    network(&mut builder);
    let layers = builder.build(&mut store, "layers")?;
    store.map(|_, part| Ok(Tensor::from_vec(wave(part.elem_count(), 0.71), part.shape(), part.device())?))?;
    Ok((layers, store))
}

/// Makes any activation an output.
pub(super) fn output(network: &mut LayersBuilder, from: Activation) {
    let count = network.size(from).values();
    let row = network.rearrange(from, count, (0..count as u32).collect());
    network.output(row);
}

/// Asserts that value and gradients agree with the composed operations for several batches, relative to their size.
pub(super) fn agrees(network: impl FnOnce(&mut LayersBuilder), batches: &[usize], tolerance: f32) -> Result<()> {
    let (layers, store) = built(network)?;
    let Parameters::Vector(vector) = layers.parameters.clone() else {
        return Err(RuntimeError::Setting("expected a vector of parameters".into()));
    };
    let frozen = Layers { parameters: Parameters::Vector(vector.detach()), ..layers.clone() };
    for batch in batches.iter().copied() {
        let parts: Vec<Tensor> =
            store.split(|_, var| Ok(var.as_tensor().clone()))?.into_iter().map(|(_, part)| part).collect();
        let inputs = layers.graph.width(&layers.graph.inputs);
        let x = Var::from_vec(wave(batch * inputs, 1.3), (batch, inputs), &Device::Cpu)?;
        let (fused, composed) = (layers.forward(&x)?, layers.composed(&x, &parts)?);
        let close = |a: &Tensor, b: &Tensor, what: &str| -> Result<()> {
            let (distance, of) = (size(&(a - b)?)?, size(b)?);
            assert!(distance <= tolerance * (1.0 + of), "{what}, {batch} examples: {distance} of {of}");
            Ok(())
        };
        close(&fused, &composed, "value")?;
        // Nothing kept, and what is the same for all examples found once.
        let plain = x.as_tensor().detach();
        close(&frozen.forward(&plain)?, &composed, "value without gradient")?;
        let same = plain.narrow(0, 0, 1)?.broadcast_as((batch, inputs))?;
        close(&frozen.forward(&same)?, &layers.composed(&same, &parts)?, "same examples")?;

        let weights = Tensor::from_vec(wave(fused.elem_count(), 0.37), fused.shape(), &Device::Cpu)?;
        let ours = (fused * &weights)?.sum_all()?.backward()?;
        let theirs = (composed * &weights)?.sum_all()?.backward()?;
        for (what, var) in std::iter::once(("input", &x)).chain(store.iter()) {
            let missing = || RuntimeError::Setting(format!("no gradient of {what}"));
            let (a, b) = (ours.get(var).ok_or_else(missing)?, theirs.get(var).ok_or_else(missing)?);
            assert!(size(b)? > 0.0);
            close(a, b, what)?;
        }
    }
    Ok(())
}
