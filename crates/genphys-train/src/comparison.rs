//! Our own operations beside candle's on a small case, and which of them a program takes.

use std::sync::Arc;

use candle_core::{Device, Tensor, Var};

use crate::denoiser::Estimate;
use crate::error::{Result, RuntimeError};
use crate::precondition::{Observer, PowerLaw, Preconditioner, Scales};
use crate::resident::MIRRORED;
use genphys_gpu::estimate::{
    Denoising, Preconditioning, Weighted, denoised, precondition, scale_rows, weighted_error, weighted_error_gradient,
};
use genphys_gpu::training::{Perturbation, perturb};
use genphys_gpu::{Backend, KernelChoice, Kernels, Memory, Pointer, Pool, pool_of};
use genphys_nn::comparison::Compared;

/// Points of the case.
const EXAMPLES: usize = 37;
/// Coordinates of a point.
const DIM: usize = 20;

/// Everything of a training step that has operations of our own: in a GPU's memory or else on the CPU, beside candle's
/// on `device`.
pub fn compare(device: &Device, own: Option<&Arc<Pool>>) -> Vec<Compared> {
    let mut all = genphys_nn::comparison::compare(device, own);
    if let Some(pool) = own {
        let attempt = |what, attempt: fn(&Device, &Arc<Pool>) -> Result<Compared>| {
            let text = |error: RuntimeError| candle_core::Error::Msg(error.to_string()).into();
            Compared::attempt(what, || attempt(device, pool).map_err(text))
        };
        all.push(attempt("preconditioning and error", around));
        all.push(attempt("drawn data", drawn));
        all.push(attempt("normal numbers", normal));
    }
    all
}

/// Which operations a program takes on a device, and what there is to say about it.
///
/// # Errors
/// When our own are wanted and there are none for the device.
pub fn choose(device: &Device, choice: KernelChoice) -> Result<(Backend, Option<String>)> {
    choose_beside(device, choice, pool_of(device).as_ref())
}

/// The same for kernels in this memory: what `auto` does on a machine with such a GPU.
///
/// # Errors
/// When our own are wanted and there are none for the device.
pub fn choose_beside(
    device: &Device,
    choice: KernelChoice,
    own: Option<&Arc<Pool>>,
) -> Result<(Backend, Option<String>)> {
    match choice {
        KernelChoice::Of(kernels) => Ok((Backend::new(device, kernels)?, None)),
        KernelChoice::Auto => {
            let backend = Backend::from(device);
            if backend.kernels() == Kernels::Candle {
                return Ok((backend, None));
            }
            let differ: Vec<String> =
                compare(device, own).iter().filter(|one| !one.agrees()).map(ToString::to_string).collect();
            if differ.is_empty() {
                return Ok((backend, None));
            }
            let note = format!(
                "candle's operations are used: on this machine our own do not agree with them ({}); `doctor` has all \
                 of it",
                differ.join("; ")
            );
            Ok((backend.with_candle(), Some(note)))
        }
    }
}

fn wave(count: usize, frequency: f32) -> Vec<f32> {
    (0..count).map(|i| (i as f32 * frequency + 0.3).sin()).collect()
}

fn put(pool: &Arc<Pool>, values: &[f32]) -> Result<Memory> {
    let memory = pool.take(4 * values.len())?;
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_ne_bytes()).collect();
    pool.gpu().write(memory.address(), &bytes)?;
    Ok(memory)
}

fn copied(pool: &Arc<Pool>, tensor: &Tensor) -> Result<Memory> {
    put(pool, &tensor.flatten_all()?.to_vec1::<f32>()?)
}

fn read(pool: &Arc<Pool>, memory: &Memory, count: usize) -> Result<Vec<f32>> {
    let bytes = pool.gpu().read(memory.address(), 4 * count)?;
    Ok(bytes.as_chunks().0.iter().map(|bytes| f32::from_ne_bytes(*bytes)).collect())
}

/// What stands around a network: noise levels, what it is shown, the estimate, its error and the gradient, for each way
/// of reading the noise off an example.
fn around(device: &Device, pool: &Arc<Pool>) -> Result<Compared> {
    let tensor = |frequency, columns: usize| -> Result<Tensor> {
        Ok(Tensor::from_vec(wave(EXAMPLES * columns, frequency), (EXAMPLES, columns), device)?)
    };
    let mut pairs: Vec<(Vec<f32>, Vec<f32>)> = Vec::new();
    for rows in [0, 1, DIM] {
        let observer = |rows| -> Result<Observer> {
            let whitener = Tensor::from_vec(wave(rows * DIM, 0.77), (rows, DIM), device)?.affine(0.3, 0.0)?;
            Ok(Observer { whitener, offset: 0.4, hidden: PowerLaw { factor: 0.6, power: 1.3 } })
        };
        let preconditioner = Preconditioner {
            sigma_data: 0.7,
            mean: Tensor::from_vec(wave(DIM, 0.9), (1, DIM), device)?,
            observer: if rows == 0 { None } else { Some(observer(rows)?) },
            on_gpu: false,
        };
        let spread = tensor(0.31, 1)?.affine(2.5, 0.0)?.exp()?;
        let x = (tensor(0.53, DIM)?.broadcast_mul(&spread)?.affine(2.0, 0.0)? + tensor(0.29, DIM)?)?;
        around_one(pool, &preconditioner, &x, &spread, &tensor, &mut pairs)?;
    }
    let pairs = pairs.iter().map(|(ours, reference)| (ours.as_slice(), reference.as_slice()));
    Ok(Compared::of("preconditioning and error", pairs, 1e-3))
}

/// One way of reading the noise.
fn around_one(
    pool: &Arc<Pool>,
    preconditioner: &Preconditioner,
    x: &Tensor,
    spread: &Tensor,
    tensor: &impl Fn(f32, usize) -> Result<Tensor>,
    pairs: &mut Vec<(Vec<f32>, Vec<f32>)>,
) -> Result<()> {
    let (examples, dim, gpu) = (EXAMPLES, DIM, pool.gpu());
    let mut pair = |memory: &Memory, reference: &Tensor| -> Result<()> {
        let reference = reference.flatten_all()?.to_vec1::<f32>()?;
        pairs.push((read(pool, memory, reference.len())?, reference));
        Ok(())
    };
    let prepared = preconditioner.prepare(x, spread)?;
    let (x_at, mean) = (copied(pool, x)?, copied(pool, &preconditioner.mean)?);
    let (spread_at, scales) = (copied(pool, spread)?, pool.take(4 * 6 * examples)?);
    let input = pool.take(4 * examples * dim)?;
    let observer = preconditioner.observer.as_ref();
    let of_matrix = observer.is_some_and(|observer| observer.whitener.elem_count() > dim);
    let seen = match observer {
        Some(observer) if of_matrix => {
            Some(copied(pool, &x.broadcast_sub(&preconditioner.mean)?.matmul(&observer.whitener)?)?)
        }
        Some(observer) => Some(copied(pool, &observer.whitener)?),
        None => None,
    };
    let seen = seen.as_ref().map_or(Pointer::NONE, Memory::pointer);
    let preconditioning = Preconditioning {
        scales: scales.pointer(),
        input: input.pointer(),
        x: x_at.pointer(),
        mean: mean.pointer(),
        spread: spread_at.pointer(),
        whitener: if of_matrix { Pointer::NONE } else { seen },
        whitened: if of_matrix { seen } else { Pointer::NONE },
        offset: observer.map_or(0.0, |observer| observer.offset),
        factor: observer.map_or(0.0, |observer| observer.hidden.factor),
        power: observer.map_or(0.0, |observer| observer.hidden.power),
        sigma_data: preconditioner.sigma_data,
        examples,
        dim,
    };
    precondition(gpu, preconditioning)?;
    let Scales { skip, out, input: shown, level, ratio, loss_weight } = &prepared.scales;
    let all = [skip, out, shown, level, ratio, loss_weight];
    let expected = Tensor::cat(&all, 0)?;
    pair(&scales, &expected)?;
    pair(&input, &prepared.input)?;

    let output = Var::from_tensor(&tensor(0.41, dim)?)?;
    let clean = preconditioner.denoised(&output, x, &prepared)?;
    let (result, output_at) = (pool.take(4 * examples * dim)?, copied(pool, &output)?);
    let column = |i: usize| scales.pointer::<f32>().after_words(i * examples);
    let denoising = Denoising {
        clean: result.pointer(),
        output: output_at.pointer(),
        x: x_at.pointer(),
        mean: mean.pointer(),
        skip: column(0),
        out: column(1),
        examples,
        dim,
    };
    denoised(gpu, denoising)?;
    pair(&result, &clean)?;

    let y = tensor(0.61, dim)?;
    // Large enough that no gradient is lost beside a mean over all values.
    let factor = 500.0;
    for columns in [1, dim] {
        let weight = tensor(0.17, columns)?.sqr()?;
        let (growth, pace, loss_weight) = (None, None, loss_weight.clone());
        let estimate = Estimate { clean: clean.clone(), growth, pace, loss_weight, on_gpu: false };
        let error = estimate.weighted_error(&y, &weight)?;
        let (target, weight2) = (copied(pool, &y)?, copied(pool, &weight)?);
        let weighted = Weighted {
            x: result.pointer(),
            target: target.pointer(),
            weight1: column(5),
            weight2: weight2.pointer(),
            columns,
            examples,
            dim,
        };
        let (mean, of_mean) = (pool.take(4)?, put(pool, &[factor as f32])?);
        let (of_clean, of_output) = (pool.take(4 * examples * dim)?, pool.take(4 * examples * dim)?);
        weighted_error(pool, mean.pointer(), weighted)?;
        pair(&mean, &error)?;
        weighted_error_gradient(gpu, of_clean.pointer(), of_mean.pointer(), weighted)?;
        scale_rows(gpu, [of_output.pointer(), of_clean.pointer(), column(1)], examples, dim)?;
        let gradients = error.affine(factor, 0.0)?.backward()?;
        let expected = gradients.get(&output).ok_or_else(|| RuntimeError::Setting("no gradient".into()))?;
        pair(&of_output, expected)?;
    }
    Ok(())
}

/// Examples that are drawn, from so many rows, and the values of a line that is mirrored.
const DRAWN: usize = 500;
const ROWS: usize = 11;
const LINE: usize = 5;

fn row(example: usize) -> usize {
    example * 7 % ROWS
}

fn mirrored(example: usize) -> bool {
    example.is_multiple_of(3)
}

/// Clean points, and those that normal numbers times a factor have displaced.
fn displaced(pool: &Arc<Pool>, factor: f32) -> Result<(Vec<f32>, Vec<f32>)> {
    let bits = |example: usize| row(example) as u32 | if mirrored(example) { MIRRORED } else { 0 };
    let numbers: Vec<f32> = (0..DRAWN).map(|example| f32::from_bits(bits(example))).collect();
    let (data, rows) = (put(pool, &wave(ROWS * DIM, 0.7))?, put(pool, &numbers)?);
    let (y, x) = (pool.take(4 * DRAWN * DIM)?, pool.take(4 * DRAWN * DIM)?);
    let scales = put(pool, &[factor; DRAWN])?;
    let at = Perturbation {
        y: y.pointer(),
        x: x.pointer(),
        data: data.pointer(),
        rows: rows.pointer(),
        scales: scales.pointer(),
        examples: DRAWN,
        dim: DIM,
        width: LINE,
        key: [3, 1, 4, 1],
    };
    perturb(pool.gpu(), at)?;
    Ok((read(pool, &y, DRAWN * DIM)?, read(pool, &x, DRAWN * DIM)?))
}

/// Rows that are drawn, mirrored, and displaced by nothing.
fn drawn(_: &Device, pool: &Arc<Pool>) -> Result<Compared> {
    let data = wave(ROWS * DIM, 0.7);
    let value = |i: usize| {
        let (example, column) = (i / DIM, i % DIM);
        let from = if mirrored(example) { column / LINE * LINE + LINE - 1 - column % LINE } else { column };
        data[row(example) * DIM + from]
    };
    let expected: Vec<f32> = (0..DRAWN * DIM).map(value).collect();
    let (y, x) = displaced(pool, 0.0)?;
    let pairs = [&y, &x].map(|found| (found.as_slice(), expected.as_slice()));
    Ok(Compared::of("drawn data", pairs, 1e-6))
}

/// Mean, variance, and the share within one deviation of the displacements, for which candle has no reference.
fn normal(_: &Device, pool: &Arc<Pool>) -> Result<Compared> {
    let (y, x) = displaced(pool, 1.0)?;
    let normal: Vec<f64> = x.iter().zip(&y).map(|(x, y)| f64::from(x - y)).collect();
    let mean = |of: &dyn Fn(f64) -> f64| normal.iter().map(|z| of(*z)).sum::<f64>() / normal.len() as f64;
    let moments = [mean(&|z| z), mean(&|z| z * z), mean(&|z| f64::from(z.abs() < 1.0))].map(|value| value as f32);
    let pairs = [(&moments[..], &[0.0, 1.0, 0.682_69][..])];
    // Seven deviations of what ten thousand numbers give.
    Ok(Compared::of("normal numbers", pairs, 0.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_gpu::emulator::Emulated;
    use genphys_gpu::{File, launches};

    fn emulated(wrong: Option<&str>) -> Arc<Pool> {
        Pool::new(match wrong {
            Some(kernel) => Emulated::wrong(kernel == "transpose", kernel),
            None => Emulated::new(false),
        })
    }

    fn auto(wrong: Option<&str>) -> Result<(Backend, Option<String>)> {
        choose_beside(&Device::Cpu, KernelChoice::Auto, Some(&emulated(wrong)))
    }

    #[test]
    fn kernels_that_agree_are_taken() -> Result<()> {
        let compared = compare(&Device::Cpu, Some(&emulated(None)));
        let told: String = compared.iter().map(|one| format!("{one}\n")).collect();
        assert!(compared.len() == 7 && compared.iter().all(Compared::agrees), "{told}");
        let (backend, note) = auto(None)?;
        assert_eq!((backend.kernels(), note), (Kernels::Own, None));
        // The loops of a CPU.
        let (backend, note) = choose(&Device::Cpu, KernelChoice::Auto)?;
        assert_eq!((backend.kernels(), note), (Kernels::Own, None));
        Ok(())
    }

    /// Each kernel in turn does something else than it should: `auto` falls back and says so.
    #[test]
    fn a_wrong_kernel_is_not_taken_whichever_it_is() -> Result<()> {
        for (_, kernel) in launches::ALL.iter().filter(|(file, _)| *file == File::Training) {
            let (backend, note) = auto(Some(kernel))?;
            assert_eq!(backend.kernels(), Kernels::Candle, "{kernel}");
            assert!(note.is_some_and(|note| note.contains("DIFFER") && note.contains("doctor")), "{kernel}");
        }
        assert_eq!(auto(Some("group_norm"))?.0.kernels(), Kernels::Candle);
        Ok(())
    }

    #[test]
    fn what_is_asked_for_is_taken_unseen() -> Result<()> {
        let wrong = emulated(Some("adam"));
        for kernels in [Kernels::Own, Kernels::Candle] {
            let (backend, note) = choose_beside(&Device::Cpu, KernelChoice::Of(kernels), Some(&wrong))?;
            assert_eq!((backend.kernels(), note), (kernels, None));
        }
        Ok(())
    }
}
