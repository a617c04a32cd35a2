//! The layers as one node of candle's graph.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp2, Error, Layout, Result, Shape, Storage, Tensor};
use rayon::prelude::*;

use super::RowLayers;
use crate::fused::column_sums::sum_in_order;
use crate::fused::{matrix, values};

/// Most rows of a piece: the activations of a layer stay in the second-level cache.
const PIECE: usize = 256;
/// Fewest rows of a piece, as long as there are more.
const LEAST: usize = 64;
/// Sums of the parameters' gradients that are formed side by side. Fixed, so that results do not depend on the number of
/// threads.
const GROUPS: usize = 16;

/// Rows of a piece, and of a group of pieces that share one sum of gradients.
fn division(batch: usize) -> (usize, usize) {
    let share = batch.div_ceil(GROUPS).next_multiple_of(16);
    let piece = share.clamp(LEAST, PIECE);
    (piece, share.next_multiple_of(piece))
}

/// One application of the network to a batch.
pub(super) struct Pass {
    layers: Arc<RowLayers>,
    /// Whether there will be a backward pass.
    keep: bool,
    /// The activations of every piece of rows, for the backward pass.
    kept: Mutex<Vec<Vec<Vec<f32>>>>,
}

impl Pass {
    /// `keep` says whether there will be a backward pass.
    pub(super) fn new(layers: &Arc<RowLayers>, keep: bool) -> Self {
        Self { layers: Arc::clone(layers), keep, kept: Mutex::default() }
    }

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
        let of_parameters = sum_in_order(&sums, if wanted.1 { parameters.len() } else { 0 });
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
                    layers.forward(x, parameters, activations, scratch, !self.keep)?;
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
