//! Exact fields on GPUs, an emulated one and a CUDA device if there is one, against the CPU and sums in double
//! precision.

use std::sync::Arc;

use candle_core::{Device, Tensor};

use super::on_gpu::{COLUMNS, GROUP, OnGpu, SPARSE, WORTH};
use super::{ExactField, NEAR, Points, RadialProfile, blocked, centre, near};
use crate::error::Result;
use genphys_flow::GenerativePde;
use genphys_flow::fixture::{Heat, Poisson, Yukawa};
use genphys_flow::velocity_field::VelocityField;
use genphys_gpu::Pool;
use genphys_gpu::emulator::{Emulated, test_devices};

const FAMILIES: [&dyn GenerativePde; 3] = [&Heat, &Poisson, &Yukawa { m: 1.3 }];

/// Numbers like random ones, of mean 3 and deviation 0.5.
fn scattered(count: usize, seed: f64) -> Vec<f32> {
    let share = |i: usize, f: f64| ((i as f64 + seed) * f).sin() * 43_758.545_3;
    let part = |i: usize, f: f64| share(i, f) - share(i, f).floor() - 0.5;
    let sum = |i: usize| [12.9898, 78.233, 37.719].map(|f| part(i, f)).iter().sum::<f64>();
    (0..count).map(|i| (3.0 + sum(i)) as f32).collect()
}

/// The memory of an emulated GPU, and of the first CUDA device if there is one.
fn pools() -> Vec<Arc<Pool>> {
    let emulated = Pool::new(Emulated::new(false));
    let on_gpus = test_devices().iter().filter_map(genphys_gpu::pool_of).collect::<Vec<_>>();
    std::iter::once(emulated).chain(on_gpus).collect()
}

/// On the CPU and on GPUs. Kernels that change their shape as they spread are told to keep it.
/// `worth` is from how many multiplications on the GPU looks for weights that count.
fn fields(pde: &dyn GenerativePde, points: &[f32], dim: usize, worth: usize) -> Result<(ExactField, Vec<ExactField>)> {
    let (mean, centred) = centre(&Heat, points, dim)?;
    let profile = RadialProfile::of(pde, dim, pde.time(1.0))?;
    let field = |points| ExactField { mean: mean.clone(), points, profile: profile.clone(), dim };
    let mut on_gpus = Vec::new();
    for pool in pools() {
        let mut on_gpu = OnGpu::new(&pool, &centred, &mean, &profile)?;
        on_gpu.worth = worth;
        on_gpus.push(field(Points::OnGpu(on_gpu)));
    }
    let on_cpu = if dim <= NEAR {
        Points::Coordinates(near::Coordinates::new(&centred, dim))
    } else {
        Points::Blocks(blocked::Blocks::new(centred.clone(), dim))
    };
    Ok((field(on_cpu), on_gpus))
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
    a.iter().zip(b).map(|(a, b)| f64::from(*a) - b).map(f64::abs).fold(0.0, |most, x| if x <= most { most } else { x })
}

/// On a point, between points, where all of them count, and so far away that all densities are below what `f32` holds.
#[test]
fn agrees_with_the_cpu_and_with_sums_in_double_precision() -> Result<()> {
    for (dim, count) in [(1, 300), (2, 301), (5, 300), (8, 303), (9, 300), (64, 302)] {
        let points = scattered(count * dim, 0.3);
        let offsets = scattered(8 * dim, 0.7);
        let sigmas = [0.01, 0.6, 0.05, 0.2, 1.0, 30.0, 5.0, 8.0];
        let scales = [0.0, 0.0, 0.05, 0.2, 1.0, 60.0, 200.0, 500.0];
        let x: Vec<f32> =
            (0..8 * dim).map(|i| points[i / dim * 37 * dim + i % dim] + scales[i / dim] * (offsets[i] - 3.0)).collect();
        for pde in FAMILIES {
            let (cpu, gpus) = fields(pde, &points, dim, WORTH)?;
            let on_cpu: Vec<f64> = cpu.posterior_mean(&x, &sigmas)?.into_iter().map(f64::from).collect();
            for gpu in gpus {
                let on_gpu = gpu.posterior_mean(&x, &sigmas)?;
                let apart = largest_difference(&on_gpu, &on_cpu);
                assert!(apart < 1e-3, "{} N = {dim}: {apart:e} from the CPU", pde.name());
                let queries = x.chunks_exact(dim).zip(on_gpu.chunks_exact(dim)).zip(sigmas);
                for ((query, found), sigma) in queries {
                    let off = largest_difference(found, &reference(pde, &points, query, sigma).0);
                    assert!(off < 1e-4, "{} N = {dim}, sigma {sigma}: {off:e}", pde.name());
                }
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
        let noisy = |i: usize| i * 5 % queries >= GROUP;
        let sigmas: Vec<f64> = (0..queries).map(|i| if noisy(i) { 0.2 + i as f64 / 50.0 } else { 0.02 }).collect();
        let x: Vec<f32> = (0..queries * dim)
            .map(|i| points[i / dim * 41 % count * dim + i % dim] + sigmas[i / dim] as f32 * (offsets[i] - 3.0))
            .collect();
        for gpu in fields(&Heat, &points, dim, 0)?.1 {
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
            for gpu in fields(pde, &points, dim, 0)?.1 {
                let found = gpu.posterior_mean(x, sigmas)?;
                for ((x, found), sigma) in x.chunks_exact(dim).zip(found.chunks_exact(dim)).zip(sigmas) {
                    let off = largest_difference(found, &reference(pde, &points, x, *sigma).0);
                    assert!(off < 1e-4, "{}, sigma {sigma}: {off:e}", pde.name());
                }
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
    for mut gpu in fields(&Poisson, &points, dim, 0)?.1 {
        let together: Vec<f64> = gpu.posterior_mean(&x, &sigmas)?.into_iter().map(f64::from).collect();
        if let Points::OnGpu(points) = &mut gpu.points {
            points.chunk = 3;
        }
        assert!(largest_difference(&gpu.posterior_mean(&x, &sigmas)?, &together) < 2e-6);
        assert!(gpu.posterior_mean(&[], &[])?.is_empty());
        assert!(gpu.posterior_mean(&x, &sigmas[1..]).is_err());
    }
    Ok(())
}

#[test]
fn queries_and_means_are_slices_or_tensors() -> Result<()> {
    let (dim, sigmas) = (9, [0.1, 0.5]);
    let (points, x) = (scattered(10 * dim, 0.3), scattered(2 * dim, 0.7));
    for device in test_devices() {
        let field = ExactField::new_on(&Poisson, &points, dim, &device)?;
        let means = field.posterior_mean(&x, &sigmas)?;
        for given in [Device::Cpu, device] {
            let tensor = Tensor::from_slice(&x, (2, dim), &given)?;
            let found = field.posterior_mean_of(&tensor, &sigmas)?;
            assert!(found.device().same_device(&given));
            assert_eq!(found.to_vec2::<f32>()?.concat(), means);
            assert!(field.posterior_mean_of(&tensor, &sigmas[1..]).is_err());
        }
    }
    let pool = Pool::new(Emulated::new(false));
    assert_eq!(ExactField::new_in(&Poisson, &points, dim, &pool)?.dim(), dim);
    assert!(ExactField::new_in(&Yukawa { m: 1.0 }, &points, dim, &pool).is_err());
    Ok(())
}
