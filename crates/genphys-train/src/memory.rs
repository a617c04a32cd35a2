//! Memory of a training: weights, moments, averages, gradients, activations.

use candle_core::Device;

use crate::error::{Result, RuntimeError, Setting};
use crate::training::{ModelConfig, TrainConfig};
use genphys_flow::Advice;
use genphys_flow::bounds::{COMFORTABLE, USABLE, free_memory, too_large};
use genphys_gpu::free_on_gpu;
use genphys_nn::network::{NetworkConfig, NetworkKind, NetworkSize, Precision, network_size};

/// Bytes of a value.
const VALUE: f64 = 4.0;
/// Vectors as long as the parameters, beside the averages: the parameters, two moments, and for a gradient the sum over
/// a batch, what the graph adds it to, and the result.
const VECTORS: f64 = 6.0;
/// Those that there are on every device: the parameters, two moments and a gradient.
const LEAST_VECTORS: f64 = 4.0;
/// Sums of gradients over parts of a batch that exist at a time: of large networks as many as there are threads.
const LEAST_ROWS: usize = 128;
/// Bytes per coordinate of a point of the batch: positions before and after, displacement, input, target, output,
/// weights.
const POINT: f64 = 80.0;
/// Activations and their gradients over activations.
const WITH_GRADIENTS: f64 = 1.3;

/// Checks that a training fits into the memory; on a GPU that weights and activations fit into that of the GPU. Of a
/// program's own network nothing is known beforehand.
///
/// # Errors
/// Says how much is needed, how much is there, and what would fit.
pub(crate) fn check_training(config: &ModelConfig, device: &Device) -> Result<()> {
    let (free, bytes, place): (_, Bytes, _) =
        if device.is_cpu() { (free_memory(), bytes, "") } else { (free_on_gpu(device), bytes_on_gpu, " on the GPU") };
    match free.filter(|_| config.network.kind != NetworkKind::Own) {
        Some(free) => check_in(&config.network, &config.training, &Capacity { free: free as f64, bytes, place }),
        None => Ok(()),
    }
}

/// Bytes of a training of this network.
type Bytes = fn(&NetworkConfig, &TrainConfig) -> Result<f64>;

/// The memory that a training is to fit into.
struct Capacity {
    free: f64,
    bytes: Bytes,
    /// In words after the training.
    place: &'static str,
}

fn check_in(network: &NetworkConfig, training: &TrainConfig, capacity: &Capacity) -> Result<()> {
    let &Capacity { free, bytes: exactly, place } = capacity;
    // Without the layers, which take memory and time themselves: every kind has a square of the width in each block.
    let bytes = |network: &NetworkConfig, training: &TrainConfig| {
        let squares = network.depth as f64 * (network.width as f64).powi(2);
        let least = VALUE * squares * (LEAST_VECTORS + training.ema_half_lives.len() as f64);
        if least > free { Ok(least) } else { exactly(network, training) }
    };
    let needed = bytes(network, training)?;
    if needed <= USABLE * free {
        return Ok(());
    }
    let fits = |network: &NetworkConfig, training: &TrainConfig| {
        bytes(network, training).is_ok_and(|bytes| bytes <= COMFORTABLE * free)
    };
    let halves =
        |from: usize, least: usize| std::iter::successors(Some(from), |n| Some(n / 2)).take_while(move |n| *n >= least);
    let batch = halves(round(training.batch), 1)
        .find(|batch| fits(network, &TrainConfig { batch: *batch, ..training.clone() }));
    let width = || {
        let small = TrainConfig { batch: training.batch.min(64), ..training.clone() };
        let width = halves(round(network.width), 8)
            .find(|width| fits(&NetworkConfig { width: *width, ..network.clone() }, &small));
        width.map(|width| {
            let advice = vec![Advice::value(Setting::Width, width)];
            if small.batch < training.batch {
                let both = advice.into_iter().chain([Advice::value(Setting::Batch, small.batch)]).collect();
                (format!("a width of {width} with a batch of {} would fit", small.batch), both)
            } else {
                (format!("a width of {width} would fit"), advice)
            }
        })
    };
    let (fitting, advice) = match batch {
        Some(batch) => (format!("a batch of {batch} would fit"), vec![Advice::value(Setting::Batch, batch)]),
        None => width()
            .unwrap_or_else(|| ("no batch and no width would fit: the points are too large".to_owned(), Vec::new())),
    };
    let what = format!(
        "training {} of width {} and depth {} on points of dimension {}, {} at a time{place},",
        match network.kind {
            genphys_nn::network::NetworkKind::Mlp => "an mlp",
            genphys_nn::network::NetworkKind::Unet => "a unet",
            NetworkKind::Dit => "a dit",
            NetworkKind::Own => "a network of your own",
        },
        network.width,
        network.depth,
        network.dim,
        training.batch
    );
    Err(RuntimeError::from(too_large(&what, needed, free, &fitting)).about(advice))
}

/// A power of two below, so that what is proposed looks like what is usual.
fn round(value: usize) -> usize {
    1 << value.max(1).ilog2()
}

fn bytes(network: &NetworkConfig, training: &TrainConfig) -> Result<f64> {
    let averages = training.ema_half_lives.len() as f64;
    let accumulated = if training.accumulate > 1 { 1.0 } else { 0.0 };
    let threads = rayon::current_num_threads();
    let batch = training.batch as f64;
    let NetworkSize { parameters, activations } = network_size(network)?;
    let sums = (training.batch / LEAST_ROWS).clamp(1, threads.max(1)) as f64;
    let weights = VALUE * parameters as f64 * (VECTORS + averages + accumulated + sums);
    Ok(weights + batch * (VALUE * WITH_GRADIENTS * activations as f64 + POINT * network.dim as f64))
}

/// What lies on a GPU at least: parameters, their moments, gradient and averages, and the activations of a batch. What
/// is shared between layers and what the library keeps for itself is not counted, so that nothing is refused that would
/// fit.
fn bytes_on_gpu(network: &NetworkConfig, training: &TrainConfig) -> Result<f64> {
    let averages = training.ema_half_lives.len() as f64;
    let NetworkSize { parameters, activations } = network_size(network)?;
    let of_activation = if network.precision == Precision::Bf16 { VALUE / 2.0 } else { VALUE };
    let weights = VALUE * parameters as f64 * (LEAST_VECTORS + averages);
    Ok(weights + training.batch as f64 * of_activation * activations as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_data::DataShape;
    use genphys_nn::network::ImageSize;

    /// Those whose size is known beforehand.
    const KINDS: [NetworkKind; 3] = [NetworkKind::Mlp, NetworkKind::Unet, NetworkKind::Dit];

    fn of(kind: NetworkKind, dim: usize) -> (NetworkConfig, TrainConfig) {
        let side = (dim as f64).sqrt() as usize;
        let image = (kind != NetworkKind::Mlp).then_some(ImageSize { height: side, width: side, channels: 1 });
        let training = TrainConfig::for_network(kind, &DataShape::Vector { dim, names: None });
        let network = NetworkConfig {
            kind,
            dim,
            image,
            width: training.width,
            depth: training.depth,
            octaves: 0,
            patch: 2,
            embedding: 64,
            classes: 0,
            growth: false,
            pace: 0,
            precision: training.precision,
        };
        (network, training)
    }

    fn capacity(free: f64, bytes: Bytes) -> Capacity {
        Capacity { free, bytes, place: " there" }
    }

    #[test]
    fn small_trainings_need_little_and_large_ones_are_told_what_fits() {
        let both: [Bytes; 2] = [bytes, bytes_on_gpu];
        for (kind, need) in KINDS.into_iter().flat_map(|kind| both.map(|need| (kind, need))) {
            let (network, training) = of(kind, 64);
            let needed = need(&network, &training).unwrap();
            assert!((1e6..500e6).contains(&needed), "{kind}: {needed}");
            assert!(check_in(&network, &training, &capacity(2e9, need)).is_ok());
            for (network, training, setting) in [
                (network.clone(), TrainConfig { batch: 100_000_000, ..training.clone() }, Setting::Batch),
                (NetworkConfig { width: 1_000_000, ..network.clone() }, training.clone(), Setting::Width),
                (NetworkConfig { width: 1 << 24, ..network.clone() }, training.clone(), Setting::Width),
            ] {
                let error = check_in(&network, &training, &capacity(20e9, need)).unwrap_err();
                let (message, advice) = (error.to_string(), error.advice());
                assert!(message.contains("20 GB are free") && advice[0].setting == setting, "{message}");
                // What is proposed fits, and the text says it too.
                let number = |setting| {
                    let advice = advice.iter().find(|advice| advice.setting == setting)?;
                    assert!(message.contains(advice.value.as_ref()?), "{message}");
                    advice.value.as_ref()?.parse::<usize>().ok()
                };
                let network = NetworkConfig { width: number(Setting::Width).unwrap_or(network.width), ..network };
                let training = TrainConfig { batch: number(Setting::Batch).unwrap_or(training.batch), ..training };
                assert!(check_in(&network, &training, &capacity(20e9, need)).is_ok(), "{message}");
            }
        }
    }

    #[test]
    fn points_that_are_too_large_are_told_so() {
        let need: Bytes = bytes;
        let (network, training) = of(NetworkKind::Mlp, 1 << 29);
        let message = check_in(&network, &training, &capacity(4e9, need)).unwrap_err().to_string();
        assert!(message.contains("too large"), "{message}");
    }

    #[test]
    fn a_gpu_holds_less_than_a_training_on_the_processor_and_all_parameters() {
        for kind in KINDS {
            let (network, training) = of(kind, 256);
            let on_gpu = |precision| bytes_on_gpu(&NetworkConfig { precision, ..network.clone() }, &training).unwrap();
            let (wide, narrow) = (on_gpu(Precision::F32), on_gpu(Precision::Bf16));
            let parameters = VALUE * network_size(&network).unwrap().parameters as f64;
            assert!(4.0 * parameters < narrow && narrow < wide, "{kind}: {narrow} {wide}");
            assert!(wide < bytes(&network, &training).unwrap(), "{kind}");
        }
    }
}
