//! What a layer sees of a batch on a GPU: the activations on the way forward, and the gradients on the way back.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{Error, Result};

use super::piece::Size;
use super::{Columns, Graph};
use genphys_gpu::{Argument, Factor, Gpu, Launch, Memory, Module, Pool, Precision, Product, THREADS, blocks, count};

/// What layers keep on a GPU from one application to the next: what does not change, such as places and frequencies.
#[derive(Debug, Default)]
pub(super) struct Constants {
    /// By the activation that a layer computes, and a number of its own.
    tables: Mutex<HashMap<(usize, usize), Memory>>,
}

impl Constants {
    /// Tables with the numbers from `first` on, made if they are not there yet.
    fn get<const N: usize>(
        &self,
        (layer, first): (usize, usize),
        pool: &Arc<Pool>,
        make: impl FnOnce() -> [Vec<u8>; N],
    ) -> Result<[Argument; N]> {
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
        Ok(std::array::from_fn(|i| Argument::Address(tables.get(&(layer, first + i)).map_or(0, Memory::address))))
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
    /// The network's inputs, `f32`, and their columns.
    pub(super) x: u64,
    /// The vector of parameters, `f32`.
    pub(super) parameters: u64,
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
    pub(super) fn values(&self, of: usize) -> Result<u64> {
        let missing = || Error::Msg("a layer uses what is computed after it".into());
        Ok(self.activations[of].as_ref().ok_or_else(missing)?.address())
    }

    /// Where columns begin in the first row of an activation, and the values of a row.
    pub(super) fn columns(&self, columns: Columns) -> Result<[Argument; 2]> {
        let address = self.values(columns.of)? + (columns.first * self.precision.bytes()) as u64;
        Ok([Argument::Address(address), count(self.size(columns.of).width)?])
    }

    /// The first column of the network's inputs that an activation is, if it is one, where they begin, and the columns
    /// of all inputs: for layers that need all digits.
    pub(super) fn input(&self, of: usize) -> Option<(u64, usize, usize)> {
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
    pub(super) fn parameter(&self, index: usize) -> u64 {
        self.parameters + (self.graph.values_of(index).start * 4) as u64
    }

    /// Where the parameter is as a factor of products. The kernels of convolutions are transposed,
    /// `(outputs, 9 inputs)`.
    pub(super) fn weight(&self, index: usize) -> u64 {
        self.weights.address() + (place(self.graph, index) * self.precision.bytes()) as u64
    }

    /// What does not change: tables of the layer's own, with the numbers from `first` on.
    pub(super) fn constants<const N: usize>(
        &self,
        first: usize,
        make: impl FnOnce() -> [Vec<u8>; N],
    ) -> Result<[Argument; N]> {
        self.constants.get((self.layer, first), self.pool, make)
    }

    /// Keeps something for the way back.
    pub(super) fn keep(&mut self, memory: Memory) {
        self.kept[self.layer] = Some(memory);
    }

    /// What was kept for the way back by the layer whose turn it is.
    pub(super) fn kept(&self) -> Result<u64> {
        let missing = || Error::Msg("a layer has kept nothing for its gradient".into());
        Ok(self.kept[self.layer].as_ref().ok_or_else(missing)?.address())
    }

    /// Starts a kernel that goes through `values` values.
    pub(super) fn each(&self, kernel: &'static str, values: usize, arguments: &[Argument]) -> Result<()> {
        self.start(kernel, blocks(values), 0, arguments)
    }

    /// Starts a kernel that has a warp for each row.
    pub(super) fn each_row(&self, kernel: &'static str, rows: usize, arguments: &[Argument]) -> Result<()> {
        self.start(kernel, blocks(rows * 32), 0, arguments)
    }

    /// Starts a kernel of so many blocks, each with `shared` bytes of shared memory.
    pub(super) fn start(&self, kernel: &'static str, blocks: u32, shared: u32, arguments: &[Argument]) -> Result<()> {
        let module = Module::layers(self.precision);
        self.gpu().launch(Launch { module, kernel, blocks, threads: THREADS, shared, arguments })
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
    pub(super) fn take_columns(&self, from: u64, all: usize, columns: Range<usize>, to: u64, add: bool) -> Result<()> {
        let (first, width, examples) = (count(columns.start)?, count(columns.len())?, count(self.examples)?);
        let (from, to) = (Argument::Address(from), Argument::Address(to));
        let arguments = [from, count(all)?, first, to, width, examples, flag(add)];
        self.each("take_columns", self.examples * columns.len(), &arguments)
    }

    /// The reverse; from nowhere, zeros.
    pub(super) fn put_columns(&self, from: u64, to: u64, all: usize, columns: Range<usize>) -> Result<()> {
        let (first, width, examples) = (count(columns.start)?, count(columns.len())?, count(self.examples)?);
        let arguments = [Argument::Address(from), width, Argument::Address(to), count(all)?, first, examples];
        self.each("put_columns", self.examples * columns.len(), &arguments)
    }

    /// The sums of the columns of an activation-like matrix into `f32` values.
    pub(super) fn column_sums(&self, x: u64, rows: usize, columns: usize, out: u64) -> Result<()> {
        const ROWS: usize = 64;
        const PARTS: usize = 256;
        let pack = if columns.is_multiple_of(16 / self.precision.bytes()) { 16 / self.precision.bytes() } else { 1 };
        let tiles = columns.div_ceil(32 * pack);
        let parts = rows.div_ceil(ROWS).clamp(1, PARTS);
        let partial = self.numbers(parts * columns)?;
        let (from, to) = (Argument::Address(x), Argument::Address(partial.address()));
        let arguments = [from, to, count(rows)?, count(columns)?, count(parts)?];
        let blocks = u32::try_from(tiles * parts).unwrap_or(u32::MAX);
        self.start("column_sums", blocks, (THREADS as usize * pack * 4) as u32, &arguments)?;
        self.each("sum_parts", columns, &[to, Argument::Address(out), count(columns)?, count(parts)?])
    }
}

/// Gradients of a batch on the way back.
pub(super) struct BackOnGpu<'a> {
    pub(super) graph: &'a Graph,
    /// Those of the activations, where there is one yet.
    pub(super) gradients: Vec<Option<Memory>>,
    /// The vector of those of the parameters, if they are wanted.
    pub(super) of_parameters: Option<u64>,
    /// Whether those of the inputs are wanted.
    pub(super) of_inputs: bool,
}

impl BackOnGpu<'_> {
    /// Whether anything wanted stands behind an activation.
    pub(super) fn wants(&self, of: usize) -> bool {
        self.graph.behind[of].has(self.of_parameters.is_some(), self.of_inputs)
    }

    /// The sum of gradients so far, to add to.
    pub(super) fn sum(&mut self, given: &OnGpu<'_>, of: usize) -> Result<u64> {
        let (address, begun) = self.begun(given, of)?;
        if !begun {
            given.gpu().clear(address, given.count(of) * given.precision.bytes())?;
        }
        Ok(address)
    }

    /// The sum so far, and whether there was one: without, anything may be in it.
    pub(super) fn begun(&mut self, given: &OnGpu<'_>, of: usize) -> Result<(u64, bool)> {
        if let Some(sum) = &self.gradients[of] {
            return Ok((sum.address(), true));
        }
        let sum = given.room(given.count(of))?;
        let address = sum.address();
        self.gradients[of] = Some(sum);
        Ok((address, false))
    }

    /// Where columns of the sum so far begin, if they are wanted, and the values of a row.
    pub(super) fn columns(&mut self, given: &OnGpu<'_>, columns: Columns) -> Result<[Argument; 2]> {
        let mut address = 0;
        if self.wants(columns.of) {
            address = self.sum(given, columns.of)? + (columns.first * given.precision.bytes()) as u64;
        }
        Ok([Argument::Address(address), count(given.size(columns.of).width)?])
    }

    /// Adds to the sum, if it is wanted.
    pub(super) fn add(&mut self, given: &OnGpu<'_>, of: usize, values: Memory) -> Result<()> {
        if !self.wants(of) {
            return Ok(());
        }
        match &self.gradients[of] {
            Some(sum) => {
                let arguments = [Argument::Address(sum.address()), Argument::Address(values.address())];
                let values = given.count(of);
                given.each("add", values, &[arguments[0], arguments[1], count(values)?])
            }
            None => {
                self.gradients[of] = Some(values);
                Ok(())
            }
        }
    }

    /// Where a parameter's gradient goes, if it is wanted.
    pub(super) fn parameter(&self, index: usize) -> Option<u64> {
        self.of_parameters.map(|vector| vector + (self.graph.values_of(index).start * 4) as u64)
    }
}

/// Whether a kernel adds.
pub(super) fn flag(add: bool) -> Argument {
    Argument::Count(i32::from(add))
}
