//! Cosines and sines of every value at several frequencies.

use std::f64::consts::TAU;

use candle_core::{Result, Tensor};

use super::on_gpu::{BackOnGpu, OnGpu, flag, floats};
use super::piece::{Back, Buffer, Composed, Given, Scratch, Size};
use super::{Activation, Layer, LayersBuilder};
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{Memory, Pointer, count};
use genphys_numeric::{LARGEST_PHASE, sin_cos, vectorised};

impl LayersBuilder {
    /// `cos(f x)` of every value, for one frequency f after the other, then `sin(f x)`.
    pub fn waves(&mut self, from: Activation, frequencies: &[f32]) -> Activation {
        let Size { positions, width } = self.size(from);
        let size = Size { positions, width: 2 * frequencies.len() * width };
        self.add(Waves { from: from.0, frequencies: frequencies.to_vec() }, size, false)
    }
}

#[derive(Debug)]
struct Waves {
    from: usize,
    frequencies: Vec<f32>,
}

impl Waves {
    /// Where the frequencies are on a GPU, and how many.
    fn table(&self, given: &OnGpu<'_>) -> Result<(Pointer<f32>, i32)> {
        let [frequencies] = given.constants(0, || [floats(&self.frequencies)])?;
        Ok((Pointer::new(frequencies), count(self.frequencies.len())?))
    }
}

impl Layer for Waves {
    fn sources(&self) -> Vec<usize> {
        vec![self.from]
    }

    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, _scratch: &mut Scratch) -> Result<()> {
        let x = given.values(self.from);
        out.resize(x.len() * 2 * self.frequencies.len(), 0.0);
        forward(given.size(self.from).width, &self.frequencies, x, out);
        Ok(())
    }

    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        if back.wants(self.from) {
            let x = given.values(self.from);
            let mut waves = back.scratch.take(gradient.len());
            let width = given.size(self.from).width;
            forward(width, &self.frequencies, x, &mut waves);
            add_gradient(width, &self.frequencies, &waves, &gradient, back.sum(self.from));
            back.scratch.give(waves);
        }
        back.scratch.give(gradient);
        Ok(())
    }

    /// The network's input is read with all its digits, which activations need not have.
    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let (all_rows, all_width) = (given.rows(self.from), given.size(self.from).width);
        let memory = given.room(2 * self.frequencies.len() * all_rows * all_width)?;
        let ((frequencies, number), out) = (self.table(given)?, memory.pointer());
        let (values, width, rows) =
            (self.frequencies.len() * all_rows * all_width, count(all_width)?, count(all_rows)?);
        match given.input(self.from) {
            Some((x, first, all)) => {
                let (first, x_width) = (count(first)?, count(all)?);
                let kernel = kernels::WavesOfInput { x, x_width, first, frequencies, number, out, width, rows };
                given.each(values, kernel)?;
            }
            None => {
                let (x, x_width, first) = (given.values(self.from)?, width, 0);
                given.each(values, kernels::Waves { x, x_width, first, frequencies, number, out, width, rows })?;
            }
        }
        Ok(memory)
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        if !back.wants(self.from) {
            return Ok(());
        }
        let values = given.rows(self.from) * given.size(self.from).width;
        let (rows, width) = (count(given.rows(self.from))?, count(given.size(self.from).width)?);
        let (frequencies, number) = self.table(given)?;
        let (sum, begun) = back.begun(given, self.from)?;
        let (gradient, add) = (gradient.pointer(), flag(begun));
        match given.input(self.from) {
            Some((x, first, all)) => {
                let (x_width, first) = (count(all)?, count(first)?);
                let kernel = kernels::WavesOfInputGradient {
                    x,
                    x_width,
                    first,
                    frequencies,
                    number,
                    gradient,
                    sum,
                    width,
                    rows,
                    add,
                };
                given.each(values, kernel)
            }
            None => {
                let (x, x_width, first) = (given.values(self.from)?, width, 0);
                let kernel =
                    kernels::WavesGradient { x, x_width, first, frequencies, number, gradient, sum, width, rows, add };
                given.each(values, kernel)
            }
        }
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        let x = given.get(self.from)?;
        let phases = self.frequencies.iter().map(|f| x.affine(f64::from(*f), 0.0)).collect::<Result<Vec<_>>>()?;
        let phases = Tensor::cat(&phases, 1)?;
        Tensor::cat(&[phases.cos()?, phases.sin()?], 1)
    }
}

/// `(rows, width)` to `(rows, 2 width frequencies)`: `cos(f x)`, for one frequency f after the other, then `sin(f x)`.
fn forward(width: usize, frequencies: &[f32], x: &[f32], out: &mut [f32]) {
    let half = width * frequencies.len();
    vectorised(
        #[inline(always)]
        || {
            for (x, out) in x.chunks_exact(width).zip(out.chunks_exact_mut(2 * half)) {
                let (cosines, sines) = out.split_at_mut(half);
                for (cosines, f) in cosines.chunks_exact_mut(width).zip(frequencies) {
                    // The phases go where the cosines will be.
                    cosines.iter_mut().zip(x).for_each(|(phase, x)| *phase = f * x);
                }
                let largest =
                    cosines.iter().fold(0f32, |most, phase| if phase.abs() > most { phase.abs() } else { most });
                if largest > LARGEST_PHASE {
                    cosines.iter_mut().for_each(|phase| *phase = (f64::from(*phase) % TAU) as f32);
                }
                for (cosine, sine) in cosines.iter_mut().zip(sines) {
                    (*sine, *cosine) = sin_cos(*cosine);
                }
            }
        },
    );
}

/// Adds `∂/∂x` to `sum`; `waves` is what [`forward`] returned.
fn add_gradient(width: usize, frequencies: &[f32], waves: &[f32], gradient: &[f32], sum: &mut [f32]) {
    let half = width * frequencies.len();
    vectorised(
        #[inline(always)]
        || {
            let rows = waves.chunks_exact(2 * half).zip(gradient.chunks_exact(2 * half));
            for (sum, (waves, gradient)) in sum.chunks_exact_mut(width).zip(rows) {
                for (i, f) in frequencies.iter().enumerate() {
                    let (cosine, sine) = (i * width, half + i * width);
                    for (j, sum) in sum.iter_mut().enumerate() {
                        *sum += f * (gradient[sine + j] * waves[cosine + j] - gradient[cosine + j] * waves[sine + j]);
                    }
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::super::test_support::agrees;
    use super::*;
    use crate::error::Result;
    use crate::network::layers::Dense;

    #[test]
    fn agrees_with_the_composed_layer() -> Result<()> {
        let network = |network: &mut LayersBuilder| {
            let x = network.input(3);
            let waves = network.waves(x, &[0.7, 1.9]);
            let out = network.dense(Dense::new("out", waves, 2));
            network.output(out);
        };
        agrees(network, &[1, 6, 500], 1e-4)
    }

    #[test]
    fn far_values_are_right_too() {
        let (x, frequencies) = ([0.3f32, -2.0, 1e5, 4e6], [0.5f32, 1.0]);
        let mut out = vec![0f32; 16];
        forward(2, &frequencies, &x, &mut out);
        for (x, out) in x.chunks(2).zip(out.chunks(8)) {
            for (i, f) in frequencies.iter().enumerate() {
                for (j, x) in x.iter().enumerate() {
                    let (sine, cosine) = f64::from(f * x).sin_cos();
                    assert!((f64::from(out[2 * i + j]) - cosine).abs() < 3e-7, "cos({f} {x})");
                    assert!((f64::from(out[4 + 2 * i + j]) - sine).abs() < 3e-7, "sin({f} {x})");
                }
            }
        }
    }
}
