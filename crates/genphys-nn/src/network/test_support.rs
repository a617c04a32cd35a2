//! What the tests of the networks share.

use candle_core::{DType, Device, Tensor};

use super::{Condition, ImageSize, NetworkConfig, NetworkFn, NetworkKind, ParameterStore, Precision, build_of};
use crate::error::{NnError, Result};

/// A small network for images with all heads and three classes.
pub(super) fn image_config(kind: NetworkKind, image: ImageSize, pace: usize) -> NetworkConfig {
    NetworkConfig {
        precision: Precision::F32,
        kind,
        dim: image.dim(),
        image: Some(image),
        width: 8,
        depth: 1,
        octaves: 0,
        patch: 2,
        embedding: 8,
        classes: 3,
        growth: true,
        pace,
    }
}

/// Shapes of the outputs, zero before training, and a gradient for every parameter.
pub(super) fn check(config: &NetworkConfig) -> Result<()> {
    check_of(config, None)
}

/// The same for a network of a program's own.
pub(super) fn check_of(config: &NetworkConfig, own: Option<NetworkFn>) -> Result<()> {
    let device = Device::Cpu;
    let mut store = ParameterStore::new(&device, 3);
    let network = build_of(&mut store, config, own)?;
    let batch = 4;
    let data: Vec<f32> = (0..batch * config.dim).map(|i| (i as f32 * 0.7).sin()).collect();
    let x = Tensor::from_vec(data, (batch, config.dim), &device)?;
    let ones = Tensor::ones((batch, 1), DType::F32, &device)?;
    // Every class, and the label of no class.
    let labels = Tensor::new(&[0u32, 1, 2, 3], &device)?;
    let condition =
        Condition { level: &ones, ratio: &ones, labels: if config.classes > 0 { Some(&labels) } else { None } };
    let output = network.forward(&x, &condition)?;
    assert_eq!(output.point.dims(), [batch, config.dim]);
    assert_eq!(output.point.abs()?.sum_all()?.to_scalar::<f32>()?, 0.0);
    // With every parameter away from zero, the loss depends on each of them.
    for (index, (_, var)) in store.iter().enumerate() {
        let count = var.elem_count();
        let noise: Vec<f32> = (0..count).map(|i| 0.1 * ((i + 7 * index) as f32 * 1.7).sin() + 0.02).collect();
        var.set(&(var.as_tensor() + Tensor::from_vec(noise, var.shape(), &device)?)?)?;
    }
    let output = network.forward(&x, &condition)?;
    let weights = Tensor::arange(1f32, (batch * config.dim + 1) as f32, &device)?.reshape((batch, config.dim))?;
    let mut loss = (output.point.sqr()? * weights)?.sum_all()?;
    let missing = |what: &str| NnError::Setting(format!("{what}: none"));
    if config.growth {
        let growth = output.growth.ok_or_else(|| missing("growth"))?;
        assert_eq!(growth.dims(), [batch]);
        loss = (loss + growth.sqr()?.sum_all()?)?;
    }
    if config.pace > 0 {
        let pace = output.pace.ok_or_else(|| missing("pace"))?;
        assert_eq!(pace.dims(), [batch, config.pace]);
        loss = (loss + pace.sqr()?.sum_all()?)?;
    }
    let gradients = loss.backward()?;
    let of_parameters = store.split(|name, var| gradients.get(var).cloned().ok_or_else(|| missing(name)))?;
    for (name, gradient) in of_parameters {
        let size = gradient.abs()?.sum_all()?.to_scalar::<f32>()?;
        assert!(size > 0.0 && size.is_finite(), "{name} has no gradient: {size}");
    }
    Ok(())
}
