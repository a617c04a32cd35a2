//! Activations of a piece of rows.

use std::mem::take;

use candle_core::Result;

use super::{DenseLayer, Layer, RowLayers, activated};
use crate::fused::{Before, Matrix, multiply, row_norm, vectorised, waves};

/// Columns of a layer's input: the first of them, how many, and their values.
type Part<'a> = (usize, usize, &'a [f32]);

impl RowLayers {
    /// All activations of a piece of rows. With `share`, what is the same for all rows, such as the noise level of a sampler,
    /// is one row, and so is what follows from it alone.
    pub(super) fn forward(
        &self,
        x: &[f32],
        parameters: &[f32],
        activations: &mut [Vec<f32>],
        scratch: &mut Vec<f32>,
        share: bool,
    ) -> Result<()> {
        self.inputs.iter().for_each(|input| activations[*input].clear());
        self.split_columns(x, &self.inputs, activations);
        for input in self.inputs.iter().filter(|_| share) {
            let width = self.widths[*input];
            let values = &mut activations[*input];
            if values.chunks_exact(width).all(|row| row == &values[..width]) {
                values.truncate(width);
            }
        }
        for layer in &self.layers {
            match layer {
                Layer::Dense(dense) => {
                    let mut out = take(&mut activations[dense.to]);
                    self.dense_forward(dense, parameters, activations, scratch, &mut out)?;
                    activations[dense.to] = out;
                }
                &Layer::Norm { from, scale, shift, to } => {
                    let mut out = take(&mut activations[to]);
                    out.resize(self.rows_of(&[from, scale, shift], activations) * self.widths[to], 0.0);
                    let given = [from, scale, shift].map(|i| activations[i].as_slice());
                    row_norm::forward(self.widths[to], given, &mut out);
                    activations[to] = out;
                }
                &Layer::Silu { from, to } => {
                    let mut out = take(&mut activations[to]);
                    activated(&activations[from], &mut out);
                    activations[to] = out;
                }
                Layer::Waves { from, to, frequencies } => {
                    let mut out = take(&mut activations[*to]);
                    out.resize(activations[*from].len() * 2 * frequencies.len(), 0.0);
                    waves::forward(self.widths[*from], frequencies, &activations[*from], &mut out);
                    activations[*to] = out;
                }
                Layer::Join { from, to } => {
                    let mut out = take(&mut activations[*to]);
                    out.resize(self.rows_of(from, activations) * self.widths[*to], 0.0);
                    self.join_columns(&mut out, from, activations);
                    activations[*to] = out;
                }
            }
        }
        Ok(())
    }

    /// Rows of the longest of some activations.
    fn rows_of(&self, of: &[usize], activations: &[Vec<f32>]) -> usize {
        of.iter().map(|i| activations[*i].len() / self.widths[*i]).max().unwrap_or(0)
    }

    fn dense_forward(
        &self,
        layer: &DenseLayer,
        parameters: &[f32],
        activations: &[Vec<f32>],
        scratch: &mut Vec<f32>,
        out: &mut Vec<f32>,
    ) -> Result<()> {
        let DenseLayer { from, to, weight, bias, silu, residual } = *layer;
        let (inputs, outputs) = (self.widths[from], self.widths[to]);
        let weights = |first: usize, count: usize| {
            Matrix::rows_of(outputs, &parameters[weight + first * outputs..][..count * outputs])
        };
        let x = if silu { activated(&activations[from], scratch) } else { &activations[from] };
        let rows = residual.map_or(0, |i| self.rows_of(&[i], activations)).max(x.len() / inputs);
        let parts = if silu { vec![(0, inputs, x)] } else { self.parts_of(from, activations) };
        let (same, mut varied): (Vec<Part<'_>>, Vec<Part<'_>>) =
            parts.into_iter().partition(|(_, width, values)| rows > 1 && values.len() == *width);
        if same.is_empty() {
            varied = vec![(0, inputs, x)];
        }
        // What is the same for all rows is added once, to the bias.
        let mut start = parameters[bias..bias + outputs].to_vec();
        for (first, width, values) in same {
            multiply(&mut start, Matrix::rows_of(width, values), weights(first, width), Before::Kept)?;
        }
        out.resize(rows * outputs, 0.0);
        vectorised(
            #[inline(always)]
            || match residual {
                Some(residual) => {
                    let residual = activations[residual].chunks_exact(outputs).cycle();
                    for (out, x) in out.chunks_exact_mut(outputs).zip(residual) {
                        out.iter_mut().zip(x).zip(&start).for_each(|((out, x), start)| *out = x + start);
                    }
                }
                None => out.chunks_exact_mut(outputs).for_each(|out| out.copy_from_slice(&start)),
            },
        );
        for (first, width, values) in varied {
            multiply(out, Matrix::rows_of(width, values), weights(first, width), Before::Kept)?;
        }
        Ok(())
    }

    /// The activations that lie side by side in one, or the one.
    fn parts_of<'a>(&self, joined: usize, activations: &'a [Vec<f32>]) -> Vec<Part<'a>> {
        let from = self.layers.iter().find_map(|layer| match layer {
            Layer::Join { from, to } if *to == joined => Some(from.as_slice()),
            _ => None,
        });
        let (mut parts, mut first) = (Vec::new(), 0);
        for i in from.unwrap_or(&[joined]) {
            parts.push((first, self.widths[*i], activations[*i].as_slice()));
            first += self.widths[*i];
        }
        parts
    }
}
