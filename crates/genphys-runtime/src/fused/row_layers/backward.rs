//! Gradients of a piece of rows.

use std::mem::take;

use candle_core::Result;

use super::{DenseLayer, Layer, RowLayers, activated};
use crate::fused::column_sums::add_rows;
use crate::fused::silu::slope_of;
use crate::fused::{Before, Matrix, multiply, row_norm, vectorised, waves};

impl RowLayers {
    /// Gradients of a piece of rows, given the activations and the gradients of the outputs in `gradients`, which are empty
    /// where there is none. `wanted` says whether the inputs' are wanted; those of the parameters are added to `of_parameters`.
    pub(super) fn backward(
        &self,
        parameters: &[f32],
        activations: &[Vec<f32>],
        gradients: &mut [Vec<f32>],
        scratch: &mut Vec<f32>,
        (of_parameters, wanted): (Option<&mut [f32]>, bool),
    ) -> Result<()> {
        let mut of_parameters = of_parameters;
        for layer in self.layers.iter().rev() {
            match layer {
                &Layer::Dense(DenseLayer { from, to, weight, bias, silu: active, residual }) => {
                    let gradient = take(&mut gradients[to]);
                    if gradient.is_empty() {
                        continue;
                    }
                    let (inputs, outputs) = (self.widths[from], self.widths[to]);
                    let weights = weight..weight + inputs * outputs;
                    let rows = Matrix::rows_of(outputs, &gradient);
                    if let Some(sum) = &mut of_parameters {
                        let x = if active { activated(&activations[from], scratch) } else { &activations[from] };
                        let x = Matrix::rows_of(inputs, x).transposed();
                        multiply(&mut sum[weights.clone()], x, rows, Before::Kept)?;
                        add_rows(&mut sum[bias..bias + outputs], &gradient);
                    }
                    if wanted || !self.inputs.contains(&from) {
                        let weight = Matrix::rows_of(outputs, &parameters[weights]).transposed();
                        if active {
                            scratch.resize(activations[from].len(), 0.0);
                            multiply(scratch, rows, weight, Before::Forgotten)?;
                            add_silu_gradient(&mut gradients[from], &activations[from], scratch);
                        } else {
                            let before = if gradients[from].is_empty() { Before::Forgotten } else { Before::Kept };
                            gradients[from].resize(activations[from].len(), 0.0);
                            multiply(&mut gradients[from], rows, weight, before)?;
                        }
                    }
                    if let Some(residual) = residual {
                        add(&mut gradients[residual], gradient);
                    }
                }
                &Layer::Norm { from, scale, shift, to } => {
                    let gradient = take(&mut gradients[to]);
                    if gradient.is_empty() {
                        continue;
                    }
                    let width = self.widths[from];
                    let (x, factor) = (&activations[from], &activations[scale]);
                    scratch.resize(gradient.len(), 0.0);
                    row_norm::gradient_of_input(width, [x, factor, &gradient], scratch);
                    add_slice(&mut gradients[from], scratch);
                    row_norm::gradient_of_scale(width, [x, &gradient], scratch);
                    add_slice(&mut gradients[scale], scratch);
                    add(&mut gradients[shift], gradient);
                }
                &Layer::Silu { from, to } => {
                    let gradient = take(&mut gradients[to]);
                    if !gradient.is_empty() {
                        add_silu_gradient(&mut gradients[from], &activations[from], &gradient);
                    }
                }
                Layer::Waves { from, to, frequencies } => {
                    let gradient = take(&mut gradients[*to]);
                    if !gradient.is_empty() && (wanted || !self.inputs.contains(from)) {
                        let sum = &mut gradients[*from];
                        sum.resize(activations[*from].len(), 0.0);
                        waves::add_gradient(self.widths[*from], frequencies, &activations[*to], &gradient, sum);
                    }
                }
                Layer::Join { from, to } => {
                    let gradient = take(&mut gradients[*to]);
                    if !gradient.is_empty() {
                        let mut parts: Vec<Vec<f32>> = vec![Vec::new(); self.widths.len()];
                        self.split_columns(&gradient, from, &mut parts);
                        from.iter().for_each(|i| add(&mut gradients[*i], take(&mut parts[*i])));
                    }
                }
            }
        }
        Ok(())
    }
}

/// `sum += gradient silu′(x)`; an empty sum is zero.
fn add_silu_gradient(sum: &mut Vec<f32>, x: &[f32], gradient: &[f32]) {
    sum.resize(x.len(), 0.0);
    vectorised(
        #[inline(always)]
        || sum.iter_mut().zip(x).zip(gradient).for_each(|((sum, x), gradient)| *sum += gradient * slope_of(*x)),
    );
}

/// `sum += values`; an empty sum is zero.
fn add_slice(sum: &mut Vec<f32>, values: &[f32]) {
    sum.resize(values.len(), 0.0);
    vectorised(
        #[inline(always)]
        || sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value),
    );
}

fn add(sum: &mut Vec<f32>, values: Vec<f32>) {
    if sum.is_empty() { *sum = values } else { add_slice(sum, &values) }
}
