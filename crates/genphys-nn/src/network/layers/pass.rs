//! The layers as one node of candle's graph.

use std::hint::black_box;
use std::mem::take;
use std::ops::Range;
use std::sync::{Arc, Mutex, Once, PoisonError};

use candle_core::{CpuStorage, CustomOp2, Error, Layout, Result, Shape, Storage, Tensor};
use rayon::prelude::*;

use super::Graph;
use super::on_gpu::Constants;
use super::piece::{Back, Buffer, Given, Scratch};
use crate::fused::{matrix, values};
use genphys_gpu::{Precision, pool_of};
use genphys_numeric::{add_in_order, add_to};

/// Most rows of a piece, at the most positions an example has: the activations of a layer stay in the second-level
/// cache.
const PIECE: usize = 256;
/// Most sums of the parameters' gradients that a batch is divided into, and least rows of each. Fixed, so that results
/// do not depend on the number of threads.
const GROUPS: usize = 16;
const LEAST: usize = 128;
/// Values of such sums that exist at a time, unless there are more threads.
const SUMS: usize = 1 << 24;

/// The activations of a piece.
type Room = Vec<Vec<f32>>;

/// Memory that is used again: fresh memory costs as much as a layer.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    activations: Pool<Room>,
    sums: Pool<Vec<f32>>,
    scratch: Pool<Scratch>,
    /// What layers keep on a GPU.
    pub(super) constants: Constants,
}

#[derive(Debug)]
struct Pool<T>(Mutex<Vec<T>>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Default> Pool<T> {
    fn take(&self) -> T {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn give(&self, used: impl IntoIterator<Item = T>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(used);
    }
}

/// Lets the allocator keep what a training step frees for the next step, such as the gradient of all parameters.
///
/// glibc gives freed memory back to the system when there is more than twice the largest block that was freed so far,
/// up to blocks of 32 MiB. Blocks of parameters lie just there: a small network's step took twice as long. The block
/// here is never touched, so it costs nothing, and other allocators do not mind.
pub(super) fn keep_freed_memory() {
    const LARGEST: usize = 31 << 20;
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(black_box(vec![0u8; LARGEST])));
}

/// One application of the network to a batch.
pub(super) struct Pass {
    pub(super) graph: Arc<Graph>,
    pub(super) rooms: Arc<Rooms>,
    /// Whether there will be a backward pass.
    pub(super) keep: bool,
    /// The activations of every piece, for the backward pass.
    kept: Mutex<Vec<Room>>,
    /// The precision of activations on a GPU, and what the backward pass needs there.
    pub(super) on_gpu: (Precision, Mutex<Option<super::gpu_pass::Kept>>),
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.rooms.activations.give(take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner)));
    }
}

/// Examples of a piece, and of a group of pieces that share one sum of gradients.
fn division(graph: &Graph, batch: usize) -> (usize, usize) {
    let positions = graph.sizes.iter().map(|size| size.positions).max().unwrap_or(1);
    let groups = (batch * positions / LEAST).clamp(1, GROUPS);
    // A power of two, for as many threads.
    let share = batch.div_ceil(1 << groups.ilog2()).max(1);
    let piece = share.clamp(1, (PIECE / positions).max(1));
    // Pieces of equal size.
    let pieces = share.div_ceil(piece);
    let piece = share.div_ceil(pieces);
    (piece, piece * pieces)
}

impl Pass {
    /// `keep` says whether there will be a backward pass; the precision is for a GPU.
    pub(super) fn new(graph: &Arc<Graph>, rooms: &Arc<Rooms>, precision: Precision, keep: bool) -> Self {
        Self {
            graph: Arc::clone(graph),
            rooms: Arc::clone(rooms),
            keep,
            kept: Mutex::default(),
            on_gpu: (precision, Mutex::default()),
        }
    }

    /// All activations of a piece. Without a backward pass, inputs that are the same for all examples, such as the
    /// noise level of a sampler, are one, and so is what follows from them alone.
    fn forward(&self, x: &[f32], parameters: &[f32], room: &mut Room, scratch: &mut Scratch) -> Result<()> {
        let graph = &*self.graph;
        let examples = x.len() / graph.width(&graph.inputs);
        for (input, columns) in graph.side_by_side(&graph.inputs) {
            let (values, width) = (&mut room[input], columns.len());
            values.resize(examples * width, 0.0);
            take_columns(x, graph.width(&graph.inputs), columns, values);
            if !self.keep && values.chunks_exact(width).all(|row| row == &values[..width]) {
                values.truncate(width);
            }
        }
        for (layer, to) in &graph.layers {
            let mut out = take(&mut room[*to]);
            layer.forward(&Given { graph, activations: room, parameters, examples }, &mut out, scratch)?;
            if self.keep && out.len() < examples * graph.sizes[*to].values() {
                out = out.repeat(examples);
            }
            room[*to] = out;
        }
        Ok(())
    }

    /// Gradients of `(rows, inputs)` inputs and of the parameters, those that are wanted.
    fn gradients(&self, batch: usize, parameters: &[f32], gradient: &[f32], wanted: (bool, bool)) -> Result<Gradients> {
        let graph = &*self.graph;
        let (inputs, outputs) = (graph.width(&graph.inputs), graph.width(&graph.outputs));
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (piece, group) = division(graph, batch);
        let mut of_input = vec![0f32; if wanted.0 { batch * inputs } else { 0 }];
        let mut of_parameters = vec![0f32; if wanted.1 { parameters.len() } else { 0 }];
        let mut groups: Vec<Group<'_>> = gradient
            .chunks(group * outputs)
            .zip(kept.chunks(group / piece))
            .map(|(gradient, kept)| Group { gradient, kept, of_input: None })
            .collect();
        if wanted.0 {
            groups
                .iter_mut()
                .zip(of_input.chunks_mut(group * inputs))
                .for_each(|(group, of)| group.of_input = Some(of));
        }
        let side_by_side = (SUMS / parameters.len().max(1)).max(rayon::current_num_threads());
        for groups in groups.chunks_mut(side_by_side) {
            let sums = groups.par_iter_mut().map(|group| self.group_gradients(piece, parameters, group, wanted.1));
            let sums = sums.collect::<Result<Vec<_>>>()?;
            add_in_order(&mut of_parameters, &sums);
            self.rooms.sums.give(sums);
        }
        Ok(Gradients { of_input, of_parameters })
    }

    /// The sum of the parameters' gradients over the pieces of a group, or nothing.
    fn group_gradients(
        &self,
        piece: usize,
        parameters: &[f32],
        group: &mut Group<'_>,
        wanted: bool,
    ) -> Result<Vec<f32>> {
        let graph = &*self.graph;
        let (inputs, outputs) = (graph.width(&graph.inputs), graph.width(&graph.outputs));
        let (mut sum, mut scratch) = (self.rooms.sums.take(), self.rooms.scratch.take());
        sum.clear();
        sum.resize(if wanted { parameters.len() } else { 0 }, 0.0);
        let mut gradients: Vec<Buffer> = graph.sizes.iter().map(|_| Buffer::default()).collect();
        let mut of_input = group.of_input.as_mut().map(|of_input| of_input.chunks_mut(piece * inputs));
        for (gradient, room) in group.gradient.chunks(piece * outputs).zip(group.kept) {
            let examples = gradient.len() / outputs;
            for (output, columns) in graph.side_by_side(&graph.outputs) {
                let mut part = scratch.take(examples * columns.len());
                take_columns(gradient, outputs, columns, &mut part);
                if gradients[output].is_empty() {
                    gradients[output] = part;
                } else {
                    add_to(&mut gradients[output], &part);
                    scratch.give(part);
                }
            }
            let given = Given { graph, activations: room, parameters, examples };
            let of_inputs = of_input.is_some();
            for (layer, to) in graph.layers.iter().rev() {
                let gradient = take(&mut gradients[*to]);
                if gradient.is_empty() {
                    continue;
                }
                let mut back = Back {
                    graph,
                    examples,
                    gradients: &mut gradients,
                    of_parameters: wanted.then_some(sum.as_mut_slice()),
                    of_inputs,
                    scratch: &mut scratch,
                };
                layer.backward(&given, gradient, &mut back)?;
            }
            if let Some(of_input) = of_input.as_mut().and_then(Iterator::next) {
                for (input, columns) in graph.side_by_side(&graph.inputs) {
                    put_columns(of_input, inputs, columns, &gradients[input]);
                }
            }
            gradients.iter_mut().filter(|rest| !rest.is_empty()).for_each(|rest| scratch.give(take(rest)));
        }
        self.rooms.scratch.give([scratch]);
        Ok(sum)
    }
}

/// A part of the batch that has a sum of its own.
struct Group<'a> {
    gradient: &'a [f32],
    kept: &'a [Room],
    of_input: Option<&'a mut [f32]>,
}

struct Gradients {
    of_input: Vec<f32>,
    of_parameters: Vec<f32>,
}

/// Copies columns of a matrix that is `width` wide.
pub(super) fn take_columns(matrix: &[f32], width: usize, columns: Range<usize>, out: &mut [f32]) {
    for (out, row) in out.chunks_exact_mut(columns.len()).zip(matrix.chunks_exact(width)) {
        out.copy_from_slice(&row[columns.clone()]);
    }
}

/// Writes columns of a matrix that is `width` wide. The rows of one example stand for all, and none for zero.
pub(super) fn put_columns(matrix: &mut [f32], width: usize, columns: Range<usize>, rows: &[f32]) {
    for (out, row) in matrix.chunks_exact_mut(width).zip(rows.chunks_exact(columns.len()).cycle()) {
        out[columns.clone()].copy_from_slice(row);
    }
}

impl CustomOp2 for Pass {
    fn name(&self) -> &'static str {
        "layers"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (batch, inputs) = matrix(self.name(), l1)?;
        let (x, parameters) = (values(self.name(), s1, l1)?, values(self.name(), s2, l2)?);
        let graph = &*self.graph;
        let outputs = graph.width(&graph.outputs);
        let mut out = vec![0f32; batch * outputs];
        let (piece, _) = division(graph, batch);
        let kept = out
            .par_chunks_mut(piece * outputs)
            .zip(x.par_chunks(piece * inputs))
            .map(|(out, x)| {
                let (mut room, mut scratch) = (self.rooms.activations.take(), self.rooms.scratch.take());
                room.resize(graph.sizes.len(), Vec::new());
                self.forward(x, parameters, &mut room, &mut scratch)?;
                for (output, columns) in graph.side_by_side(&graph.outputs) {
                    put_columns(out, outputs, columns, &room[output]);
                }
                self.rooms.scratch.give([scratch]);
                if self.keep {
                    return Ok(Some(room));
                }
                self.rooms.activations.give([room]);
                Ok(None)
            })
            .collect::<Result<Vec<_>>>()?;
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = kept.into_iter().flatten().collect();
        Ok((CpuStorage::F32(out), Shape::from((batch, outputs))))
    }

    fn cuda_fwd(
        &self,
        s1: &candle_core::CudaStorage,
        l1: &Layout,
        s2: &candle_core::CudaStorage,
        l2: &Layout,
    ) -> Result<(candle_core::CudaStorage, Shape)> {
        self.forward_on_gpu((s1, l1), (s2, l2))
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
        if let Some(pool) = pool_of(x.device()) {
            return self.gradients_on_gpu(&pool, [x, parameters, &grad], wanted);
        }
        let (of_input, of_parameters) = {
            let ((s1, l1), (s2, l2)) = (parameters.storage_and_layout(), grad.storage_and_layout());
            let (Storage::Cpu(s1), Storage::Cpu(s2)) = (&*s1, &*s2) else {
                return Err(Error::Msg("layers: expected tensors on the CPU".into()));
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
