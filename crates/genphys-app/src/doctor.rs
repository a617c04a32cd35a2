//! `doctor`: what this machine has, whether our kernels do on it what candle's operations do, and what to do.

use std::fmt::Write;
use std::sync::Arc;

use candle_core::Device;

use genphys_flow::bounds::free_memory;
use genphys_gpu::{File, GpuError, KernelChoice, Pool, describe, features, launches, machine, pool_of};
use genphys_nn::comparison::Compared;
use genphys_train::comparison::{choose_beside, compare};

/// The release of candle that this is built with.
const CANDLE: &str = "0.11.1";

/// A device as `doctor` sees it: its name, and what it is or why it cannot be used. The memory is that of its kernels.
type Found = (String, Result<(Device, Option<Arc<Pool>>), GpuError>);

/// The text for this machine.
pub fn report() -> String {
    let with_memory = |(name, device): (String, Result<Device, GpuError>)| {
        (name, device.map(|device| (device.clone(), pool_of(&device))))
    };
    report_on(machine().into_iter().map(with_memory))
}

/// The text for these devices.
fn report_on(devices: impl IntoIterator<Item = Found>) -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = write_report(&mut out, devices);
    out
}

fn write_report(out: &mut String, devices: impl IntoIterator<Item = Found>) -> std::fmt::Result {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    writeln!(out, "genphys {}, candle {CANDLE}, built with {}", env!("CARGO_PKG_VERSION"), features())?;
    let memory = free_memory().map_or_else(|| "unknown".to_owned(), |bytes| format!("{} MiB", bytes >> 20));
    writeln!(out, "{} {}, {threads} threads, memory free: {memory}", std::env::consts::OS, std::env::consts::ARCH)?;
    let of = |file| launches::ALL.iter().filter(|(other, _)| *other == file).count();
    let (layers, training, field) = (of(File::Layers), of(File::Training), of(File::Field));
    writeln!(
        out,
        "kernels: {layers} of layers, in 32 and 16 bits, {training} of training steps; {field} of exact fields, which \
         no command uses and which are not compared here"
    )?;
    let mut advice = Vec::new();
    for (name, device) in devices {
        writeln!(out)?;
        match device {
            Ok((device, own)) => write_device(out, &name, &device, own.as_ref(), &mut advice)?,
            Err(error) => writeln!(out, "{name}: not there. {error}")?,
        }
    }
    writeln!(out)?;
    if advice.is_empty() {
        writeln!(out, "Nothing to do: where there are operations of our own they agree with candle's.")?;
    }
    advice.iter().try_for_each(|line| writeln!(out, "To do: {line}"))
}

fn write_device(
    out: &mut String,
    name: &str,
    device: &Device,
    own: Option<&Arc<Pool>>,
    advice: &mut Vec<String>,
) -> std::fmt::Result {
    writeln!(out, "{name}: can be used")?;
    for (what, value) in describe(device) {
        writeln!(out, "  {what}: {value}")?;
    }
    if device.is_metal() {
        return writeln!(out, "  --kernels auto takes candle's operations; there are none of our own");
    }
    let compared = compare(device, own);
    let whose = if own.is_some() { "kernels" } else { "loops" };
    writeln!(out, "  our {whose} beside candle's operations:")?;
    compared.iter().try_for_each(|one| writeln!(out, "    {one}"))?;
    if !compared.iter().all(Compared::agrees) {
        advice.push(format!(
            "on {name} leave --kernels at auto, or take candle, and report the lines that do not agree; with \
             --kernels own results on {name} are wrong"
        ));
    }
    match choose_beside(device, KernelChoice::Auto, own) {
        Ok((backend, _)) => writeln!(out, "  --kernels auto takes {}", backend.kernels().name()),
        Err(error) => writeln!(out, "  --kernels auto: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_gpu::emulator::Emulated;

    fn on_emulated(wrong: Option<&str>) -> String {
        let gpu = wrong.map_or_else(|| Emulated::new(false), |kernel| Emulated::wrong(false, kernel));
        report_on([("cuda".to_owned(), Ok((Device::Cpu, Some(Pool::new(gpu)))))])
    }

    #[test]
    fn a_gpu_whose_kernels_agree_is_taken() {
        let text = on_emulated(None);
        for part in ["genphys ", "candle ", "memory free", "kernels: ", "layers in bf16: agree", "auto takes own"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(text.contains("Nothing to do") && !text.contains("DIFFER"), "{text}");
    }

    #[test]
    fn a_wrong_kernel_is_told_with_what_to_do() {
        let text = on_emulated(Some("softmax"));
        for part in ["layers in f32: DIFFER", "optimiser and averages: agree", "auto takes candle", "To do: on cuda"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn this_machine_is_described() {
        let text = report();
        assert!(text.contains("cpu: can be used") && text.contains("our loops beside candle's"), "{text}");
        assert!(text.contains("cuda: "), "{text}");
    }
}
