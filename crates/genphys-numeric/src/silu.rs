//! SiLU, `x / (1 + e^{-x})`, and its derivative.

use super::{exp, vectorised};

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// SiLU of a number.
#[inline(always)]
pub fn silu_of(x: f32) -> f32 {
    x * sigmoid(x)
}

/// The derivative of SiLU.
#[inline(always)]
pub fn slope_of(x: f32) -> f32 {
    let s = sigmoid(x);
    s * (1.0 + x * (1.0 - s))
}

/// SiLU of every value.
pub fn activate(x: &[f32], out: &mut [f32]) {
    vectorised(
        #[inline(always)]
        || out.iter_mut().zip(x).for_each(|(out, x)| *out = silu_of(*x)),
    );
}

/// `sum += gradient silu′(x)`.
pub fn add_silu_gradient(sum: &mut [f32], x: &[f32], gradient: &[f32]) {
    vectorised(
        #[inline(always)]
        || sum.iter_mut().zip(x).zip(gradient).for_each(|((sum, x), gradient)| *sum += gradient * slope_of(*x)),
    );
}
