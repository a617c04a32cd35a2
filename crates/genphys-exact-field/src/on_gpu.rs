//! On a GPU: the data stay there. In few dimensions one kernel does it all; in many, distances and sums are matrix
//! products, and between them a kernel turns distances into weights.

use std::sync::Arc;

use candle_core::{Error, Result};

use super::NEAR;
use super::profile::RadialProfile;
use genphys_gpu::launches::field as kernels;
use genphys_gpu::{Factor, Grid, Kernel, Memory, Pointer, Pool, Precision, Product, blocks, count, start};

/// Values of a buffer of weights, 256 MiB: as many queries at a time as have room.
const ROOM: usize = 1 << 26;
/// Queries, one after the other in noise level, that are summed in one way.
pub(super) const GROUP: usize = 32;
/// Only the weights that count are summed where they are at most one in this many.
pub(super) const SPARSE: usize = 64;
/// Multiplications of the second product from which on it pays to wait for how many weights count: a tenth of a
/// millisecond.
pub(super) const WORTH: usize = 1 << 31;
/// Columns of a block of the kernel that sums few.
pub(super) const COLUMNS: usize = 1024;

/// Data points on a GPU.
pub(super) struct OnGpu {
    pool: Arc<Pool>,
    /// Of centred points: `(dim, count)` where there are few dimensions, otherwise `(count, stride)`.
    points: Memory,
    /// Their squared norms, zeros behind them up to a multiple of four.
    norms: Memory,
    mean: Memory,
    count: usize,
    dim: usize,
    law: Law,
    /// Most queries at a time.
    pub(super) chunk: usize,
    /// Multiplications that may be worth leaving out.
    pub(super) worth: usize,
}

/// A profile as kernels take it.
struct Law {
    which: i32,
    exponent: f32,
    table: Option<Memory>,
    nodes: usize,
    per_step: f32,
}

impl OnGpu {
    /// Row-major points, `(count, dim)`, less their mean.
    ///
    /// # Errors
    /// When the GPU has no room.
    pub(super) fn new(pool: &Arc<Pool>, centred: &[f32], mean: &[f32], profile: &RadialProfile) -> Result<Self> {
        let dim = mean.len();
        let (count, stride) = (centred.len() / dim, dim.next_multiple_of(4));
        let points: Vec<f32> = if dim <= NEAR {
            (0..dim).flat_map(|column| centred.iter().skip(column).step_by(dim).copied()).collect()
        } else {
            let zeros = std::iter::repeat_n(0.0, stride - dim);
            centred.chunks_exact(dim).flat_map(|row| row.iter().copied().chain(zeros.clone())).collect()
        };
        let norm = |row: &[f32]| row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() as f32;
        let mut norms: Vec<f32> = centred.chunks_exact(dim).map(norm).collect();
        norms.resize(count.next_multiple_of(4), 0.0);
        let chunk = (ROOM / count.next_multiple_of(4).max(stride)).max(1);
        Ok(Self {
            points: put(pool, &points)?,
            norms: put(pool, &norms)?,
            mean: put(pool, mean)?,
            pool: Arc::clone(pool),
            count,
            dim,
            law: Law::new(pool, profile)?,
            chunk: if chunk > GROUP { chunk / GROUP * GROUP } else { chunk },
            worth: WORTH,
        })
    }

    /// Whether the points are in this memory.
    pub(super) fn is_in(&self, pool: &Arc<Pool>) -> bool {
        Arc::ptr_eq(&self.pool, pool)
    }

    /// Posterior means of `(queries, dim)` queries.
    ///
    /// # Errors
    /// When the GPU has no room, or a kernel cannot be started.
    pub(super) fn posterior_means(&self, x: &[f32], profiles: &[RadialProfile]) -> Result<Vec<f32>> {
        let (x, out) = (put(&self.pool, x)?, self.pool.take(4 * x.len())?);
        self.posterior_means_at(x.pointer(), out.pointer(), profiles)?;
        words(&self.pool, &out, profiles.len() * self.dim, f32::from_ne_bytes)
    }

    /// The same from and to places on the GPU.
    ///
    /// # Errors
    /// When the GPU has no room, or a kernel cannot be started.
    pub(super) fn posterior_means_at(
        &self,
        x: Pointer<f32>,
        out: Pointer<f32>,
        profiles: &[RadialProfile],
    ) -> Result<()> {
        if profiles.is_empty() {
            return Ok(());
        }
        let scales: Vec<f32> = profiles.iter().map(RadialProfile::scale).collect();
        if self.dim <= NEAR {
            return self.near(x, out, &scales);
        }
        // By noise level: queries side by side then look at as many points.
        let mut order: Vec<usize> = (0..scales.len()).collect();
        order.sort_by(|i, j| scales[*j].total_cmp(&scales[*i]));
        for order in order.chunks(self.chunk) {
            let scales: Vec<f32> = order.iter().map(|i| scales[*i]).collect();
            self.chunk_of_means(x, out, order, &scales)?;
        }
        Ok(())
    }

    /// In few dimensions.
    fn near(&self, x: Pointer<f32>, out: Pointer<f32>, scales: &[f32]) -> Result<()> {
        let on_gpu = put(&self.pool, scales)?;
        let kernel = kernels::NearMeans {
            x,
            scales: on_gpu.pointer(),
            points: self.points.pointer(),
            mean: self.mean.pointer(),
            out,
            count: count(self.count)?,
            dim: count(self.dim)?,
            law: self.law.which,
            exponent: self.law.exponent,
            table: self.law.table(),
            nodes: count(self.law.nodes)?,
            per_step: self.law.per_step,
        };
        self.launch(scales.len(), kernel)
    }

    /// The queries that `order` names, in many dimensions.
    fn chunk_of_means(&self, x: Pointer<f32>, out: Pointer<f32>, order: &[usize], scales: &[f32]) -> Result<()> {
        let (dim, stride, row) = (self.dim, self.dim.next_multiple_of(4), self.count.next_multiple_of(4));
        let queries = order.len();
        let order = order.iter().map(|i| i32::try_from(*i).map_err(Error::wrap)).collect::<Result<Vec<_>>>()?;
        let order = put_bytes(&self.pool, order.into_iter().flat_map(i32::to_ne_bytes).collect())?;
        let scales = put(&self.pool, scales)?;
        let [rows, pairs] = [stride, row].map(|width| self.pool.take(4 * queries * width));
        let [squares, totals, counting] = [(); 3].map(|()| self.pool.take(4 * queries));
        let (rows, pairs, squares, totals, counting) = (rows?, pairs?, squares?, totals?, counting?);

        let (all, columns, of_row, step) = (count(self.count)?, count(dim)?, count(row)?, count(stride)?);
        let centre = kernels::Centre {
            x,
            order: order.pointer(),
            mean: self.mean.pointer(),
            out: rows.pointer(),
            squares: squares.pointer(),
            dim: columns,
            stride: step,
        };
        self.launch(queries, centre)?;
        let product = Product {
            rows: queries,
            inner: dim,
            columns: self.count,
            count: 1,
            a: Factor::rows_of(stride, rows.address()),
            b: Factor::rows_of(stride, self.points.address()).transposed(),
            out: Factor::rows_of(row, pairs.address()),
            exact: false,
            scale: -2.0,
            add: false,
            // Distances are differences of larger numbers: tensor cores would round too much.
            precision: Precision::F32,
        };
        self.pool.gpu().multiply(&product)?;
        let weights = kernels::Weights {
            pairs: pairs.pointer(),
            norms: self.norms.pointer(),
            squares: squares.pointer(),
            scales: scales.pointer(),
            totals: totals.pointer(),
            counting: counting.pointer(),
            count: all,
            row: of_row,
            law: self.law.which,
            exponent: self.law.exponent,
            table: self.law.table(),
            nodes: count(self.law.nodes)?,
            per_step: self.law.per_step,
        };
        self.launch(queries, weights)?;

        let few = if queries * self.count * dim >= self.worth {
            let counts = words(&self.pool, &counting, queries, i32::from_ne_bytes)?;
            let sparse = |group: &[i32]| group.iter().all(|few| *few as usize * SPARSE <= self.count);
            counts.chunks(GROUP).map(sparse).collect()
        } else {
            vec![false; queries.div_ceil(GROUP)]
        };
        for (first, end, few) in runs(&few, queries) {
            let from = |memory: &Memory, width: usize| memory.pointer::<f32>().after_words(first * width);
            let (weights, totals, mean) = (from(&pairs, row), from(&totals, 1), self.mean.pointer());
            let order = order.pointer::<i32>().after_words(first);
            if few {
                let kernel = kernels::SumFew {
                    weights,
                    points: self.points.pointer(),
                    totals,
                    order,
                    mean,
                    out,
                    count: all,
                    row: of_row,
                    dim: columns,
                    stride: step,
                };
                self.launch((end - first) * dim.div_ceil(COLUMNS), kernel)?;
            } else {
                // The centred queries are not needed any more.
                let sums = from(&rows, stride);
                let product = Product {
                    rows: end - first,
                    inner: self.count,
                    columns: dim,
                    a: Factor::rows_of(row, weights.address()),
                    b: Factor::rows_of(stride, self.points.address()),
                    out: Factor::rows_of(stride, sums.address()),
                    scale: 1.0,
                    ..product
                };
                self.pool.gpu().multiply(&product)?;
                let values = (end - first) * dim;
                let count = count(values)?;
                let kernel = kernels::Finish { sums, totals, order, mean, out, count, dim: columns, stride: step };
                self.launch(blocks(values) as usize, kernel)?;
            }
        }
        Ok(())
    }

    fn launch(&self, blocks: usize, kernel: impl Kernel) -> Result<()> {
        start(self.pool.gpu(), Grid::of(u32::try_from(blocks).map_err(Error::wrap)?), kernel)
    }
}

impl Law {
    fn new(pool: &Arc<Pool>, profile: &RadialProfile) -> Result<Self> {
        let closed = |which, exponent| Self { which, exponent, table: None, nodes: 0, per_step: 0.0 };
        Ok(match profile {
            RadialProfile::Gaussian { .. } => closed(0, 0.0),
            RadialProfile::Power { exponent, .. } => closed(1, *exponent),
            RadialProfile::Table { table, .. } => {
                let (values, per_step) = table.steps();
                Self { table: Some(put(pool, values)?), nodes: values.len(), per_step, ..closed(2, 0.0) }
            }
        })
    }

    fn table(&self) -> Pointer<f32> {
        self.table.as_ref().map_or(Pointer::NONE, Memory::pointer)
    }
}

/// Neighbouring groups of the same kind, as the first of their queries, the end, and which kind.
fn runs(groups: &[bool], queries: usize) -> Vec<(usize, usize, bool)> {
    let mut runs: Vec<(usize, usize, bool)> = Vec::new();
    for (i, kind) in groups.iter().enumerate() {
        let end = ((i + 1) * GROUP).min(queries);
        match runs.last_mut() {
            Some(last) if last.2 == *kind => last.1 = end,
            _ => runs.push((i * GROUP, end, *kind)),
        }
    }
    runs
}

fn put(pool: &Arc<Pool>, values: &[f32]) -> Result<Memory> {
    put_bytes(pool, values.iter().flat_map(|value| value.to_ne_bytes()).collect())
}

fn put_bytes(pool: &Arc<Pool>, bytes: Vec<u8>) -> Result<Memory> {
    let memory = pool.take(bytes.len())?;
    pool.gpu().write(memory.address(), &bytes)?;
    Ok(memory)
}

/// Values of 32 bits from the GPU.
fn words<T>(pool: &Pool, memory: &Memory, count: usize, of_bytes: impl Fn([u8; 4]) -> T) -> Result<Vec<T>> {
    let bytes = pool.gpu().read(memory.address(), 4 * count)?;
    Ok(bytes.as_chunks().0.iter().map(|bytes| of_bytes(*bytes)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_groups_of_a_kind_are_one_run() {
        let groups = [true, true, false, true, false, false];
        let expected = [
            (0, 2 * GROUP, true),
            (2 * GROUP, 3 * GROUP, false),
            (3 * GROUP, 4 * GROUP, true),
            (4 * GROUP, 5 * GROUP + 1, false),
        ];
        assert_eq!(runs(&groups, 5 * GROUP + 1), expected);
        assert!(runs(&[], 0).is_empty());
    }
}
