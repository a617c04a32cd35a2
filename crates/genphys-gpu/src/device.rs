//! From a name to a device.

use candle_core::Device;

use crate::caught::caught;
use crate::error::GpuError;

/// Opens the device named `cpu`, `cuda`, `cuda:1` or `metal`.
///
/// # Errors
/// When the name is unknown, the program was built without that kind of device, or a library or driver is missing.
pub fn open_device(name: &str) -> Result<Device, GpuError> {
    let problem = |reason: String| GpuError::Device { device: name.to_owned(), reason };
    let (kind, ordinal) = match name.split_once(':') {
        Some((kind, number)) => {
            (kind, number.parse::<usize>().map_err(|_| problem(format!("`{number}` is not a device number")))?)
        }
        None => (name, 0),
    };
    match kind {
        "cpu" => Ok(Device::Cpu),
        #[cfg(not(feature = "cuda"))]
        "cuda" => Err(problem(crate::cuda::MISSING.to_owned())),
        "metal" if !cfg!(feature = "metal") => {
            Err(problem("this program was built without Metal; build it with `--features metal`".to_owned()))
        }
        #[cfg(feature = "cuda")]
        "cuda" => guarded(|| crate::cuda::open(ordinal))
            .map_err(|reason| problem(format!("{reason} (is there an NVIDIA driver, and is libcuda.so found?)"))),
        "metal" => guarded(|| Device::new_metal(ordinal)).map_err(problem),
        _ => Err(problem("known devices are cpu, cuda, cuda:1 and metal".to_owned())),
    }
}

/// Bytes that the driver of a GPU says are free there; of other devices nothing is known.
pub fn free_on_gpu(device: &Device) -> Option<u64> {
    crate::cuda::free(device)
}

/// What this machine has: every device that can be opened with what is known about it, and for every other kind the
/// reason why it cannot.
pub fn machine() -> Vec<(String, Result<Device, GpuError>)> {
    // A machine has no more GPUs than this.
    const MOST: usize = 64;
    let mut found = vec![("cpu".to_owned(), Ok(Device::Cpu))];
    for kind in ["cuda", "metal"] {
        for number in 0..MOST {
            let name = if number == 0 { kind.to_owned() } else { format!("{kind}:{number}") };
            match open_device(&name) {
                Ok(device) => found.push((name, Ok(device))),
                Err(error) if number == 0 => {
                    found.push((name, Err(error)));
                    break;
                }
                Err(_) => break,
            }
        }
    }
    found
}

/// What this program was built with, in words.
pub fn features() -> String {
    let all =
        [("cuda", cfg!(feature = "cuda")), ("cudnn", cfg!(feature = "cudnn")), ("metal", cfg!(feature = "metal"))];
    let on: Vec<&str> = all.into_iter().filter_map(|(name, on)| on.then_some(name)).collect();
    if on.is_empty() { "no device but the CPU".to_owned() } else { on.join(", ") }
}

fn guarded(open: impl FnOnce() -> candle_core::Result<Device>) -> Result<Device, String> {
    caught(open)?.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusable_devices_say_why() {
        assert!(open_device("cpu").is_ok());
        let message = |name| open_device(name).map(|_| ()).unwrap_err().to_string();
        assert!(message("gpu").contains("known devices"));
        assert!(message("cuda:x").contains("not a device number"));
        if !cfg!(feature = "cuda") {
            assert!(message("cuda").contains("--features cuda"), "{}", message("cuda"));
        }
    }
}
