//! What the tests of the fused operations share: inputs, and comparison with the composed operation.

use candle_core::{Device, Error, Result, Shape, Tensor, Var};

/// A tensor of any shape with values between -1 and 1.
pub(super) fn wave(frequency: f32, shape: impl Into<Shape>) -> Result<Tensor> {
    let shape = shape.into();
    let data: Vec<f32> = (0..shape.elem_count()).map(|i| (i as f32 * frequency).sin()).collect();
    Tensor::from_vec(data, shape, &Device::Cpu)
}

/// The largest difference.
pub(super) fn difference(a: &Tensor, b: &Tensor) -> Result<f32> {
    (a - b)?.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()
}

/// Asserts that value and gradients of two computations agree, relative to their size.
pub(super) fn gradients_agree(fused: &Tensor, composed: &Tensor, vars: &[&Var], tolerance: f32) -> Result<()> {
    let size = |tensor: &Tensor| tensor.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>();
    let close = |a: &Tensor, b: &Tensor| -> Result<bool> { Ok(difference(a, b)? <= tolerance * (1.0 + size(b)?)) };
    assert!(close(fused, composed)?, "values differ by {}", difference(fused, composed)?);
    let weights = wave(0.37, fused.shape())?;
    let ours = (fused * &weights)?.sum_all()?.backward()?;
    let theirs = (composed * &weights)?.sum_all()?.backward()?;
    for (index, var) in vars.iter().enumerate() {
        let (Some(a), Some(b)) = (ours.get(var), theirs.get(var)) else {
            return Err(Error::Msg(format!("gradient {index} is missing")));
        };
        assert!(size(b)? > 0.0 && close(a, b)?, "gradient {index} differs by {}", difference(a, b)?);
    }
    Ok(())
}

/// Asserts that the gradients of a sum of the outputs are what central differences give, in a few random directions.
pub(super) fn gradients_are_differences(
    operation: impl Fn() -> Result<Tensor>,
    vars: &[&Var],
    tolerance: f64,
) -> Result<()> {
    let weights = wave(0.61, operation()?.shape())?;
    let value = || -> Result<f64> {
        let terms = (operation()? * &weights)?.flatten_all()?.to_vec1::<f32>()?;
        Ok(terms.into_iter().map(f64::from).sum())
    };
    let gradients = (operation()? * &weights)?.sum_all()?.backward()?;
    for (index, var) in vars.iter().enumerate() {
        let gradient = gradients.get(var).ok_or_else(|| Error::Msg(format!("gradient {index} is missing")))?;
        for frequency in [0.9, 1.7, 2.9] {
            let start = var.as_tensor().copy()?;
            let direction = wave(frequency, start.shape())?;
            let slope = (gradient * &direction)?.flatten_all()?.to_vec1::<f32>()?;
            let slope: f64 = slope.into_iter().map(f64::from).sum();
            let step = 1e-2;
            var.set(&(&start + direction.affine(step, 0.0)?)?)?;
            let above = value()?;
            var.set(&(&start - direction.affine(step, 0.0)?)?)?;
            let below = value()?;
            var.set(&start)?;
            let difference = (above - below) / (2.0 * step);
            let allowed = tolerance * (1.0 + slope.abs());
            assert!((difference - slope).abs() < allowed, "gradient {index}: {slope} and {difference} by differences");
        }
    }
    Ok(())
}
