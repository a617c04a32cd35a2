//! What a layer sees of a batch on a GPU: the activations on the way forward, and the gradients on the way back.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{Error, Result};

use super::piece::Size;
use super::{Columns, Graph};
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{
    Factor, Gpu, Grid, Kernel, Memory, Pointer, Pool, Precision, Product, THREADS, Value, blocks, count, start,
};

/// What layers keep on a GPU from one application to the next: what does not change, such as places and frequencies.
#[derive(Debug, Default)]
pub(super) struct Constants {
    /// By the activation that a layer computes, and a number of its own.
    tables: Mutex<HashMap<(usize, usize), Memory>>,
}

impl Constants {
    /// Where the tables with the numbers from `first` on are, made if they are not there yet.
    fn get<const N: usize>(
        &self,
        (layer, first): (usize, usize),
        pool: &Arc<Pool>,
        make: impl FnOnce() -> [Vec<u8>; N],
    ) -> Result<[u64; N]> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if !tables.contains_key(&(layer, first)) {
            let copied = |bytes: Vec<u8>| {
                let memory = pool.take(bytes.len())?;
                pool.gpu().write(memory.address(), &bytes).map(|()| memory)
            };
            // All of them or none.
            let made = make().into_iter().map(copied).collect::<Result<Vec<_>>>()?;
            tables.extend(made.into_iter().enumerate().map(|(i, memory)| ((layer, first + i), memory)));
        }
        Ok(std::array::from_fn(|i| tables.get(&(layer, first + i)).map_or(0, Memory::address)))
    }
}

/// Numbers as a kernel reads them.
pub(super) fn floats(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_ne_bytes()).collect()
}

/// Sizes as C `int`s. One that does not fit an `int` does not fit the GPU's memory either.
pub(super) fn ints(sizes: &[usize]) -> Vec<u8> {
    sizes.iter().flat_map(|size| i32::try_from(*size).unwrap_or(i32::MAX).to_ne_bytes()).collect()
}

/// A list of lists of numbers, one after the other, and where each begins.
pub(super) fn lists(lists: impl IntoIterator<Item = Vec<usize>>) -> (Vec<usize>, Vec<usize>) {
    let (mut starts, mut numbers) = (vec![0], Vec::new());
    for list in lists {
        numbers.extend(list);
        starts.push(numbers.len());
    }
    (starts, numbers)
}

/// The activations of a batch on a GPU, and the parameters.
pub(super) struct OnGpu<'a> {
    pub(super) graph: &'a Graph,
    pub(super) precision: Precision,
    pub(super) examples: usize,
    pub(super) pool: &'a Arc<Pool>,
    pub(super) constants: &'a Constants,
    /// The network's inputs, and their columns.
    pub(super) x: Pointer<f32>,
    /// The vector of parameters.
    pub(super) parameters: Pointer<f32>,
    /// The parameters as the activations are, each at a multiple of 16 bytes.
    pub(super) weights: Memory,
    pub(super) activations: Vec<Option<Memory>>,
    /// What a layer keeps for the way back, by the activation that it computes.
    pub(super) kept: Vec<Option<Memory>>,
    /// The activation that is being computed.
    pub(super) layer: usize,
}

/// Where a parameter is in the copy that has the activations' precision, in values: behind the one before it, at a
/// multiple of
/// 128. For the number of parameters, how many values there are.
pub(super) fn place(graph: &Graph, index: usize) -> usize {
    const ALIGNED: usize = 128;
    (graph.starts[index] + ALIGNED * index) / ALIGNED * ALIGNED
}

impl OnGpu<'_> {
    pub(super) fn gpu(&self) -> &dyn Gpu {
        self.pool.gpu()
    }

    pub(super) fn size(&self, of: usize) -> Size {
        self.graph.sizes[of]
    }

    /// Rows of an activation in the batch.
    pub(super) fn rows(&self, of: usize) -> usize {
        self.examples * self.size(of).positions
    }

    /// Values of an activation in the batch.
    pub(super) fn count(&self, of: usize) -> usize {
        self.examples * self.size(of).values()
    }

    /// Where an activation is.
    pub(super) fn values(&self, of: usize) -> Result<Pointer<Value>> {
        let missing = || Error::Msg("a layer uses what is computed after it".into());
        Ok(self.activations[of].as_ref().ok_or_else(missing)?.pointer())
    }

    /// Where columns begin in the first row of an activation, and the values of a row.
    pub(super) fn columns(&self, columns: Columns) -> Result<(Pointer<Value>, i32)> {
        let first = self.values(columns.of)?.after(columns.first, self.precision);
        Ok((first, count(self.size(columns.of).width)?))
    }

    /// The first column of the network's inputs that an activation is, if it is one, where they begin, and the columns
    /// of all inputs: for layers that need all digits.
    pub(super) fn input(&self, of: usize) -> Option<(Pointer<f32>, usize, usize)> {
        let (_, columns) = self.graph.side_by_side(&self.graph.inputs).find(|(input, _)| *input == of)?;
        Some((self.x, columns.start, self.graph.width(&self.graph.inputs)))
    }

    /// Memory for activations.
    pub(super) fn room(&self, values: usize) -> Result<Memory> {
        self.pool.take(values * self.precision.bytes())
    }

    /// Memory for `f32` numbers.
    pub(super) fn numbers(&self, count: usize) -> Result<Memory> {
        self.pool.take(count * 4)
    }

    /// Where the `f32` values of a parameter are.
    pub(super) fn parameter(&self, index: usize) -> Pointer<f32> {
        self.parameters.after_words(self.graph.values_of(index).start)
    }

    /// Where the parameter is as a factor of products. The kernels of convolutions are transposed,
    /// `(outputs, 9 inputs)`.
    pub(super) fn weight(&self, index: usize) -> Pointer<Value> {
        self.weights.pointer::<Value>().after(place(self.graph, index), self.precision)
    }

    /// What does not change: where tables of the layer's own are, with the numbers from `first` on.
    pub(super) fn constants<const N: usize>(
        &self,
        first: usize,
        make: impl FnOnce() -> [Vec<u8>; N],
    ) -> Result<[u64; N]> {
        self.constants.get((self.layer, first), self.pool, make)
    }

    /// Keeps something for the way back.
    pub(super) fn keep(&mut self, memory: Memory) {
        self.kept[self.layer] = Some(memory);
    }

    /// What was kept for the way back by the layer whose turn it is.
    pub(super) fn kept(&self) -> Result<Pointer<f32>> {
        let missing = || Error::Msg("a layer has kept nothing for its gradient".into());
        Ok(self.kept[self.layer].as_ref().ok_or_else(missing)?.pointer())
    }

    /// Starts a kernel that goes through `values` values.
    pub(super) fn each(&self, values: usize, kernel: impl Kernel) -> Result<()> {
        self.start(blocks(values), 0, kernel)
    }

    /// Starts a kernel that has a warp for each row.
    pub(super) fn each_row(&self, rows: usize, kernel: impl Kernel) -> Result<()> {
        self.start(blocks(rows * 32), 0, kernel)
    }

    /// Starts a kernel of so many blocks, each with `shared` bytes of shared memory.
    pub(super) fn start(&self, blocks: u32, shared: u32, kernel: impl Kernel) -> Result<()> {
        start(self.gpu(), Grid { blocks, shared, precision: self.precision }, kernel)
    }

    /// `out = a b` or `out += a b`, with `(rows, inner)` times `(inner, columns)`.
    pub(super) fn product(&self, sizes: [usize; 3], a: Factor, b: Factor, out: u64, add: bool) -> Result<()> {
        self.gpu().multiply(&self.plain(sizes, a, b, out, add))
    }

    /// The same into `f32`.
    pub(super) fn exact_product(&self, sizes: [usize; 3], a: Factor, b: Factor, out: u64) -> Result<()> {
        self.gpu().multiply(&Product { exact: true, ..self.plain(sizes, a, b, out, false) })
    }

    pub(super) fn plain(&self, sizes: [usize; 3], a: Factor, b: Factor, out: u64, add: bool) -> Product {
        let ([rows, inner, columns], precision) = (sizes, self.precision);
        let out = Factor::rows_of(columns, out);
        Product { rows, inner, columns, count: 1, a, b, out, exact: false, scale: 1.0, add, precision }
    }

    /// Columns of a matrix of `f32` values with a row of `all` for each example, into an activation or onto it.
    pub(super) fn take_columns(
        &self,
        x: Pointer<f32>,
        all: usize,
        columns: Range<usize>,
        out: Pointer<Value>,
        add: bool,
    ) -> Result<()> {
        let (first, width) = (count(columns.start)?, count(columns.len())?);
        let (x_width, count, add) = (count(all)?, count(self.examples)?, flag(add));
        let kernel = kernels::TakeColumns { x, x_width, first, out, width, count, add };
        self.each(self.examples * columns.len(), kernel)
    }

    /// The reverse; from nowhere, zeros.
    pub(super) fn put_columns(
        &self,
        x: Pointer<Value>,
        out: Pointer<f32>,
        all: usize,
        columns: Range<usize>,
    ) -> Result<()> {
        let (first, width) = (count(columns.start)?, count(columns.len())?);
        let (out_width, count) = (count(all)?, count(self.examples)?);
        self.each(self.examples * columns.len(), kernels::PutColumns { x, width, out, out_width, first, count })
    }

    /// The sums of the columns of an activation-like matrix.
    pub(super) fn column_sums(&self, x: Pointer<Value>, rows: usize, columns: usize, out: Pointer<f32>) -> Result<()> {
        const ROWS: usize = 64;
        const PARTS: usize = 256;
        let pack = if columns.is_multiple_of(16 / self.precision.bytes()) { 16 / self.precision.bytes() } else { 1 };
        let tiles = columns.div_ceil(32 * pack);
        let parts = rows.div_ceil(ROWS).clamp(1, PARTS);
        let memory = self.numbers(parts * columns)?;
        let (partial, blocks) = (memory.pointer(), u32::try_from(tiles * parts).unwrap_or(u32::MAX));
        let (values, rows, columns, parts) = (columns, count(rows)?, count(columns)?, count(parts)?);
        let kernel = kernels::ColumnSums { x, partial, rows, columns, parts };
        self.start(blocks, (THREADS as usize * pack * 4) as u32, kernel)?;
        self.each(values, kernels::SumParts { partial, out, columns, parts })
    }
}

/// Gradients of a batch on the way back.
pub(super) struct BackOnGpu<'a> {
    pub(super) graph: &'a Graph,
    /// Those of the activations, where there is one yet.
    pub(super) gradients: Vec<Option<Memory>>,
    /// The vector of those of the parameters, if they are wanted.
    pub(super) of_parameters: Option<Pointer<f32>>,
    /// Whether those of the inputs are wanted.
    pub(super) of_inputs: bool,
}

impl BackOnGpu<'_> {
    /// Whether anything wanted stands behind an activation.
    pub(super) fn wants(&self, of: usize) -> bool {
        self.graph.behind[of].has(self.of_parameters.is_some(), self.of_inputs)
    }

    /// The sum of gradients so far, to add to.
    pub(super) fn sum(&mut self, given: &OnGpu<'_>, of: usize) -> Result<Pointer<Value>> {
        let (sum, begun) = self.begun(given, of)?;
        if !begun {
            given.gpu().clear(sum.address(), given.count(of) * given.precision.bytes())?;
        }
        Ok(sum)
    }

    /// The sum so far, and whether there was one: without, anything may be in it.
    pub(super) fn begun(&mut self, given: &OnGpu<'_>, of: usize) -> Result<(Pointer<Value>, bool)> {
        if let Some(sum) = &self.gradients[of] {
            return Ok((sum.pointer(), true));
        }
        let memory = given.room(given.count(of))?;
        let sum = memory.pointer();
        self.gradients[of] = Some(memory);
        Ok((sum, false))
    }

    /// Where columns of the sum so far begin, if they are wanted, and the values of a row.
    pub(super) fn columns(&mut self, given: &OnGpu<'_>, columns: Columns) -> Result<(Pointer<Value>, i32)> {
        let mut first = Pointer::NONE;
        if self.wants(columns.of) {
            first = self.sum(given, columns.of)?.after(columns.first, given.precision);
        }
        Ok((first, count(given.size(columns.of).width)?))
    }

    /// Adds to the sum, if it is wanted.
    pub(super) fn add(&mut self, given: &OnGpu<'_>, of: usize, values: Memory) -> Result<()> {
        if !self.wants(of) {
            return Ok(());
        }
        match &self.gradients[of] {
            Some(sum) => {
                let count = count(given.count(of))?;
                given.each(given.count(of), kernels::Add { sum: sum.pointer(), x: values.pointer(), count })
            }
            None => {
                self.gradients[of] = Some(values);
                Ok(())
            }
        }
    }

    /// Where a parameter's gradient goes, if it is wanted.
    pub(super) fn parameter(&self, index: usize) -> Option<Pointer<f32>> {
        self.of_parameters.map(|vector| vector.after_words(self.graph.values_of(index).start))
    }
}

/// Whether a kernel adds.
pub(super) fn flag(add: bool) -> i32 {
    i32::from(add)
}
