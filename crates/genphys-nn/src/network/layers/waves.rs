//! Cosines and sines of every value at several frequencies.

use std::f64::consts::TAU;

use candle_core::{Result, Tensor};

use super::on_gpu::{BackOnGpu, OnGpu, flag, floats};
use super::piece::{Back, Buffer, Composed, Given, Scratch, Size};
use super::{Activation, Layer, LayersBuilder};
use genphys_gpu::{Argument, Memory, count};
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
    /// Whether x is the network's input, which a GPU has with more digits than activations; where it is, the columns of
    /// its rows, the first of them, and the frequencies.
    fn source(&self, given: &OnGpu<'_>) -> Result<(bool, [Argument; 5])> {
        let (x, first, all) = match given.input(self.from) {
            Some(input) => input,
            None => (given.values(self.from)?, 0, given.size(self.from).width),
        };
        let [frequencies] = given.constants(0, || [floats(&self.frequencies)])?;
        let number = count(self.frequencies.len())?;
        let source = [Argument::Address(x), count(all)?, count(first)?, frequencies, number];
        Ok((given.input(self.from).is_some(), source))
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

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let (rows, width) = (given.rows(self.from), given.size(self.from).width);
        let out = given.room(2 * self.frequencies.len() * rows * width)?;
        let (of_input, source) = self.source(given)?;
        let kernel = if of_input { "waves_of_input" } else { "waves" };
        let rest = [Argument::Address(out.address()), count(width)?, count(rows)?];
        given.each(kernel, self.frequencies.len() * rows * width, &[&source[..], &rest].concat())?;
        Ok(out)
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        if !back.wants(self.from) {
            return Ok(());
        }
        let (rows, width) = (given.rows(self.from), given.size(self.from).width);
        let (of_input, source) = self.source(given)?;
        let kernel = if of_input { "waves_of_input_gradient" } else { "waves_gradient" };
        let (sum, begun) = back.begun(given, self.from)?;
        let (of, to) = (Argument::Address(gradient.address()), Argument::Address(sum));
        let rest = [of, to, count(width)?, count(rows)?, flag(begun)];
        given.each(kernel, rows * width, &[&source[..], &rest].concat())
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
