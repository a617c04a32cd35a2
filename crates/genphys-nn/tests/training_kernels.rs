//! The kernels of a training step, emulated, against the same step on a CPU.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use candle_core::{Device, Tensor, Var};
use genphys_gpu::emulator::Emulation;
use genphys_gpu::training::{AdamVectors, Norm, Perturbation, Values, adam, blend, gradient_norm, perturb};
use genphys_gpu::{AdamUpdate, Kernels, Memory};
use genphys_nn::fused::{adam_update, blend_into};

/// An emulated GPU with a place for norm and failure.
struct Training {
    emulation: Emulation,
    noted: Memory,
}

impl Training {
    fn new() -> Self {
        let emulation = Emulation::new();
        let noted = emulation.filled(&[0.0; 2]);
        Self { emulation, noted }
    }

    fn norm(&self) -> Norm {
        Norm { norm: self.noted.pointer(), failure: self.noted.pointer::<u32>().after_words(1) }
    }

    /// Norm, and the step that failed or zero.
    fn noted(&self, gradient: &[&[f32]], step: u32) -> (f32, u32) {
        let memory: Vec<Memory> = gradient.iter().map(|values| self.emulation.filled(values)).collect();
        let vectors: Vec<Values> = memory
            .iter()
            .zip(gradient)
            .map(|(memory, values)| Values { address: memory.pointer(), count: values.len() })
            .collect();
        gradient_norm(&self.emulation.pool, &vectors, self.norm(), step).unwrap();
        let noted = self.emulation.read(&self.noted, 2);
        (noted[0], noted[1].to_bits())
    }
}

fn wave(count: usize, frequency: f32) -> Vec<f32> {
    (0..count).map(|i| (i as f32 * frequency).sin()).collect()
}

fn var(values: &[f32]) -> Var {
    Var::from_slice(values, values.len(), &Device::Cpu).unwrap()
}

#[test]
fn the_norm_is_that_of_all_vectors() {
    let training = Training::new();
    let vectors = [wave(1, 0.3), wave(700, 0.7), wave(200_000, 1.1)];
    let vectors = [&vectors[0][..], &vectors[1], &vectors[2]];
    let squares: f64 = vectors.into_iter().flatten().map(|x| f64::from(*x).powi(2)).sum();
    let (norm, failure) = training.noted(&vectors, 1);
    assert!((f64::from(norm) / squares.sqrt() - 1.0).abs() < 1e-6, "{norm} {squares}");
    assert_eq!(failure, 0);
}

#[test]
fn the_first_gradient_that_is_not_finite_is_remembered() {
    for bad in [f32::NAN, f32::INFINITY] {
        let training = Training::new();
        assert_eq!(training.noted(&[&[1.0, 2.0], &[2.0]], 4), (3.0, 0));
        assert_eq!(training.noted(&[&[1.0, 2.0], &[bad]], 5).1, 5);
        assert_eq!(training.noted(&[&[1.0, 2.0], &[2.0]], 6), (3.0, 5));
        assert_eq!(training.noted(&[&[bad]], 7).1, 5);
    }
}

#[test]
fn adam_and_averages_are_those_of_a_cpu() {
    let training = Training::new();
    let Emulation { gpu, .. } = &training.emulation;
    let (count, clip_norm) = (1000, 2.0);
    let zeros = vec![0f32; count];
    let start = wave(count, 0.37);
    let cpu = [var(&start), var(&zeros), var(&zeros), var(&start)];
    let vectors = [&start, &zeros, &zeros, &start].map(|values| training.emulation.filled(values));
    let [parameter, first, second, average] = &vectors;
    let step = |step: u64, gradient: &[f32]| {
        let norm = training.noted(&[gradient], step as u32).0;
        let gradient = training.emulation.filled(gradient);
        let at = AdamVectors {
            parameter: parameter.pointer(),
            first: first.pointer(),
            second: second.pointer(),
            gradient: gradient.pointer(),
            count,
        };
        let update = AdamUpdate {
            learning_rate: 0.01,
            beta1: 0.9,
            beta2: 0.99,
            epsilon: 1e-8,
            step,
            gradient_scale: (clip_norm / f64::from(norm)).min(1.0),
        };
        adam(&**gpu, at, training.norm(), clip_norm, update).unwrap();
        let target = Values { address: average.pointer(), count };
        blend(&**gpu, target, parameter.pointer(), training.norm().failure, 0.3).unwrap();
        update
    };
    // The first is clipped, the last is not.
    for (number, size) in [(1, 3.0), (2, 1.0), (3, 0.01)] {
        let gradient: Vec<f32> = wave(count, 0.9 + number as f32).into_iter().map(|x| size * x).collect();
        let update = step(number, &gradient);
        assert_eq!(update.gradient_scale < 1.0, number < 3);
        let gradient = Tensor::new(gradient, &Device::Cpu).unwrap();
        adam_update(&cpu[0], &cpu[1], &cpu[2], &gradient, update, Kernels::Own).unwrap();
        blend_into(&cpu[3], &cpu[0], 0.3, Kernels::Own).unwrap();
    }
    vectors.iter().zip(&cpu).for_each(|(found, expected)| training.emulation.agrees(found, expected, 1e-6));
    let read = || vectors.each_ref().map(|memory| training.emulation.read(memory, count));
    let before = read();
    // A gradient that is not finite changes nothing, nor does what comes after it.
    let mut bad = wave(count, 1.7);
    bad[500] = f32::NAN;
    step(4, &bad);
    assert!(read() == before);
    step(5, &wave(count, 1.7));
    assert!(read() == before);
}

/// Philox 4x32 with 10 rounds, from the paper.
fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    let product = |a: u32, b: u32| (u64::from(a) * u64::from(b)) as u128;
    let parts = |product: u128| ((product >> 32) as u32, product as u32);
    for _ in 0..10 {
        let [(high0, low0), (high1, low1)] =
            [parts(product(0xD251_1F53, counter[0])), parts(product(0xCD9E_8D57, counter[2]))];
        counter = [high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
    }
    counter
}

/// The known answers that the authors publish with their library Random123 (kat_vectors).
#[test]
fn the_reference_gives_the_known_answers() {
    let ones = u32::MAX;
    let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344, 0xa409_3822, 0x299f_31d0];
    let [a, b, c, d, e, f] = pi;
    for (counter, key, expected) in [
        ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        ([ones; 4], [ones; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
        ([a, b, c, d], [e, f], [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
    ] {
        assert_eq!(philox(counter, key), expected);
    }
}

#[test]
fn rows_are_gathered_mirrored_and_perturbed() {
    let emulation = Emulation::new();
    // 300 rows of two lines of three values; not a multiple of four values in all.
    let (dim, width, examples, key) = (6, 3, 501, [0xdead_beef, 7, 0x0123_4567, 0x89ab_cdef]);
    let data: Vec<f32> = (0..300 * dim).map(|i| i as f32).collect();
    let mirrored = |example: usize| example.is_multiple_of(3);
    let row = |example: usize| example * 7919 % 300;
    let bits = |example: usize| row(example) as u32 | u32::from(mirrored(example)) << 31;
    let rows: Vec<f32> = (0..examples).map(|example| f32::from_bits(bits(example))).collect();
    let scales: Vec<f32> = (0..examples).map(|example| [0.0, 1.0, 1e3][example % 3]).collect();
    let [data_at, rows, scales_at] = [&data, &rows, &scales].map(|values| emulation.filled(values));
    let [y, x] = [(); 2].map(|()| emulation.unset(examples * dim));
    let at = Perturbation {
        y: y.pointer(),
        x: x.pointer(),
        data: data_at.pointer(),
        rows: rows.pointer(),
        scales: scales_at.pointer(),
        examples,
        dim,
        width,
        key,
    };
    perturb(&*emulation.gpu, at).unwrap();
    let [y, x] = [y, x].map(|memory| emulation.read(&memory, examples * dim));
    for (i, (y, x)) in y.iter().zip(&x).enumerate() {
        let (example, column) = (i / dim, i % dim);
        let from = if mirrored(example) { column / width * width + width - 1 - column % width } else { column };
        assert_eq!(*y, data[row(example) * dim + from]);
        let words = philox([i as u32 / 4, 0, key[2], key[3]], [key[0], key[1]]);
        let [radius, angle] = [words[i % 4 / 2 * 2], words[i % 4 / 2 * 2 + 1]].map(f64::from);
        let unit = 2f64.powi(-32);
        let (sine, cosine) = (angle * unit * std::f64::consts::TAU).sin_cos();
        let length = f64::from(scales[example]) * (-2.0 * ((radius + 0.5) * unit).ln()).sqrt();
        let expected = f64::from(*y) + length * if i % 2 == 0 { cosine } else { sine };
        // Short ones are as exact as long ones.
        let allowed = 5e-7 * length + 1e-7 * (f64::from(*y) + expected.abs());
        assert!((f64::from(*x) - expected).abs() <= allowed, "{i}: {x} {expected}");
    }
    let batch = Perturbation { examples: 1 << 29, ..at };
    assert!(perturb(&*emulation.gpu, batch).is_err_and(|error| error.to_string().contains("smaller batch")));
}
