//! The layers as one node of candle's graph.

use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp2, Error, Layout, Result, Shape, Storage, Tensor};
use rayon::prelude::*;

use super::Graph;
use super::piece::{Back, Given, Scratch};
use crate::fused::{add_in_order, matrix, values};

/// Most rows of a piece, at the most positions an example has: the activations of a layer stay in the second-level cache.
const PIECE: usize = 256;
/// Fewest examples of a piece where each has one row, as long as there are more.
const LEAST: usize = 64;
/// Sums of the parameters' gradients that a batch is divided into. Fixed, so that results do not depend on the number of
/// threads.
const GROUPS: usize = 16;
/// Values of such sums that exist at a time, unless there are more threads.
const SUMS: usize = 1 << 24;

/// The activations of a piece.
type Room = Vec<Vec<f32>>;

/// Rooms for the activations of pieces, which are used again: fresh memory costs as much as a layer.
#[derive(Debug, Default)]
pub(super) struct Rooms(Mutex<Vec<Room>>);

impl Rooms {
    fn take(&self, graph: &Graph) -> Room {
        let room = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        room.unwrap_or_else(|| vec![Vec::new(); graph.sizes.len()])
    }

    fn give(&self, rooms: impl IntoIterator<Item = Room>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(rooms);
    }
}

/// One application of the network to a batch.
pub(super) struct Pass {
    graph: Arc<Graph>,
    rooms: Arc<Rooms>,
    /// Whether there will be a backward pass.
    keep: bool,
    /// The activations of every piece, for the backward pass.
    kept: Mutex<Vec<Room>>,
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.rooms.give(take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner)));
    }
}

/// Examples of a piece, and of a group of pieces that share one sum of gradients.
fn division(graph: &Graph, batch: usize) -> (usize, usize) {
    let positions = graph.sizes.iter().map(|size| size.positions).max().unwrap_or(1);
    let share = batch.div_ceil(GROUPS);
    let (share, least) = if positions == 1 { (share.next_multiple_of(16), LEAST) } else { (share, 1) };
    let piece = share.clamp(least, (PIECE / positions).max(1));
    (piece, share.next_multiple_of(piece))
}

impl Pass {
    /// `keep` says whether there will be a backward pass.
    pub(super) fn new(graph: &Arc<Graph>, rooms: &Arc<Rooms>, keep: bool) -> Self {
        Self { graph: Arc::clone(graph), rooms: Arc::clone(rooms), keep, kept: Mutex::default() }
    }

    /// All activations of a piece. Without a backward pass, inputs that are the same for all examples, such as the noise level
    /// of a sampler, are one, and so is what follows from them alone.
    fn forward(&self, x: &[f32], parameters: &[f32], room: &mut Room, scratch: &mut Scratch) -> Result<()> {
        let graph = &*self.graph;
        let examples = x.len() / graph.width(&graph.inputs);
        graph.inputs.iter().for_each(|input| room[*input].clear());
        split_columns(graph, x, &graph.inputs, room);
        for input in graph.inputs.iter().filter(|_| !self.keep) {
            let width = graph.sizes[*input].width;
            let values = &mut room[*input];
            if values.chunks_exact(width).all(|row| row == &values[..width]) {
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
            add_in_order(&mut of_parameters, &sums.collect::<Result<Vec<_>>>()?);
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
        let mut sum = vec![0f32; if wanted { parameters.len() } else { 0 }];
        let (mut scratch, mut gradients) = (Scratch::default(), vec![Vec::new(); graph.sizes.len()]);
        let mut of_input = group.of_input.as_mut().map(|of_input| of_input.chunks_mut(piece * inputs));
        for (gradient, room) in group.gradient.chunks(piece * outputs).zip(group.kept) {
            let examples = gradient.len() / outputs;
            gradients.iter_mut().for_each(Vec::clear);
            split_columns(graph, gradient, &graph.outputs, &mut gradients);
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
                join_columns(graph, of_input, &graph.inputs, |i| gradients[i].as_slice());
            }
        }
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

/// Appends the columns of a matrix to the activations that lie side by side in it.
pub(super) fn split_columns(graph: &Graph, matrix: &[f32], of: &[usize], activations: &mut [Vec<f32>]) {
    for mut row in matrix.chunks_exact(graph.width(of)) {
        for i in of {
            let (columns, rest) = row.split_at(graph.sizes[*i].width);
            activations[*i].extend_from_slice(columns);
            row = rest;
        }
    }
}

/// Writes activations side by side. The rows of one example stand for all, and none for zero.
pub(super) fn join_columns<'a>(graph: &Graph, out: &mut [f32], of: &[usize], values: impl Fn(usize) -> &'a [f32]) {
    let (width, mut column) = (graph.width(of), 0);
    for i in of {
        let columns = graph.sizes[*i].width;
        for (out, row) in out.chunks_exact_mut(width).zip(values(*i).chunks_exact(columns).cycle()) {
            out[column..column + columns].copy_from_slice(row);
        }
        column += columns;
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
            .map_init(Scratch::default, |scratch, (out, x)| {
                let mut room = self.rooms.take(graph);
                self.forward(x, parameters, &mut room, scratch)?;
                join_columns(graph, out, &graph.outputs, |i| room[i].as_slice());
                if self.keep {
                    return Ok(Some(room));
                }
                self.rooms.give([room]);
                Ok(None)
            })
            .collect::<Result<Vec<_>>>()?;
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = kept.into_iter().flatten().collect();
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
