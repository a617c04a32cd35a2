//! On a GPU: the data stay there. In few dimensions one kernel does it all; in many, distances and sums are matrix products,
//! and between them a kernel turns distances into weights.

use std::sync::Arc;

use candle_core::{Error, Result};

use super::NEAR;
use super::profile::RadialProfile;
use crate::gpu::{Argument, Factor, Launch, Memory, Module, Pool, Precision, Product, THREADS, blocks, count};

/// Values of a buffer of weights, 256 MiB: as many queries at a time as have room.
const ROOM: usize = 1 << 26;
/// Queries, one after the other in noise level, that are summed in one way.
const GROUP: usize = 128;
/// Only the weights that count are summed where they are at most one in this many.
const SPARSE: usize = 64;
/// Multiplications of the second product from which on it pays to wait for how many weights count: a tenth of a millisecond.
const WORTH: usize = 1 << 31;
/// Columns of a block of the kernel that sums few.
const COLUMNS: usize = 1024;

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
    chunk: usize,
    /// Multiplications that may be worth leaving out.
    worth: usize,
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
        self.posterior_means_at(x.address(), out.address(), profiles)?;
        words(&self.pool, &out, profiles.len() * self.dim, f32::from_ne_bytes)
    }

    /// The same from and to places on the GPU.
    ///
    /// # Errors
    /// When the GPU has no room, or a kernel cannot be started.
    pub(super) fn posterior_means_at(&self, x: u64, out: u64, profiles: &[RadialProfile]) -> Result<()> {
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
    fn near(&self, x: u64, out: u64, scales: &[f32]) -> Result<()> {
        let on_gpu = put(&self.pool, scales)?;
        let places = [x, on_gpu.address(), self.points.address(), self.mean.address(), out].map(Argument::Address);
        let arguments = [&places[..], &[count(self.count)?, count(self.dim)?], &self.law.arguments()?].concat();
        self.launch("near_means", scales.len(), &arguments)
    }

    /// The queries that `order` names, in many dimensions.
    fn chunk_of_means(&self, x: u64, out: u64, order: &[usize], scales: &[f32]) -> Result<()> {
        let (dim, stride, row) = (self.dim, self.dim.next_multiple_of(4), self.count.next_multiple_of(4));
        let queries = order.len();
        let order = order.iter().map(|i| i32::try_from(*i).map_err(Error::wrap)).collect::<Result<Vec<_>>>()?;
        let order = put_bytes(&self.pool, order.into_iter().flat_map(i32::to_ne_bytes).collect())?;
        let scales = put(&self.pool, scales)?;
        let [rows, pairs] = [stride, row].map(|width| self.pool.take(4 * queries * width));
        let [squares, totals, counting] = [(); 3].map(|()| self.pool.take(4 * queries));
        let (rows, pairs, squares, totals, counting) = (rows?, pairs?, squares?, totals?, counting?);

        let places = [x, order.address(), self.mean.address(), rows.address(), squares.address()];
        let sizes = [count(dim)?, count(stride)?];
        self.launch("centre", queries, &[&places.map(Argument::Address)[..], &sizes].concat())?;
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
        let places = [&pairs, &self.norms, &squares, &scales, &totals, &counting];
        let places = places.map(|memory| Argument::Address(memory.address()));
        let arguments = [&places[..], &[count(self.count)?, count(row)?], &self.law.arguments()?].concat();
        self.launch("weights", queries, &arguments)?;

        let few = if queries * self.count * dim >= self.worth {
            let counts = words(&self.pool, &counting, queries, i32::from_ne_bytes)?;
            let sparse = |group: &[i32]| group.iter().all(|few| *few as usize * SPARSE <= self.count);
            counts.chunks(GROUP).map(sparse).collect()
        } else {
            vec![false; queries.div_ceil(GROUP)]
        };
        for (first, end, few) in runs(&few, queries) {
            let from = |memory: &Memory, width: usize| memory.address() + 4 * (first * width) as u64;
            let weights = Factor::rows_of(row, from(&pairs, row));
            let ends = [from(&totals, 1), from(&order, 1), self.mean.address(), out].map(Argument::Address);
            if few {
                let starts = [weights.address, self.points.address()].map(Argument::Address);
                let sizes = [count(self.count)?, count(row)?, count(dim)?, count(stride)?];
                let parts = dim.div_ceil(COLUMNS);
                self.launch("sum_few", (end - first) * parts, &[&starts[..], &ends, &sizes].concat())?;
            } else {
                // The centred queries are not needed any more.
                let sums = Factor::rows_of(stride, from(&rows, stride));
                let product = Product {
                    rows: end - first,
                    inner: self.count,
                    columns: dim,
                    a: weights,
                    b: Factor::rows_of(stride, self.points.address()),
                    out: sums,
                    scale: 1.0,
                    ..product
                };
                self.pool.gpu().multiply(&product)?;
                let values = (end - first) * dim;
                let sizes = [count(values)?, count(dim)?, count(stride)?];
                let arguments = [&[Argument::Address(sums.address)][..], &ends, &sizes].concat();
                self.launch("finish", blocks(values) as usize, &arguments)?;
            }
        }
        Ok(())
    }

    fn launch(&self, kernel: &'static str, blocks: usize, arguments: &[Argument]) -> Result<()> {
        let blocks = u32::try_from(blocks).map_err(Error::wrap)?;
        self.pool.gpu().launch(Launch { module: Module::Field, kernel, blocks, threads: THREADS, shared: 0, arguments })
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

    fn arguments(&self) -> Result<[Argument; 5]> {
        Ok([
            Argument::Count(self.which),
            Argument::Number(self.exponent),
            Argument::Address(self.table.as_ref().map_or(0, Memory::address)),
            count(self.nodes)?,
            Argument::Number(self.per_step),
        ])
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
    use candle_core::{Device, Tensor};

    use super::super::{ExactField, Points, blocked, centre, near};
    use super::*;
    use crate::error::Result;
    use crate::generative_pde::GenerativePde;
    use crate::gpu::Emulated;
    use crate::oracle::{Heat, Poisson, Yukawa};

    const FAMILIES: [&dyn GenerativePde; 3] = [&Heat, &Poisson, &Yukawa { m: 1.3 }];

    /// Numbers like random ones, of mean 3 and deviation 0.5.
    fn scattered(count: usize, seed: f64) -> Vec<f32> {
        let share = |i: usize, f: f64| ((i as f64 + seed) * f).sin() * 43_758.545_3;
        let part = |i: usize, f: f64| share(i, f) - share(i, f).floor() - 0.5;
        let sum = |i: usize| [12.9898, 78.233, 37.719].map(|f| part(i, f)).iter().sum::<f64>();
        (0..count).map(|i| (3.0 + sum(i)) as f32).collect()
    }

    /// On the CPU and on an emulated GPU. Kernels that change their shape as they spread are told to keep it.
    /// `worth` is from how many multiplications on the GPU looks for weights that count.
    fn fields(pde: &dyn GenerativePde, points: &[f32], dim: usize, worth: usize) -> Result<[ExactField; 2]> {
        let (mean, centred) = centre(&Heat, points, dim)?;
        let profile = RadialProfile::of(pde, dim, pde.time(1.0))?;
        let on_gpu = OnGpu { worth, ..OnGpu::new(&Pool::new(Emulated::new(false)), &centred, &mean, &profile)? };
        let on_cpu = if dim <= NEAR {
            Points::Coordinates(near::Coordinates::new(&centred, dim))
        } else {
            Points::Blocks(blocked::Blocks::new(centred, dim))
        };
        let field = |points| ExactField { mean: mean.clone(), points, profile: profile.clone(), dim };
        Ok([field(on_cpu), field(Points::OnGpu(on_gpu))])
    }

    /// The mean for a query in double precision, and how many points count.
    fn reference(pde: &dyn GenerativePde, points: &[f32], query: &[f32], sigma: f64) -> (Vec<f64>, usize) {
        let dim = query.len();
        let logarithm = |point: &[f32]| {
            let square: f64 = query.iter().zip(point).map(|(x, y)| (f64::from(*x) - f64::from(*y)).powi(2)).sum();
            pde.log_density(dim, pde.time(1.0), square.sqrt() / sigma)
        };
        let logarithms: Vec<f64> = points.chunks_exact(dim).map(logarithm).collect();
        let top = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (mut total, mut sums) = (0.0, vec![0.0; dim]);
        for (point, logarithm) in points.chunks_exact(dim).zip(&logarithms) {
            let weight = (logarithm - top).exp();
            total += weight;
            sums.iter_mut().zip(point).for_each(|(sum, y)| *sum += weight * f64::from(*y));
        }
        let counting = logarithms.iter().filter(|logarithm| (**logarithm - top).exp() > 1e-9).count();
        (sums.into_iter().map(|sum| sum / total).collect(), counting)
    }

    fn largest_difference(a: &[f32], b: &[f64]) -> f64 {
        assert_eq!(a.len(), b.len());
        // A number that is none is not near anything.
        a.iter()
            .zip(b)
            .map(|(a, b)| f64::from(*a) - b)
            .map(f64::abs)
            .fold(0.0, |most, x| if x <= most { most } else { x })
    }

    /// On a point, between points, where all of them count, and so far away that all densities are below what `f32` holds.
    #[test]
    fn agrees_with_the_cpu_and_with_sums_in_double_precision() -> Result<()> {
        for (dim, count) in [(1, 300), (2, 301), (5, 300), (8, 303), (9, 300), (64, 302)] {
            let points = scattered(count * dim, 0.3);
            let offsets = scattered(8 * dim, 0.7);
            let sigmas = [0.01, 0.6, 0.05, 0.2, 1.0, 30.0, 5.0, 8.0];
            let scales = [0.0, 0.0, 0.05, 0.2, 1.0, 60.0, 200.0, 500.0];
            let x: Vec<f32> = (0..8 * dim)
                .map(|i| points[i / dim * 37 * dim + i % dim] + scales[i / dim] * (offsets[i] - 3.0))
                .collect();
            for pde in FAMILIES {
                let [cpu, gpu] = fields(pde, &points, dim, WORTH)?;
                let (on_cpu, on_gpu) = (cpu.posterior_mean(&x, &sigmas)?, gpu.posterior_mean(&x, &sigmas)?);
                let expected = x.chunks_exact(dim).zip(sigmas).map(|(x, sigma)| reference(pde, &points, x, sigma).0);
                for (i, expected) in expected.enumerate() {
                    let [cpu, gpu] = [&on_cpu, &on_gpu].map(|means| &means[i * dim..(i + 1) * dim]);
                    let off = largest_difference(gpu, &expected);
                    assert!(off < 1e-4, "{} N = {dim}, sigma {}: {off:e}", pde.name(), sigmas[i]);
                    let cpu: Vec<f64> = cpu.iter().map(|mean| f64::from(*mean)).collect();
                    let apart = largest_difference(gpu, &cpu);
                    assert!(apart < 1e-3, "{} N = {dim}, sigma {}: CPU {apart:e}", pde.name(), sigmas[i]);
                }
            }
        }
        Ok(())
    }

    /// Groups of which few points count, and groups of which many do.
    #[test]
    fn few_and_many_points_agree_with_sums_in_double_precision() -> Result<()> {
        let (count, queries) = (1101, 2 * GROUP + 20);
        for dim in [9, 18] {
            let mut points = scattered(count * dim, 0.3);
            let offsets = scattered(queries * dim, 0.7);
            // In pairs, so that few are more than one.
            for pair in points.chunks_exact_mut(2 * dim) {
                let (first, second) = pair.split_at_mut(dim);
                second.iter_mut().zip(first).for_each(|(y, x)| *y = *x + 0.03 * (*y - 3.0));
            }
            // Neither in the order of the noise level nor against it.
            let noisy = |i: usize| i * 7 % queries >= GROUP;
            let sigmas: Vec<f64> = (0..queries).map(|i| if noisy(i) { 0.2 + i as f64 / 50.0 } else { 0.02 }).collect();
            let x: Vec<f32> = (0..queries * dim)
                .map(|i| points[i / dim * 41 % count * dim + i % dim] + sigmas[i / dim] as f32 * (offsets[i] - 3.0))
                .collect();
            let [_, gpu] = fields(&Heat, &points, dim, 0)?;
            let found = gpu.posterior_mean(&x, &sigmas)?;
            let mut many = 0;
            for (i, (x, found)) in x.chunks_exact(dim).zip(found.chunks_exact(dim)).enumerate() {
                let (expected, counting) = reference(&Heat, &points, x, sigmas[i]);
                let off = largest_difference(found, &expected);
                assert!(off < 2e-5, "N = {dim}, sigma {}, {counting} count: {off:e}", sigmas[i]);
                assert!(noisy(i) || counting * SPARSE <= count, "N = {dim}: {counting} count at low noise");
                many += usize::from(counting * SPARSE > count);
            }
            assert!(many > GROUP, "N = {dim}: {many} see many points");
        }
        Ok(())
    }

    /// More columns than a block sums.
    #[test]
    fn long_rows_are_summed() -> Result<()> {
        let (dim, count) = (COLUMNS + 6, 130);
        let points = scattered(count * dim, 0.3);
        let sigmas = [0.1, 0.5, 40.0];
        let x: Vec<f32> = points[11 * dim..14 * dim].iter().map(|x| x + 0.01).collect();
        for (pde, which) in FAMILIES.into_iter().zip([0..2, 0..3, 0..2]) {
            // Queries that see one point by themselves, and with one that sees all of them.
            for which in [which, 0..3] {
                let (x, sigmas) = (&x[..which.end * dim], &sigmas[which]);
                let [_, gpu] = fields(pde, &points, dim, 0)?;
                let found = gpu.posterior_mean(x, sigmas)?;
                for ((x, found), sigma) in x.chunks_exact(dim).zip(found.chunks_exact(dim)).zip(sigmas) {
                    let off = largest_difference(found, &reference(pde, &points, x, *sigma).0);
                    assert!(off < 1e-4, "{}, sigma {sigma}: {off:e}", pde.name());
                }
            }
        }
        Ok(())
    }

    #[test]
    fn queries_in_parts_have_the_same_means() -> Result<()> {
        let (dim, count) = (13, 200);
        let points = scattered(count * dim, 0.3);
        let x = scattered(7 * dim, 0.7);
        let sigmas = [0.3, 2.0, 0.01, 0.7, 9.0, 0.1, 0.3];
        let [_, mut gpu] = fields(&Poisson, &points, dim, 0)?;
        let together = gpu.posterior_mean(&x, &sigmas)?;
        if let Points::OnGpu(points) = &mut gpu.points {
            points.chunk = 3;
        }
        let in_parts = gpu.posterior_mean(&x, &sigmas)?;
        let together: Vec<f64> = together.into_iter().map(f64::from).collect();
        assert!(largest_difference(&in_parts, &together) < 2e-6);
        assert!(gpu.posterior_mean(&[], &[])?.is_empty());
        assert!(gpu.posterior_mean(&x, &sigmas[1..]).is_err());
        Ok(())
    }

    #[test]
    fn processes_and_devices() -> Result<()> {
        let pool = Pool::new(Emulated::new(false));
        let points = scattered(30, 0.3);
        let gpu = ExactField::new_in(&Poisson, &points, 3, &pool)?;
        let cpu = ExactField::new_on(&Poisson, &points, 3, &Device::Cpu)?;
        assert!(ExactField::new_in(&Yukawa { m: 1.0 }, &points, 3, &pool).is_err());
        let (x, sigmas) = (scattered(6, 0.7), [0.1, 0.5]);
        let tensor = Tensor::from_slice(&x, (2, 3), &Device::Cpu)?;
        for field in [gpu, cpu] {
            let means = field.posterior_mean(&x, &sigmas)?;
            assert_eq!(field.posterior_mean_of(&tensor, &sigmas)?.to_vec2::<f32>()?.concat(), means);
        }
        Ok(())
    }

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
