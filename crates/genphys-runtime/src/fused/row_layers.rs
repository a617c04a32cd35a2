//! Layers that treat every row by itself, all of them in one node.
//!
//! Rows do not depend on each other, so a piece of them goes through all layers, forward and backward, in one thread while
//! its values are in cache. A graph with a node per layer waits for all threads after each, moves every activation through
//! memory a dozen times, and gives every node a gradient of zeros to add to.

use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp2, D, Error, Layout, Result, Shape, Storage, Tensor};
use rayon::prelude::*;

use super::silu::{silu_of, slope_of};
use super::{BLOCK, Before, Matrix, matrix, multiply, row_norm, silu, values, vectorised, waves};

/// Most rows of a piece: the activations of a layer stay in the second-level cache.
const PIECE: usize = 256;
/// Fewest rows of a piece, as long as there are more.
const LEAST: usize = 64;
/// Sums of the parameters' gradients that are formed side by side. Fixed, so that results do not depend on the number of
/// threads.
const GROUPS: usize = 16;

/// A matrix inside the network with one row per example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activation(usize);

#[derive(Clone, Debug)]
enum Layer {
    /// `f(from) W + b`, with SiLU for f or without, plus another activation.
    Dense {
        from: usize,
        to: usize,
        weight: usize,
        bias: usize,
        silu: bool,
        residual: Option<usize>,
    },
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
        self.layers.push(Layer::Dense { from: from.0, to, weight, bias, silu, residual: residual.map(|r| r.0) });
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
            Layer::Dense { to, residual, .. } => residual.is_none_or(|r| width(&r) == width(to)),
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
        let pass =
            Pass { layers: Arc::clone(self), keep: x.track_op() || parameters.track_op(), kept: Mutex::default() };
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
                Layer::Dense { from, to, weight, bias, silu: active, residual } => {
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

    /// All activations of a piece of rows.
    fn forward(
        &self,
        x: &[f32],
        parameters: &[f32],
        activations: &mut [Vec<f32>],
        scratch: &mut Vec<f32>,
    ) -> Result<()> {
        self.inputs.iter().for_each(|input| activations[*input].clear());
        self.split_columns(x, &self.inputs, activations);
        for layer in &self.layers {
            match layer {
                &Layer::Dense { from, to, weight, bias, silu: active, residual } => {
                    let (inputs, outputs) = (self.widths[from], self.widths[to]);
                    let mut out = take(&mut activations[to]);
                    let bias = &parameters[bias..bias + outputs];
                    out.resize(activations[from].len() / inputs * outputs, 0.0);
                    vectorised(
                        #[inline(always)]
                        || match residual {
                            Some(residual) => {
                                for (out, x) in out.chunks_exact_mut(outputs).zip(activations[residual].chunks(outputs))
                                {
                                    out.iter_mut().zip(x).zip(bias).for_each(|((out, x), bias)| *out = x + bias);
                                }
                            }
                            None => out.chunks_exact_mut(outputs).for_each(|out| out.copy_from_slice(bias)),
                        },
                    );
                    let x = if active { activated(&activations[from], scratch) } else { &activations[from] };
                    let weight = Matrix::rows_of(outputs, &parameters[weight..weight + inputs * outputs]);
                    multiply(&mut out, Matrix::rows_of(inputs, x), weight, Before::Kept)?;
                    activations[to] = out;
                }
                &Layer::Norm { from, scale, shift, to } => {
                    let mut out = take(&mut activations[to]);
                    out.resize(activations[from].len(), 0.0);
                    let given = [from, scale, shift].map(|i| activations[i].as_slice());
                    row_norm::forward(self.widths[from], given, &mut out);
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
                    let width = self.widths[*to];
                    let mut out = take(&mut activations[*to]);
                    out.resize(from.first().map_or(0, |i| activations[*i].len() / self.widths[*i] * width), 0.0);
                    self.join_columns(&mut out, from, activations);
                    activations[*to] = out;
                }
            }
        }
        Ok(())
    }

    /// Gradients of a piece of rows, given the activations and the gradients of the outputs in `gradients`, which are empty
    /// where there is none. `wanted` says whether the inputs' are wanted; those of the parameters are added to `of_parameters`.
    fn backward(
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
                &Layer::Dense { from, to, weight, bias, silu: active, residual } => {
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

    /// Writes activations side by side. An empty one is zero.
    fn join_columns(&self, out: &mut [f32], of: &[usize], activations: &[Vec<f32>]) {
        let (width, mut column) = (self.total(of), 0);
        for i in of {
            let columns = self.widths[*i];
            for (out, row) in out.chunks_exact_mut(width).zip(activations[*i].chunks_exact(columns)) {
                out[column..column + columns].copy_from_slice(row);
            }
            column += columns;
        }
    }
}

/// SiLU of every value.
fn activated<'a>(x: &[f32], out: &'a mut Vec<f32>) -> &'a [f32] {
    out.resize(x.len(), 0.0);
    vectorised(
        #[inline(always)]
        || out.iter_mut().zip(x).for_each(|(out, x)| *out = silu_of(*x)),
    );
    out
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

/// Adds all rows to `sum`.
fn add_rows(sum: &mut [f32], rows: &[f32]) {
    vectorised(
        #[inline(always)]
        || {
            for row in rows.chunks_exact(sum.len()) {
                sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
        },
    );
}

/// Rows of a piece, and of a group of pieces that share one sum of gradients.
fn division(batch: usize) -> (usize, usize) {
    let share = batch.div_ceil(GROUPS).next_multiple_of(16);
    let piece = share.clamp(LEAST, PIECE);
    (piece, share.next_multiple_of(piece))
}

/// One application of the network to a batch.
struct Pass {
    layers: Arc<RowLayers>,
    /// Whether there will be a backward pass.
    keep: bool,
    /// The activations of every piece of rows, for the backward pass.
    kept: Mutex<Vec<Vec<Vec<f32>>>>,
}

impl Pass {
    /// Gradients of `(rows, inputs)` inputs and of the parameters, those that are wanted.
    fn gradients(&self, batch: usize, parameters: &[f32], gradient: &[f32], wanted: (bool, bool)) -> Result<Gradients> {
        let layers = &self.layers;
        let (inputs, outputs) = (layers.total(&layers.inputs), layers.total(&layers.outputs));
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (piece, group) = division(batch);
        let mut of_input = vec![0f32; if wanted.0 { batch * inputs } else { 0 }];
        let groups: Vec<&mut [f32]> = if wanted.0 {
            of_input.chunks_mut(group * inputs).collect()
        } else {
            (0..batch.div_ceil(group)).map(|_| [].as_mut_slice()).collect()
        };
        let sums = groups
            .into_par_iter()
            .zip(gradient.par_chunks(group * outputs))
            .zip(kept.par_chunks(group / piece))
            .map(|((of_input, gradient), kept)| {
                let mut sum = vec![0f32; if wanted.1 { parameters.len() } else { 0 }];
                let mut scratch = Vec::new();
                let mut room: Vec<Vec<f32>> = vec![Vec::new(); layers.widths.len()];
                let mut of_input = of_input.chunks_mut(piece * inputs);
                for (gradient, activations) in gradient.chunks(piece * outputs).zip(kept) {
                    room.iter_mut().for_each(Vec::clear);
                    layers.split_columns(gradient, &layers.outputs, &mut room);
                    let of_parameters = wanted.1.then_some(sum.as_mut_slice());
                    layers.backward(parameters, activations, &mut room, &mut scratch, (of_parameters, wanted.0))?;
                    let Some(of_input) = of_input.next() else { continue };
                    layers.join_columns(of_input, &layers.inputs, &room);
                }
                Ok(sum)
            })
            .collect::<Result<Vec<_>>>()?;
        let mut of_parameters = vec![0f32; if wanted.1 { parameters.len() } else { 0 }];
        of_parameters.par_chunks_mut(BLOCK).enumerate().for_each(|(i, total)| {
            for sum in &sums {
                vectorised(
                    #[inline(always)]
                    || total.iter_mut().zip(&sum[i * BLOCK..]).for_each(|(total, value)| *total += value),
                );
            }
        });
        Ok(Gradients { of_input, of_parameters })
    }
}

struct Gradients {
    of_input: Vec<f32>,
    of_parameters: Vec<f32>,
}

impl CustomOp2 for Pass {
    fn name(&self) -> &'static str {
        "row-layers"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (batch, inputs) = matrix(self.name(), l1)?;
        let (x, parameters) = (values(self.name(), s1, l1)?, values(self.name(), s2, l2)?);
        let layers = &self.layers;
        let outputs = layers.total(&layers.outputs);
        let mut out = vec![0f32; batch * outputs];
        let (piece, _) = division(batch);
        let room = || vec![Vec::new(); layers.widths.len()];
        let kept = out
            .par_chunks_mut(piece * outputs)
            .zip(x.par_chunks(piece * inputs))
            .map_init(
                || (room(), Vec::new()),
                |(activations, scratch), (out, x)| {
                    layers.forward(x, parameters, activations, scratch)?;
                    layers.join_columns(out, &layers.outputs, activations);
                    Ok(if self.keep { std::mem::replace(activations, room()) } else { Vec::new() })
                },
            )
            .collect::<Result<Vec<_>>>()?;
        if self.keep {
            *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        }
        Ok((CpuStorage::F32(out), Shape::from((batch, outputs))))
    }

    fn bwd(
        &self,
        x: &Tensor,
        parameters: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (grad, batch) = (grad.contiguous()?, x.dim(0)?);
        let wanted = (x.track_op(), parameters.track_op());
        let (of_input, of_parameters) = {
            let ((s1, l1), (s2, l2)) = (parameters.storage_and_layout(), grad.storage_and_layout());
            let (Storage::Cpu(s1), Storage::Cpu(s2)) = (&*s1, &*s2) else {
                return Err(Error::Msg("row layers: expected tensors on the CPU".into()));
            };
            let found = self.gradients(batch, values(self.name(), s1, l1)?, values(self.name(), s2, l2)?, wanted)?;
            (found.of_input, found.of_parameters)
        };
        let tensor = |values: Vec<f32>, shape: &Shape| Tensor::from_vec(values, shape.clone(), x.device());
        Ok((
            if wanted.0 { Some(tensor(of_input, x.shape())?) } else { None },
            if wanted.1 { Some(tensor(of_parameters, parameters.shape())?) } else { None },
        ))
    }
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
