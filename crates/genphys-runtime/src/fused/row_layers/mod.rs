//! Layers that treat every row by itself, all of them in one node.
//!
//! Rows do not depend on each other, so a piece of them goes through all layers, forward and backward, in one thread while
//! its values are in cache. A graph with a node per layer waits for all threads after each, moves every activation through
//! memory a dozen times, and gives every node a gradient of zeros to add to.

mod backward;
mod forward;
mod pass;

use std::sync::Arc;

use candle_core::{D, Error, Result, Tensor};

use super::silu::activate;
use super::{row_norm, silu};
use pass::Pass;

/// A matrix inside the network with one row per example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activation(usize);

#[derive(Clone, Debug)]
enum Layer {
    Dense(DenseLayer),
    /// Every row brought to mean 0 and variance 1, then `row (1 + scale) + shift`.
    Norm {
        from: usize,
        scale: usize,
        shift: usize,
        to: usize,
    },
    Silu {
        from: usize,
        to: usize,
    },
    /// `cos(f x)` for every frequency f and column of x, then the sines.
    Waves {
        from: usize,
        to: usize,
        frequencies: Vec<f32>,
    },
    /// Activations side by side.
    Join {
        from: Vec<usize>,
        to: usize,
    },
}

/// `f(from) W + b`, with SiLU for f or without, plus another activation.
#[derive(Clone, Copy, Debug)]
struct DenseLayer {
    from: usize,
    to: usize,
    /// Where the weights begin among the parameters.
    weight: usize,
    bias: usize,
    silu: bool,
    residual: Option<usize>,
}

/// A network of such layers. Its parameters are one vector, layer by layer, weights `(inputs, outputs)` before biases.
#[derive(Clone, Debug, Default)]
pub struct RowLayers {
    /// Width of every activation.
    widths: Vec<usize>,
    inputs: Vec<usize>,
    layers: Vec<Layer>,
    outputs: Vec<usize>,
    parameters: usize,
}

impl RowLayers {
    /// The next `width` columns of the input.
    pub fn input(&mut self, width: usize) -> Activation {
        let input = self.activation(width);
        self.inputs.push(input);
        Activation(input)
    }

    /// `f(from) W + b` with as many columns as `outputs`, where f is SiLU if `silu` is true; plus `residual`, which must
    /// have as many columns.
    pub fn dense(&mut self, from: Activation, outputs: usize, silu: bool, residual: Option<Activation>) -> Activation {
        let weight = self.parameters;
        let bias = weight + self.widths[from.0] * outputs;
        self.parameters = bias + outputs;
        let to = self.activation(outputs);
        let residual = residual.map(|residual| residual.0);
        self.layers.push(Layer::Dense(DenseLayer { from: from.0, to, weight, bias, silu, residual }));
        Activation(to)
    }

    /// Layer normalisation of every row, scaled by `1 + scale` and shifted (adaptive layer norm, Peebles and Xie,
    /// arXiv 2212.09748). All three have one width.
    pub fn norm(&mut self, from: Activation, scale: Activation, shift: Activation) -> Activation {
        let to = self.activation(self.widths[from.0]);
        self.layers.push(Layer::Norm { from: from.0, scale: scale.0, shift: shift.0, to });
        Activation(to)
    }

    /// SiLU of every value.
    pub fn silu(&mut self, from: Activation) -> Activation {
        let to = self.activation(self.widths[from.0]);
        self.layers.push(Layer::Silu { from: from.0, to });
        Activation(to)
    }

    /// `cos(f x)` of every value, for one frequency f after the other, then `sin(f x)`.
    pub fn waves(&mut self, from: Activation, frequencies: &[f32]) -> Activation {
        let to = self.activation(2 * frequencies.len() * self.widths[from.0]);
        self.layers.push(Layer::Waves { from: from.0, to, frequencies: frequencies.to_vec() });
        Activation(to)
    }

    /// Activations side by side.
    pub fn join(&mut self, from: &[Activation]) -> Activation {
        let from: Vec<usize> = from.iter().map(|activation| activation.0).collect();
        let to = self.activation(self.total(&from));
        self.layers.push(Layer::Join { from, to });
        Activation(to)
    }

    /// Makes an activation the next columns of the output.
    pub fn output(&mut self, from: Activation) {
        self.outputs.push(from.0);
    }

    /// Columns of an activation.
    pub fn width(&self, of: Activation) -> usize {
        self.widths[of.0]
    }

    fn activation(&mut self, width: usize) -> usize {
        self.widths.push(width);
        self.widths.len() - 1
    }

    fn total(&self, of: &[usize]) -> usize {
        of.iter().map(|i| self.widths[*i]).sum()
    }

    fn check(&self) -> Result<()> {
        let width = |i: &usize| self.widths.get(*i);
        let fits = self.layers.iter().all(|layer| match layer {
            Layer::Dense(DenseLayer { to, residual, .. }) => residual.is_none_or(|r| width(&r) == width(to)),
            Layer::Norm { from, scale, shift, .. } => width(from) == width(scale) && width(from) == width(shift),
            Layer::Silu { .. } | Layer::Waves { .. } | Layer::Join { .. } => true,
        });
        let positive = self.widths.iter().all(|width| *width > 0);
        if fits && positive { Ok(()) } else { Err(Error::Msg("row layers: widths do not fit".into())) }
    }

    /// Applies the network to `(batch, inputs)`: `(batch, outputs)`. Differentiable once.
    ///
    /// # Errors
    /// When the shapes do not fit, or a device operation fails.
    pub fn apply(self: &Arc<Self>, x: &Tensor, parameters: &Tensor) -> Result<Tensor> {
        self.check()?;
        let (inputs, expected) = (x.dims2()?.1, self.total(&self.inputs));
        if inputs != expected || parameters.dims1()? != self.parameters {
            return Err(Error::Msg(format!(
                "row layers: expected {expected} inputs and {} parameters, found {inputs} and {:?}",
                self.parameters,
                parameters.dims()
            )));
        }
        if !x.device().is_cpu() {
            return self.composed(x, parameters);
        }
        let pass = Pass::new(self, x.track_op() || parameters.track_op());
        x.contiguous()?.apply_op2(&parameters.contiguous()?, pass)
    }

    /// The same, layer by layer with candle's operations.
    fn composed(&self, x: &Tensor, parameters: &Tensor) -> Result<Tensor> {
        let mut activations: Vec<Option<Tensor>> = vec![None; self.widths.len()];
        let missing = || Error::Msg("row layers: a layer uses what is computed after it".into());
        let mut column = 0;
        for input in &self.inputs {
            activations[*input] = Some(x.narrow(1, column, self.widths[*input])?);
            column += self.widths[*input];
        }
        for layer in &self.layers {
            let get = |i: &usize| activations[*i].clone().ok_or_else(missing);
            let (to, value) = match layer {
                Layer::Dense(DenseLayer { from, to, weight, bias, silu: active, residual }) => {
                    let (inputs, outputs) = (self.widths[*from], self.widths[*to]);
                    let weight = parameters.narrow(0, *weight, inputs * outputs)?.reshape((inputs, outputs))?;
                    let x = if *active { silu(&get(from)?)? } else { get(from)? };
                    let out = x.matmul(&weight)?.broadcast_add(&parameters.narrow(0, *bias, outputs)?)?;
                    (to, if let Some(residual) = residual { (out + get(residual)?)? } else { out })
                }
                Layer::Norm { from, scale, shift, to } => {
                    let x = get(from)?;
                    let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
                    let variance = centred.sqr()?.mean_keepdim(D::Minus1)?;
                    let deviation = (variance + f64::from(row_norm::EPSILON))?.sqrt()?;
                    (to, centred.broadcast_div(&deviation)?.mul(&(get(scale)? + 1.0)?)?.add(&get(shift)?)?)
                }
                Layer::Silu { from, to } => (to, silu(&get(from)?)?),
                Layer::Waves { from, to, frequencies } => {
                    let x = get(from)?;
                    let phases =
                        frequencies.iter().map(|f| x.affine(f64::from(*f), 0.0)).collect::<Result<Vec<_>>>()?;
                    let phases = Tensor::cat(&phases, 1)?;
                    (to, Tensor::cat(&[phases.cos()?, phases.sin()?], 1)?)
                }
                Layer::Join { from, to } => (to, Tensor::cat(&from.iter().map(get).collect::<Result<Vec<_>>>()?, 1)?),
            };
            activations[*to] = Some(value);
        }
        let outputs: Vec<Tensor> =
            self.outputs.iter().map(|i| activations[*i].clone().ok_or_else(missing)).collect::<Result<_>>()?;
        Tensor::cat(&outputs, 1)
    }
}

impl RowLayers {
    /// Appends the columns of a matrix to the activations that lie side by side in it.
    fn split_columns(&self, matrix: &[f32], of: &[usize], activations: &mut [Vec<f32>]) {
        for mut row in matrix.chunks_exact(self.total(of)) {
            for i in of {
                let (columns, rest) = row.split_at(self.widths[*i]);
                activations[*i].extend_from_slice(columns);
                row = rest;
            }
        }
    }

    /// Writes activations side by side. One row stands for all, and none for zero.
    fn join_columns(&self, out: &mut [f32], of: &[usize], activations: &[Vec<f32>]) {
        let (width, mut column) = (self.total(of), 0);
        for i in of {
            let columns = self.widths[*i];
            for (out, row) in out.chunks_exact_mut(width).zip(activations[*i].chunks_exact(columns).cycle()) {
                out[column..column + columns].copy_from_slice(row);
            }
            column += columns;
        }
    }
}

/// SiLU of every value.
fn activated<'a>(x: &[f32], out: &'a mut Vec<f32>) -> &'a [f32] {
    out.resize(x.len(), 0.0);
    activate(x, out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Var};

    /// One layer of every kind, with two outputs of which one is an activation that others use.
    fn network() -> Arc<RowLayers> {
        let mut layers = RowLayers::default();
        let (x, noise) = (layers.input(5), layers.input(3));
        let waves = layers.waves(x, &[1.3, 3.1]);
        let features = layers.join(&[x, waves]);
        let hidden = layers.dense(features, 19, false, None);
        let noise = layers.silu(noise);
        let (scale, shift) = (layers.dense(noise, 19, false, None), layers.dense(noise, 19, true, None));
        let normed = layers.norm(hidden, scale, shift);
        let inner = layers.dense(normed, 23, false, None);
        let hidden = layers.dense(inner, 19, true, Some(hidden));
        let out = layers.dense(hidden, 4, true, None);
        layers.output(out);
        layers.output(hidden);
        Arc::new(layers)
    }

    fn wave(count: usize, frequency: f32) -> Vec<f32> {
        (0..count).map(|i| (i as f32 * frequency).sin()).collect()
    }

    fn distance(a: &Tensor, b: &Tensor) -> Result<f32> {
        (a - b)?.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()
    }

    #[test]
    fn value_and_gradients_agree_with_the_composed_layers() -> Result<()> {
        let layers = network();
        // More pieces than groups, with an incomplete one; and fewer rows than a piece.
        for batch in [7, 333, 5000] {
            let x = Var::from_vec(wave(batch * 8, 1.3), (batch, 8), &Device::Cpu)?;
            let parameters = Var::from_vec(wave(layers.parameters, 0.71), layers.parameters, &Device::Cpu)?;
            let weights = Tensor::from_vec(wave(batch * 23, 0.37), (batch, 23), &Device::Cpu)?;
            let (fused, composed) = (layers.apply(&x, &parameters)?, layers.composed(&x, &parameters)?);
            assert!(distance(&fused, &composed)? < 1e-4, "{}", distance(&fused, &composed)?);
            let ours = (fused * &weights)?.sum_all()?.backward()?;
            let theirs = (composed * &weights)?.sum_all()?.backward()?;
            for var in [&x, &parameters] {
                let (Some(a), Some(b)) = (ours.get(var), theirs.get(var)) else {
                    return Err(Error::Msg("a gradient is missing".into()));
                };
                let size = b.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()?;
                assert!(distance(a, b)? < 5e-5 * size, "{batch}: {} of {size}", distance(a, b)?);
            }
        }
        Ok(())
    }

    #[test]
    fn what_is_the_same_for_all_rows_is_found_once() -> Result<()> {
        let layers = network();
        let parameters = Tensor::new(wave(layers.parameters, 0.71), &Device::Cpu)?;
        for batch in [1, 2, 400] {
            let noise = Tensor::new(&[[0.3f32, -1.2, 0.7]], &Device::Cpu)?.broadcast_as((batch, 3))?;
            let points = Tensor::from_vec(wave(batch * 5, 1.3), (batch, 5), &Device::Cpu)?;
            let same_points = points.narrow(0, 0, 1)?.broadcast_as((batch, 5))?;
            let other_noise = Tensor::from_vec(wave(batch * 3, 0.9), (batch, 3), &Device::Cpu)?;
            for (points, noise) in [(&points, &noise), (&same_points, &other_noise), (&same_points, &noise)] {
                let x = Tensor::cat(&[points, noise], 1)?;
                let (fused, composed) = (layers.apply(&x, &parameters)?, layers.composed(&x, &parameters)?);
                assert_eq!(fused.dims(), [batch, 23]);
                assert!(distance(&fused, &composed)? < 1e-4, "{}", distance(&fused, &composed)?);
            }
        }
        Ok(())
    }

    #[test]
    fn only_gradients_that_are_wanted_are_formed() -> Result<()> {
        let layers = network();
        let x = Var::from_vec(wave(9 * 8, 1.3), (9, 8), &Device::Cpu)?;
        let parameters = Var::from_vec(wave(layers.parameters, 0.71), layers.parameters, &Device::Cpu)?;
        let of_x = layers.apply(&x, &parameters.as_tensor().detach())?.sum_all()?.backward()?;
        assert!(of_x.get(&x).is_some() && of_x.get(&parameters).is_none());
        let of_parameters = layers.apply(&x.as_tensor().detach(), &parameters)?.sum_all()?.backward()?;
        assert!(of_parameters.get(&x).is_none());
        let both = layers.apply(&x, &parameters)?.sum_all()?.backward()?;
        let (Some(a), Some(b)) = (of_parameters.get(&parameters), both.get(&parameters)) else {
            return Err(Error::Msg("a gradient is missing".into()));
        };
        assert_eq!(a.to_vec1::<f32>()?, b.to_vec1::<f32>()?);
        Ok(())
    }

    #[test]
    fn sizes_that_do_not_fit_are_errors() -> Result<()> {
        let layers = network();
        let (x, parameters) =
            (Tensor::zeros((4, 8), candle_core::DType::F32, &Device::Cpu)?, wave(layers.parameters, 0.7));
        let parameters = Tensor::new(parameters, &Device::Cpu)?;
        assert!(layers.apply(&x, &parameters).is_ok());
        assert!(layers.apply(&x.narrow(1, 0, 7)?, &parameters).is_err());
        assert!(layers.apply(&x, &parameters.narrow(0, 0, 10)?).is_err());
        let mut wrong = RowLayers::default();
        let x = wrong.input(3);
        let wide = wrong.dense(x, 4, false, None);
        wrong.dense(wide, 3, false, Some(wide));
        assert!(
            Arc::new(wrong)
                .apply(&Tensor::zeros((4, 3), parameters.dtype(), parameters.device())?, &parameters)
                .is_err()
        );
        Ok(())
    }
}
