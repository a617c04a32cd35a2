//! Our own operations beside candle's, on a small case: what says on every machine whether ours can be used there.

use std::fmt;
use std::sync::Arc;

use candle_core::{Device, Tensor, Var};

use crate::error::Result;
use crate::fused::{adam_update, blend_into};
use crate::network::layer_pairs;
use genphys_gpu::training::{self, AdamVectors, Norm, Values};
use genphys_gpu::{AdamUpdate, Kernels, Memory, Pool, Precision};

/// One thing that was done by both.
#[derive(Clone, Debug)]
pub struct Compared {
    /// What it is, in words.
    pub what: String,
    /// How it went.
    pub outcome: Outcome,
}

/// How a comparison went.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Both have come to an end; the largest difference and the largest that rounding explains.
    Difference {
        /// Relative to the largest value of the reference, or absolute where that is below one.
        found: f32,
        /// The largest that is taken for rounding.
        allowed: f32,
    },
    /// One of them has failed, with this error.
    Failed(String),
}

impl Compared {
    /// Whether ours do what candle's do.
    pub fn agrees(&self) -> bool {
        // A difference that is not a number is one too.
        matches!(self.outcome, Outcome::Difference { found, allowed } if found <= allowed)
    }

    /// The largest difference of values from their references, each relative to the size of its reference.
    pub fn of<'a>(
        what: impl Into<String>,
        pairs: impl IntoIterator<Item = (&'a [f32], &'a [f32])>,
        allowed: f32,
    ) -> Self {
        let mut found = 0f32;
        for (ours, reference) in pairs {
            let size = reference.iter().fold(0f32, |size, value| size.max(value.abs()));
            let distances =
                ours.iter().zip(reference).map(|(ours, reference)| (ours - reference).abs() / size.max(SMALL));
            let same_length = ours.len() == reference.len();
            let distance = if same_length { distances.fold(0f32, larger) } else { f32::NAN };
            found = larger(found, distance);
        }
        Self { what: what.into(), outcome: Outcome::Difference { found, allowed } }
    }

    /// What came of an attempt.
    pub fn attempt(what: &str, attempt: impl FnOnce() -> Result<Self>) -> Self {
        attempt().unwrap_or_else(|error| Self { what: what.to_owned(), outcome: Outcome::Failed(error.to_string()) })
    }
}

/// References below this are taken for zero: differences from them are not relative.
const SMALL: f32 = 1e-3;

/// The larger of two, which a number that is none is.
fn larger(a: f32, b: f32) -> f32 {
    if a.is_nan() || a >= b { a } else { b }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, outcome } = self;
        match outcome {
            Outcome::Difference { found, allowed } => {
                let verdict = if self.agrees() { "agree" } else { "DIFFER" };
                write!(f, "{what}: {verdict}, by {found:.1e} of the size of the result ({allowed:.0e} is allowed)")
            }
            Outcome::Failed(error) => write!(f, "{what}: FAILED: {error}"),
        }
    }
}

/// What rounding explains, in this precision.
fn allowed(precision: Precision) -> f32 {
    match precision {
        Precision::F32 => 1e-3,
        Precision::Tf32 => 2e-2,
        Precision::Bf16 => 0.2,
    }
}

/// Layers, optimiser and averages: ours, in a GPU's memory or else on the CPU, beside candle's on `device`.
pub fn compare(device: &Device, own: Option<&Arc<Pool>>) -> Vec<Compared> {
    let precisions: &[Precision] = if own.is_some() { &Precision::ALL } else { &[Precision::F32] };
    let mut all: Vec<Compared> = precisions
        .iter()
        .map(|precision| {
            let what = format!("layers in {precision}");
            Compared::attempt(&what, || {
                let pairs = layer_pairs(device, own, *precision)?;
                let pairs = pairs.iter().map(|(_, ours, reference)| (ours.as_slice(), reference.as_slice()));
                Ok(Compared::of(what.clone(), pairs, allowed(*precision)))
            })
        })
        .collect();
    all.push(Compared::attempt("optimiser and averages", || {
        let ours = match own {
            Some(pool) => steps_in_memory(pool)?,
            None => steps(&Device::Cpu, Kernels::Own)?,
        };
        let reference = steps(device, Kernels::Candle)?;
        let pairs = ours.iter().zip(&reference).map(|(ours, reference)| (ours.as_slice(), reference.as_slice()));
        Ok(Compared::of("optimiser and averages", pairs, 1e-4))
    }));
    all
}

/// Values of the vectors that an optimiser changes.
const COUNT: usize = 700;
/// Gradients longer than this are shortened.
const CLIP: f64 = 2.0;
/// Share of the parameters that an average takes in.
const SHARE: f64 = 0.3;

fn wave(frequency: f32) -> Vec<f32> {
    (0..COUNT).map(|i| (i as f32 * frequency + 0.3).sin()).collect()
}

/// Three gradients, of which the first two are shortened.
fn gradient(step: u64) -> Vec<f32> {
    let size = [3.0, 1.0, 0.01][step as usize - 1];
    wave(0.9 + step as f32).into_iter().map(|value| size * value).collect()
}

fn update(step: u64, gradient_scale: f64) -> AdamUpdate {
    AdamUpdate { learning_rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, step, gradient_scale }
}

/// Norms of the gradients, parameters, moments and averages after three steps.
fn steps(device: &Device, kernels: Kernels) -> Result<Vec<Vec<f32>>> {
    let var = |values: Vec<f32>| Var::from_vec(values, COUNT, device);
    let (parameter, average) = (var(wave(0.37))?, var(wave(0.37))?);
    let (first, second) = (var(vec![0.0; COUNT])?, var(vec![0.0; COUNT])?);
    let mut found = vec![Vec::new()];
    for step in 1..=3 {
        let gradient = gradient(step);
        let norm = gradient.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
        found[0].push(norm as f32);
        let gradient = Tensor::from_vec(gradient, COUNT, device)?;
        adam_update(&parameter, &first, &second, &gradient, update(step, (CLIP / norm).min(1.0)), kernels)?;
        blend_into(&average, &parameter, SHARE, kernels)?;
    }
    for var in [parameter, first, second, average] {
        found.push(var.to_vec1::<f32>()?);
    }
    Ok(found)
}

/// The same by kernels in a GPU's memory.
fn steps_in_memory(pool: &Arc<Pool>) -> Result<Vec<Vec<f32>>> {
    let put = |values: &[f32]| -> Result<Memory> {
        let memory = pool.take(4 * values.len())?;
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_ne_bytes()).collect();
        pool.gpu().write(memory.address(), &bytes)?;
        Ok(memory)
    };
    let read = |memory: &Memory, count: usize| -> Result<Vec<f32>> {
        let bytes = pool.gpu().read(memory.address(), 4 * count)?;
        Ok(bytes.as_chunks().0.iter().map(|bytes| f32::from_ne_bytes(*bytes)).collect())
    };
    let (parameter, average, zeros) = (put(&wave(0.37))?, put(&wave(0.37))?, vec![0.0; COUNT]);
    let (first, second, noted) = (put(&zeros)?, put(&zeros)?, put(&[0.0, 0.0])?);
    let norm = Norm { norm: noted.pointer(), failure: noted.pointer::<u32>().after_words(1) };
    let mut found = vec![Vec::new()];
    for step in 1..=3 {
        let gradient = put(&gradient(step))?;
        training::gradient_norm(pool, &[Values { address: gradient.pointer(), count: COUNT }], norm, step as u32)?;
        found[0].extend(read(&noted, 1)?);
        let vectors = AdamVectors {
            parameter: parameter.pointer(),
            first: first.pointer(),
            second: second.pointer(),
            gradient: gradient.pointer(),
            count: COUNT,
        };
        training::adam(pool.gpu(), vectors, norm, CLIP, update(step, 1.0))?;
        let target = Values { address: average.pointer(), count: COUNT };
        training::blend(pool.gpu(), target, parameter.pointer(), norm.failure, SHARE)?;
    }
    for memory in [parameter, first, second, average] {
        found.push(read(&memory, COUNT)?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_gpu::emulator::Emulated;
    use genphys_gpu::{File, launches};

    fn report(compared: &[Compared]) -> String {
        compared.iter().map(|one| format!("{one}\n")).collect()
    }

    #[test]
    fn ours_agree_on_a_cpu_and_in_an_emulated_memory() {
        let loops = compare(&Device::Cpu, None);
        assert!(loops.len() == 2 && loops.iter().all(Compared::agrees), "{}", report(&loops));
        for convolves in [false, true] {
            let kernels = compare(&Device::Cpu, Some(&Pool::new(Emulated::new(convolves))));
            assert!(kernels.len() == 4 && kernels.iter().all(Compared::agrees), "{}", report(&kernels));
        }
    }

    /// Each kernel in turn does something else than it should; the comparison says so.
    #[test]
    fn a_wrong_kernel_is_found_whichever_it_is() {
        let around = ["perturb", "precondition", "denoised", "scale_rows", "total"];
        let mut missed = Vec::new();
        for (file, kernel) in launches::ALL {
            if *file == File::Field || around.contains(kernel) || kernel.starts_with("weighted_error") {
                // Of exact fields, or around a network: compared where those are.
                continue;
            }
            // Only a GPU that convolves by itself gets kernels' gradients the other way round.
            let pool = Pool::new(Emulated::wrong(*kernel == "transpose", kernel));
            let compared = compare(&Device::Cpu, Some(&pool));
            let place = if *file == File::Layers { "layers in f32" } else { "optimiser" };
            if !compared.iter().any(|one| one.what.starts_with(place) && !one.agrees()) {
                missed.push(format!("{kernel} is wrong:\n{}", report(&compared)));
            }
        }
        assert!(missed.is_empty(), "{}", missed.join("\n"));
    }

    #[test]
    fn what_is_no_number_or_of_another_length_is_a_difference() {
        let of = |ours: &[f32], reference: &[f32]| Compared::of("x", [(ours, reference)], 0.1).agrees();
        assert!(of(&[1.0, 2.0], &[1.0, 2.1]));
        assert!(!of(&[1.0, 2.0], &[1.0, 2.5]) && !of(&[f32::NAN], &[1.0]) && !of(&[1.0], &[1.0, 1.0]));
        assert!(!of(&[0.0], &[f32::NAN]));
    }
}
