//! What the tests of the layers share: comparison with the composed operations, on the CPU and on an emulated GPU.

use std::sync::Arc;

use candle_core::{Device, Tensor, Var};

use super::comparison::{in_memory, wave};
use super::gpu_pass::{Inputs, Network};
use super::on_gpu::Constants;
use super::{Layers, LayersBuilder};
use crate::error::{NnError, Result};
use crate::network::parameter_store::Parameters;
use genphys_gpu::emulator::{Emulated, test_devices};
use genphys_gpu::{Gpu, Memory, Pool, Precision};

pub(super) use super::comparison::{output, waved as built};

fn size(tensor: &Tensor) -> Result<f32> {
    Ok(tensor.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()?)
}

/// Asserts that value and gradients agree with the composed operations for several batches, relative to their size.
pub(super) fn agrees(network: impl FnOnce(&mut LayersBuilder), batches: &[usize], tolerance: f32) -> Result<()> {
    let (layers, store) = built(network)?;
    let Parameters::Vector(vector) = layers.parameters.clone() else {
        return Err(NnError::Setting("expected a vector of parameters".into()));
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
        let theirs = (&composed * &weights)?.sum_all()?.backward()?;
        for (what, var) in std::iter::once(("input", &x)).chain(store.iter()) {
            let missing = || NnError::Setting(format!("no gradient of {what}"));
            let (a, b) = (ours.get(var).ok_or_else(missing)?, theirs.get(var).ok_or_else(missing)?);
            assert!(size(b)? > 0.0);
            close(a, b, what)?;
        }
        let missing = || NnError::Setting("no gradient".into());
        let of_parameters = ours.get(&vector).ok_or_else(missing)?;
        let expected = [&composed, theirs.get(&x).ok_or_else(missing)?, of_parameters];
        for (precision, tolerance) in [(Precision::F32, tolerance), (Precision::Tf32, 1e-2), (Precision::Bf16, 0.1)] {
            let near = |found: [Vec<f32>; 3], where_: &str| -> Result<()> {
                for ((found, expected), what) in found.iter().zip(expected).zip(["value", "input", "parameters"]) {
                    let found = Tensor::from_slice(found, expected.shape(), &Device::Cpu)?;
                    let (distance, of) = (size(&(&found - expected)?)?, size(expected)?);
                    // Not near by being nothing.
                    assert!(
                        distance <= tolerance * (1.0 + of) && distance <= 0.5 * of,
                        "{where_}, {precision}, {what}, {batch} examples: {distance} of {of}"
                    );
                }
                Ok(())
            };
            if batch * inputs <= MOST_EMULATED {
                for (convolves, where_) in [(false, "emulated GPU"), (true, "emulated GPU that convolves")] {
                    near(emulated(&layers, &plain, &vector, &weights, (convolves, precision))?, where_)?;
                }
            }
            for device in test_devices().iter().filter(|device| !device.is_cpu()) {
                near(on_cuda(&layers, &plain, &vector, &weights, (device, precision))?, "CUDA")?;
            }
        }
    }
    Ok(())
}

/// Output, and the gradients of input and parameters, of a CUDA device, given the output's gradient.
fn on_cuda(
    layers: &Layers,
    x: &Tensor,
    parameters: &Tensor,
    gradient: &Tensor,
    (device, precision): (&Device, Precision),
) -> Result<[Vec<f32>; 3]> {
    let there = |tensor: &Tensor| Var::from_tensor(&tensor.detach().to_device(device)?);
    let (x, parameters) = (there(x)?, there(parameters)?);
    let vector = Parameters::Vector(parameters.as_tensor().clone());
    let layers = Layers { parameters: vector, rooms: Arc::default(), precision, ..layers.clone() };
    let out = layers.forward(&x)?;
    let gradients = (&out * there(gradient)?.as_tensor())?.sum_all()?.backward()?;
    let missing = || NnError::Setting("no gradient".into());
    let read = |tensor: &Tensor| tensor.flatten_all()?.to_vec1::<f32>();
    let of = |var: &Var| gradients.get(var).ok_or_else(missing);
    Ok([read(&out)?, read(of(&x)?)?, read(of(&parameters)?)?])
}

/// Values of a batch above which the emulator takes too long.
const MOST_EMULATED: usize = 4000;

/// Output, and the gradients of input and parameters, of an emulated GPU, given the output's gradient.
fn emulated(
    layers: &Layers,
    x: &Tensor,
    parameters: &Tensor,
    gradient: &Tensor,
    (convolves, precision): (bool, Precision),
) -> Result<[Vec<f32>; 3]> {
    let gpu = Emulated::new(convolves);
    let pool = Pool::new(Arc::clone(&gpu) as Arc<dyn Gpu>);
    let put = |tensor: &Tensor| -> Result<Memory> {
        let bytes: Vec<u8> = tensor.flatten_all()?.to_vec1::<f32>()?.into_iter().flat_map(f32::to_ne_bytes).collect();
        let memory = pool.take(bytes.len())?;
        gpu.write(memory.address(), &bytes)?;
        Ok(memory)
    };
    let (on_gpu, vector, out) = (put(x)?, put(parameters)?, pool.take(4 * gradient.elem_count())?);
    let constants = Constants::default();
    let network = Network { graph: &layers.graph, constants: &constants, pool: &pool, precision };
    let inputs = Inputs { examples: x.dim(0)?, x: on_gpu.pointer(), parameters: vector.pointer() };
    // Without a way back first, then from the memory this leaves.
    assert!(network.forward(inputs, out.pointer(), false)?.is_none());
    let without = gpu.read_f32(out.address(), gradient.elem_count())?;
    drop((on_gpu, vector, out));
    let found = in_memory(&pool, layers, [x, parameters, gradient], precision)?;
    assert_eq!(without, found[0]);
    Ok(found)
}
