//! Runs genphys' CUDA kernels on the host.
//!
//! The kernels are compiled twice: by nvcc for GPUs, and by a C++ compiler for tests on machines without one.
//! [`launch`] runs a kernel block by block; the threads of a block are fibers that take turns where they wait for each
//! other. What it cannot check are mistakes of memory outside the shared one: whoever launches kernels knows which
//! addresses are theirs. [`Emulated`] is a whole GPU of that kind, which knows.

mod emulated;
mod emulation;

pub use emulated::Emulated;
pub use emulation::{Emulation, test_devices};

use std::ffi::{CStr, CString, c_char};
use std::sync::{Mutex, PoisonError};

use crate::Argument;

/// A kernel's start.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    /// `f32` or `bf16` for the layers of either precision, `training`, `field`, or `checks` for those that check the
    /// emulator.
    pub module: &'a str,
    /// The kernel's name.
    pub kernel: &'a str,
    /// Blocks, at least one.
    pub blocks: u32,
    /// Threads of a block, 1 to 1024.
    pub threads: u32,
    /// Bytes of shared memory whose size the kernel leaves open, at most 48 KiB.
    pub shared: u32,
    /// Whether the last thread of a block comes first. Every second block does it the other way round. A kernel that
    /// lacks a barrier goes wrong in one of the two at least.
    pub reversed: bool,
    /// The arguments.
    pub arguments: &'a [Argument],
}

/// An argument as emulator.cpp has it.
#[repr(C)]
struct Passed {
    kind: u32,
    bits: u64,
}

impl From<Argument> for Passed {
    fn from(argument: Argument) -> Self {
        let (kind, bits) = match argument {
            Argument::Address(address) => (0, address),
            Argument::Count(count) => (1, u64::from(count.cast_unsigned())),
            Argument::Word(word) => (2, u64::from(word)),
            Argument::Number(number) => (3, u64::from(number.to_bits())),
        };
        Self { kind, bits }
    }
}

#[allow(unsafe_code)]
unsafe extern "C" {
    fn genphys_emulator_launch(
        module: *const c_char,
        kernel: *const c_char,
        blocks: u32,
        threads: u32,
        shared: u32,
        reversed: bool,
        arguments: *const Passed,
        length: usize,
        message: *mut c_char,
        room: usize,
    );
}

/// Runs a kernel to its end. Kernels run one at a time.
///
/// # Errors
/// When there is no such kernel, its parameters are of other types, the launch is not one that a GPU takes, threads
/// wait for each other without end, or write beyond their shared memory. What the kernel wrote until then stays.
///
/// # Safety
/// The memory that the kernel reads and writes with these arguments must be there, and nobody else's meanwhile.
#[allow(unsafe_code)]
pub unsafe fn launch(launch: &Launch<'_>) -> Result<(), String> {
    static RUNNING: Mutex<()> = Mutex::new(());
    let text = |name: &str| CString::new(name).map_err(|error| error.to_string());
    let (module, kernel) = (text(launch.module)?, text(launch.kernel)?);
    let arguments: Vec<Passed> = launch.arguments.iter().copied().map(Passed::from).collect();
    let mut message = [0; 256];
    {
        let _running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: names end with a zero, arguments and message are as long as is said, the lock keeps others away from
        // the emulator's variables, and the caller vouches for the kernel's memory.
        unsafe {
            genphys_emulator_launch(
                module.as_ptr(),
                kernel.as_ptr(),
                launch.blocks,
                launch.threads,
                launch.shared,
                launch.reversed,
                arguments.as_ptr(),
                arguments.len(),
                message.as_mut_ptr(),
                message.len(),
            );
        }
    }
    // SAFETY: the emulator ends the message with a zero.
    let message = unsafe { CStr::from_ptr(message.as_ptr()) }.to_string_lossy();
    if message.is_empty() {
        return Ok(());
    }
    Err(format!("kernel {} of {}: {message}", launch.kernel, launch.module))
}

#[cfg(test)]
#[allow(unsafe_code)]
mod tests {
    use super::*;

    fn run(kernel: &str, blocks: u32, threads: u32, reversed: bool, arguments: &[Argument]) -> Result<(), String> {
        let shared = if kernel.starts_with("reverse") { 4 * threads } else { 0 };
        // SAFETY: the tests below pass slices as long as the kernels read and write.
        unsafe { launch(&Launch { module: "checks", kernel, blocks, threads, shared, reversed, arguments }) }
    }

    fn address<T>(values: &mut [T]) -> Argument {
        Argument::Address(values.as_mut_ptr().expose_provenance() as u64)
    }

    fn counted(count: usize) -> Vec<f32> {
        (0..count).map(|i| i as f32).collect()
    }

    #[test]
    fn barriers_hold() {
        for reversed in [false, true] {
            let (mut x, mut y) = (counted(300), vec![0f32; 300]);
            run("reverse", 3, 100, reversed, &[address(&mut y), address(&mut x)]).unwrap();
            for (i, value) in y.iter().enumerate() {
                assert_eq!(*value as usize, i / 100 * 100 + 99 - i % 100);
            }
        }
    }

    #[test]
    fn missing_barriers_give_nan() {
        for reversed in [false, true] {
            let (mut x, mut y) = (counted(100), vec![0f32; 100]);
            run("reverse_at_once", 1, 100, reversed, &[address(&mut y), address(&mut x)]).unwrap();
            assert_eq!(y.iter().filter(|value| value.is_nan()).count(), 50);
        }
    }

    #[test]
    fn blocks_are_summed() {
        for reversed in [false, true] {
            let (mut x, mut y) = (counted(4 * 256), vec![0f32; 4]);
            run("sums", 4, 256, reversed, &[address(&mut y), address(&mut x)]).unwrap();
            for (block, sum) in y.iter().enumerate() {
                assert_eq!(*sum, (256 * 256 * block + 255 * 128) as f32);
            }
        }
    }

    #[test]
    fn shuffles_exchange_values() {
        let (mut next, mut last, mut first) = (vec![0i32; 64], vec![0i32; 64], vec![0u32; 64]);
        run("shuffles", 1, 64, false, &[address(&mut next), address(&mut last), address(&mut first)]).unwrap();
        for i in 0..64 {
            assert_eq!(next[i as usize], if i % 8 == 7 { i } else { i + 1 });
            assert_eq!(last[i as usize], if i % 8 == 0 { i } else { i - 1 });
            assert_eq!(first[i as usize], i as u32 / 32 * 32);
        }
    }

    #[test]
    fn bfloat16_is_rounded_to_even() {
        let values = [1.0, 1.0 + 1.0 / 256.0, 1.0 + 3.0 / 256.0, -1.0 - 1.001 / 256.0, 3.4e38, f32::INFINITY, f32::NAN];
        let (mut x, mut y) = (values.to_vec(), vec![0f32; values.len()]);
        let count = Argument::Word(values.len() as u32);
        run("rounded", 1, 2, false, &[address(&mut y), address(&mut x), count]).unwrap();
        let expected = [1.0, 1.0, 1.0 + 4.0 / 256.0, -1.0 - 2.0 / 256.0, f32::INFINITY, f32::INFINITY];
        assert_eq!(y[..6], expected);
        assert!(y[6].is_nan());
    }

    #[test]
    fn waiting_without_end_is_an_error() {
        assert!(run("deadlock", 1, 64, false, &[]).unwrap_err().contains("wait for each other"));
        blocks_are_summed();
    }

    #[test]
    fn writing_beyond_shared_memory_is_an_error() {
        run("overrun", 1, 1, false, &[Argument::Count(8)]).unwrap();
        assert!(run("overrun", 1, 1, false, &[Argument::Count(9)]).unwrap_err().contains("shared memory"));
        let (mut x, mut y) = (counted(4), vec![0f32; 4]);
        let arguments = [address(&mut y), address(&mut x)];
        // SAFETY: four values are read and written.
        let error = unsafe {
            let (module, kernel, arguments) = ("checks", "reverse", &arguments);
            launch(&Launch { module, kernel, blocks: 1, threads: 4, shared: 12, reversed: false, arguments })
        };
        assert!(error.unwrap_err().contains("shared memory"));
    }

    #[test]
    fn wrong_calls_are_errors() {
        let (mut x, mut y) = (counted(4), vec![0f32; 4]);
        let (x, y) = (address(&mut x), address(&mut y));
        let message = |kernel, blocks, threads, arguments: &[Argument]| {
            run(kernel, blocks, threads, false, arguments).unwrap_err()
        };
        assert!(message("nothing", 1, 4, &[]).contains("no such kernel"));
        assert!(message("reverse", 1, 4, &[y]).contains("takes 2 arguments, not 1"));
        assert!(message("reverse", 1, 4, &[y, Argument::Count(1)]).contains("argument 1 is an address, not an int"));
        assert!(
            message("rounded", 1, 4, &[y, x, Argument::Count(4)]).contains("argument 2 is an unsigned int, not an int")
        );
        assert!(message("overrun", 1, 4, &[Argument::Number(4.0)]).contains("argument 0 is an int, not a float"));
        let Argument::Address(odd) = x else { unreachable!() };
        assert!(message("reverse", 1, 4, &[y, Argument::Address(odd + 2)]).contains("not aligned"));
        assert!(message("reverse", 0, 4, &[y, x]).contains("blocks"));
        assert!(message("reverse", 1, 2000, &[y, x]).contains("1024 threads"));
    }
}
