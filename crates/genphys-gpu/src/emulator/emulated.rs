//! [`Gpu`] for tests: checked memory of the host, kernels run by the emulator, and matrix products as plain loops.

use std::alloc::{self, Layout};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::{Error, Result};

use crate::emulator;
use crate::{
    Argument, ConvolutionShape, ConvolutionTensors, Convolved, Factor, Gpu, Launch, Module, Precision, Product,
};

/// Bytes before and behind everything allocated that nobody may write to.
const GUARD: usize = 4096;
/// What is there. To whoever reads it, it is NaN in both precisions.
const GUARDED: u8 = 0xfe;
/// What fresh memory holds: NaN too.
const FRESH: u8 = 0xff;

/// An emulated GPU.
pub struct Emulated {
    convolves: bool,
    /// Sizes of what is allocated, by address.
    allocated: Mutex<BTreeMap<u64, usize>>,
    launches: AtomicUsize,
    /// A kernel that writes everything with the other sign.
    wrong: Option<String>,
}

impl Emulated {
    /// A GPU that convolves by itself, as with cuDNN, or leaves that to matrix products.
    pub fn new(convolves: bool) -> Arc<Self> {
        Arc::new(Self { convolves, allocated: Mutex::default(), launches: AtomicUsize::new(0), wrong: None })
    }

    /// The same, with a kernel that writes everything with the other sign: for tests of who should notice.
    pub fn wrong(convolves: bool, kernel: &str) -> Arc<Self> {
        let (allocated, launches) = (Mutex::default(), AtomicUsize::new(0));
        Arc::new(Self { convolves, allocated, launches, wrong: Some(kernel.to_owned()) })
    }

    /// Values of 32 bits from the GPU.
    pub fn read_f32(&self, address: u64, count: usize) -> Result<Vec<f32>> {
        Ok(self.values(address, count, Precision::F32)?.into_iter().map(|value| value as f32).collect())
    }

    /// Runs a kernel of a module of the emulator. Every second launch begins with the last thread of a block.
    #[allow(unsafe_code)]
    fn run(&self, module: &str, launch: Launch<'_>) -> Result<()> {
        let allocated = self.locked();
        for argument in launch.arguments {
            if let Argument::Address(address) = argument
                && *address != 0
            {
                allocated.inside(*address, 1)?;
            }
        }
        let Launch { kernel, blocks, threads, shared, arguments, .. } = launch;
        let reversed = self.launches.fetch_add(1, Ordering::Relaxed) % 2 == 1;
        let launched = emulator::Launch { module, kernel, blocks, threads, shared, reversed, arguments };
        let before = if self.wrong.as_deref() == Some(kernel) { allocated.copied() } else { Vec::new() };
        // SAFETY: every address is of allocated memory. That a kernel keeps to it is what the guards are for.
        unsafe { emulator::launch(&launched) }.map_err(Error::Msg)?;
        before.iter().for_each(|(address, before)| turn_signs(*address, before));
        if !allocated.intact() {
            return Err(Error::Msg(format!("kernel {kernel} of {module} writes beyond its memory")));
        }
        Ok(())
    }

    fn locked(&self) -> Allocated<'_> {
        Allocated(self.allocated.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Values as `precision` stores them.
    fn values(&self, address: u64, count: usize, precision: Precision) -> Result<Vec<f64>> {
        if !address.is_multiple_of(precision.bytes() as u64) {
            return Err(Error::Msg(format!("address {address:#x} is not one of a value")));
        }
        let bytes = self.read(address, count * precision.bytes())?;
        Ok(match precision {
            Precision::F32 | Precision::Tf32 => {
                bytes.as_chunks().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect()
            }
            Precision::Bf16 => bytes.as_chunks().0.iter().map(|bytes| f64::from(widened(*bytes))).collect(),
        })
    }

    /// Stores values, added to what is there if `add`.
    fn store(&self, address: u64, values: &[f64], precision: Precision, add: bool) -> Result<()> {
        let before = if add { self.values(address, values.len(), precision)? } else { vec![0.0; values.len()] };
        let sums = values.iter().zip(before).map(|(value, before)| (value + before) as f32);
        let bytes: Vec<u8> = match precision {
            Precision::F32 | Precision::Tf32 => sums.flat_map(f32::to_le_bytes).collect(),
            Precision::Bf16 => sums.flat_map(narrowed).collect(),
        };
        self.write(address, &bytes)
    }

    /// A matrix of a product and the sizes it has as it is meant: `matrix[i * columns + j]`.
    fn matrix(
        &self,
        at: Factor,
        (rows, columns): (usize, usize),
        which: usize,
        precision: Precision,
    ) -> Result<Vec<f64>> {
        let (stored_rows, stored_columns) = if at.transposed { (columns, rows) } else { (rows, columns) };
        let address = placed(at, stored_columns, which, precision)?;
        let values = self.values(address, (stored_rows - 1) * at.row + stored_columns, precision)?;
        let value = |i: usize, j: usize| if at.transposed { values[j * at.row + i] } else { values[i * at.row + j] };
        let round = |value: f64| if precision == Precision::Tf32 { tf32(value) } else { value };
        Ok((0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))).map(|(i, j)| round(value(i, j))).collect())
    }
}

/// What is allocated, while nobody changes it.
struct Allocated<'a>(MutexGuard<'a, BTreeMap<u64, usize>>);

impl Allocated<'_> {
    /// That bytes lie in one allocated piece.
    fn inside(&self, address: u64, bytes: usize) -> Result<()> {
        let piece = self.0.range(..=address).next_back().map(|(start, length)| start + *length as u64);
        if piece.is_some_and(|end| address < end && bytes as u64 <= end - address) {
            return Ok(());
        }
        Err(Error::Msg(format!("{bytes} bytes at {address:#x} are not allocated")))
    }

    /// All that is in it.
    #[allow(unsafe_code)]
    fn copied(&self) -> Vec<(u64, Vec<u8>)> {
        let copied = |(address, bytes): (&u64, &usize)| {
            // SAFETY: allocated with this size, and the lock is held.
            (*address, unsafe { std::slice::from_raw_parts(at(*address).cast_const(), *bytes) }.to_vec())
        };
        self.0.iter().map(copied).collect()
    }

    /// That nobody has written before or behind what is allocated.
    fn intact(&self) -> bool {
        self.0.iter().all(|(address, bytes)| guards(*address, *bytes).into_iter().all(intact))
    }
}

/// Turns the signs of what has changed, of values of 16 and of 32 bits.
#[allow(unsafe_code)]
fn turn_signs(address: u64, before: &[u8]) {
    // SAFETY: whoever calls holds the lock of what is allocated, and has copied as much from there.
    let now = unsafe { std::slice::from_raw_parts_mut(at(address), before.len()) };
    for (now, before) in now.chunks_exact_mut(4).zip(before.chunks_exact(4)) {
        if now != before {
            now[1] ^= 0x80;
            now[3] ^= 0x80;
        }
    }
}

/// The bytes before and behind a piece.
fn guards(address: u64, bytes: usize) -> [u64; 2] {
    [address - GUARD as u64, address + bytes as u64]
}

#[allow(unsafe_code)]
fn intact(guard: u64) -> bool {
    // SAFETY: allocated with the piece, initialised, and written by nobody who keeps to the rules.
    let guard = unsafe { std::slice::from_raw_parts(at(guard).cast_const(), GUARD) };
    guard == [GUARDED; GUARD]
}

fn at(address: u64) -> *mut u8 {
    std::ptr::with_exposed_provenance_mut(address as usize)
}

fn layout(bytes: usize) -> Result<Layout> {
    Layout::from_size_align(bytes + 2 * GUARD, 256).map_err(Error::wrap)
}

fn widened(bytes: [u8; 2]) -> f32 {
    f32::from_bits(u32::from(u16::from_le_bytes(bytes)) << 16)
}

fn narrowed(value: f32) -> [u8; 2] {
    if value.is_nan() {
        return 0x7fffu16.to_le_bytes();
    }
    let bits = value.to_bits();
    ((bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16) as u16).to_le_bytes()
}

/// A factor of 32 bits as tensor cores take it.
fn tf32(value: f64) -> f64 {
    let bits = (value as f32).to_bits();
    if value.is_nan() {
        value
    } else {
        f64::from(f32::from_bits(bits.wrapping_add(0xfff + (bits >> 13 & 1)) & !0x1fff))
    }
}

/// The address of a matrix of a batch.
fn placed(matrix: Factor, stored_columns: usize, which: usize, precision: Precision) -> Result<u64> {
    if matrix.row < stored_columns {
        return Err(Error::Msg(format!("rows of {stored_columns} values that begin every {} values", matrix.row)));
    }
    Ok(matrix.address + (which * matrix.stride * precision.bytes()) as u64)
}

impl fmt::Debug for Emulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Emulated(convolves: {})", self.convolves)
    }
}

impl Drop for Emulated {
    fn drop(&mut self) {
        let left: Vec<_> = self.locked().0.iter().map(|(address, bytes)| (*address, *bytes)).collect();
        left.into_iter().for_each(|(address, bytes)| self.free(address, bytes));
    }
}

#[allow(unsafe_code)]
impl Gpu for Emulated {
    fn allocate(&self, bytes: usize) -> Result<u64> {
        let layout = layout(bytes)?;
        // SAFETY: the layout is not empty; the guards and the memory between them are as large as it says.
        let address = unsafe {
            let start = alloc::alloc(layout);
            if start.is_null() {
                return Err(Error::Msg(format!("no room for {bytes} bytes")));
            }
            start.write_bytes(GUARDED, layout.size());
            start.add(GUARD).write_bytes(FRESH, bytes);
            start.expose_provenance() + GUARD
        };
        self.locked().0.insert(address as u64, bytes);
        Ok(address as u64)
    }

    fn free(&self, address: u64, bytes: usize) {
        let known = self.locked().0.remove(&address);
        let whole = known == Some(bytes) && guards(address, bytes).into_iter().all(intact);
        if known == Some(bytes)
            && let Ok(layout) = layout(bytes)
        {
            // SAFETY: allocated with this layout, and just taken off the list, so freed once.
            unsafe { alloc::dealloc(at(address - GUARD as u64), layout) };
        }
        assert!(whole || std::thread::panicking(), "{bytes} bytes at {address:#x}: not allocated, or written beyond");
    }

    fn forget(&self, address: u64, bytes: usize) {
        let forgotten = self.write(address, &vec![FRESH; bytes]);
        assert!(forgotten.is_ok() || std::thread::panicking(), "{forgotten:?}");
    }

    fn write(&self, address: u64, bytes: &[u8]) -> Result<()> {
        self.locked().inside(address, bytes.len())?;
        // SAFETY: the bytes lie in one piece of allocated memory, which the lock kept until here; whoever frees it
        // while it is written breaks the rules of `Gpu`.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), at(address), bytes.len()) };
        Ok(())
    }

    fn read(&self, address: u64, bytes: usize) -> Result<Vec<u8>> {
        self.locked().inside(address, bytes)?;
        let mut copied = vec![0; bytes];
        // SAFETY: the bytes lie in one piece of allocated memory, which the lock kept until here; whoever frees it
        // while it is read breaks the rules of `Gpu`.
        unsafe { std::ptr::copy_nonoverlapping(at(address), copied.as_mut_ptr(), bytes) };
        Ok(copied)
    }

    fn clear(&self, address: u64, bytes: usize) -> Result<()> {
        self.write(address, &vec![0; bytes])
    }

    fn launch(&self, launch: Launch<'_>) -> Result<()> {
        let module = match launch.module {
            Module::LayersF32 => "f32",
            Module::LayersBf16 => "bf16",
            Module::Training => "training",
            Module::Field => "field",
        };
        self.run(module, launch)
    }

    fn multiply(&self, product: &Product) -> Result<()> {
        let Product { rows, inner, columns, precision, .. } = *product;
        if product.out.transposed || rows * inner * columns == 0 {
            return Err(Error::Msg(format!("not a product: {product:?}")));
        }
        let stored = if product.exact { Precision::F32 } else { precision };
        for which in 0..product.count {
            let a = self.matrix(product.a, (rows, inner), which, precision)?;
            let b = self.matrix(product.b.transposed(), (columns, inner), which, precision)?;
            let out = placed(product.out, columns, which, stored)?;
            for (i, a) in a.chunks_exact(inner).enumerate() {
                let dot = |b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() * f64::from(product.scale);
                let row: Vec<f64> = b.chunks_exact(inner).map(dot).collect();
                let address = out + (i * product.out.row * stored.bytes()) as u64;
                self.store(address, &row, stored, product.add)?;
            }
        }
        Ok(())
    }

    fn convolves(&self, _shape: ConvolutionShape, _what: Convolved) -> bool {
        self.convolves
    }

    fn convolve(&self, shape: ConvolutionShape, what: Convolved, tensors: ConvolutionTensors, add: bool) -> Result<()> {
        let ConvolutionShape { examples, height, width, inputs, outputs, precision } = shape;
        let (pixels, weights) = (examples * height * width, outputs * 9 * inputs);
        let sizes = [(tensors.input, pixels * inputs), (tensors.kernel, weights), (tensors.output, pixels * outputs)];
        let result = match what {
            Convolved::Input => 0,
            Convolved::Kernel => 1,
            Convolved::Output => 2,
        };
        let mut values = Vec::new();
        for (i, (address, count)) in sizes.into_iter().enumerate() {
            values.push(if i == result { vec![0.0; count] } else { self.values(address, count, precision)? });
        }
        let [input, kernel, output] = &mut values[..] else { return Err(Error::Msg("three tensors".into())) };
        for pixel in 0..pixels {
            let (y, x) = (pixel / width % height, pixel % width);
            for tap in 0..9 {
                let Some(other) = neighbour((y, height), tap / 3).zip(neighbour((x, width), tap % 3)) else { continue };
                let from = range((pixel / (height * width) * height + other.0) * width + other.1, inputs);
                for channel in 0..outputs {
                    let weights = range(channel * 9 + tap, inputs);
                    let out = &mut output[pixel * outputs + channel];
                    let pairs = input[from.clone()].iter_mut().zip(&mut kernel[weights]);
                    match what {
                        Convolved::Output => pairs.for_each(|(input, weight)| *out += *input * *weight),
                        Convolved::Input => pairs.for_each(|(input, weight)| *input += *out * *weight),
                        Convolved::Kernel => pairs.for_each(|(input, weight)| *weight += *out * *input),
                    }
                }
            }
        }
        self.store(sizes[result].0, &values[result], precision, add)
    }
}

/// The coordinate that one of three taps meets, unless it lies beyond the edge.
fn neighbour((coordinate, size): (usize, usize), tap: usize) -> Option<usize> {
    (coordinate + tap).checked_sub(1).filter(|coordinate| *coordinate < size)
}

/// Channels of a pixel.
fn range(pixel: usize, channels: usize) -> Range<usize> {
    pixel * channels..(pixel + 1) * channels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Memory, Pool};

    fn filled(pool: &Arc<Pool>, values: &[f32]) -> Memory {
        let memory = pool.take(4 * values.len()).unwrap();
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        pool.gpu().write(memory.address(), &bytes).unwrap();
        memory
    }

    fn launch(gpu: &Emulated, kernel: &'static str, threads: u32, shared: u32, arguments: &[Argument]) -> Result<()> {
        gpu.run("checks", Launch { module: Module::Training, kernel, blocks: 1, threads, shared, arguments })
    }

    fn message(result: Result<()>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn kernels_run() {
        let gpu = Emulated::new(false);
        let pool = Pool::new(gpu.clone());
        let x = filled(&pool, &[1.0, 2.0, 3.0, 4.0]);
        let y = filled(&pool, &[0.0; 5]);
        let arguments = [y.address(), x.address()].map(Argument::Address);
        for _ in 0..2 {
            launch(&gpu, "reverse", 4, 16, &arguments).unwrap();
            assert_eq!(gpu.read_f32(y.address(), 5).unwrap(), [4.0, 3.0, 2.0, 1.0, 0.0]);
            gpu.clear(y.address(), 20).unwrap();
        }
        assert!(message(launch(&gpu, "reverse", 4, 16, &arguments[..1])).contains("takes 2 arguments"));
        assert!(message(launch(&gpu, "missing", 4, 16, &arguments)).contains("no such kernel"));
        let module = Module::Training;
        let call = Launch { module, kernel: "reverse", blocks: 1, threads: 4, shared: 16, arguments: &arguments };
        assert!(message(gpu.launch(call)).contains("no such kernel"));
    }

    #[test]
    fn memory_is_checked() {
        let gpu = Emulated::new(false);
        let (x, y) = (gpu.allocate(256).unwrap(), gpu.allocate(256).unwrap());
        assert!(gpu.read_f32(x, 64).unwrap().iter().all(|value| value.is_nan()));
        let copy = |y, count| {
            let arguments = [Argument::Address(y), Argument::Address(x), Argument::Word(count)];
            launch(&gpu, "rounded", 32, 0, &arguments)
        };
        copy(y, 64).unwrap();
        assert!(gpu.read(y, 257).is_err() && gpu.read(y - 1, 1).is_err() && gpu.read(y + 256, 1).is_err());
        assert!(gpu.write(y + 128, &[0; 129]).is_err() && gpu.clear(y, 257).is_err());
        assert!(message(copy(0x1000, 1)).contains("not allocated"));
        assert!(message(copy(y + 4, 64)).contains("beyond its memory"));
        let freed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| gpu.free(y, 256)));
        assert!(freed.is_err());
        gpu.free(x, 256);
        assert!(message(copy(y, 1)).contains("not allocated"));
    }

    #[test]
    fn memory_that_is_used_again_is_fresh() {
        let gpu = Emulated::new(false);
        let pool = Pool::new(gpu.clone());
        let first = filled(&pool, &[1.0; 64]).address();
        let again = pool.take(256).unwrap();
        assert_eq!(again.address(), first);
        assert!(gpu.read_f32(first, 64).unwrap().iter().all(|value| value.is_nan()));
    }

    /// `(2, 3)` times `(3, 2)`, in every layout.
    #[test]
    fn matrices_are_multiplied() {
        let gpu = Emulated::new(false);
        let pool = Pool::new(gpu.clone());
        let a = filled(&pool, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let a_transposed = filled(&pool, &[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        let b = filled(&pool, &[7.0, 8.0, 9.0, 10.0, 11.0, 12.0]);
        let b_transposed = filled(&pool, &[7.0, 9.0, 11.0, 8.0, 10.0, 12.0]);
        let (rows, inner, columns) = (2, 3, 2);
        for a in [Factor::rows_of(3, a.address()), Factor::rows_of(2, a_transposed.address()).transposed()] {
            for b in [Factor::rows_of(2, b.address()), Factor::rows_of(3, b_transposed.address()).transposed()] {
                // Rows of the result begin every three values, and the same product comes twice.
                let result = filled(&pool, &[100.0; 12]);
                let out = Factor::rows_of(3, result.address()).every(6);
                let (precision, exact, scale) = (Precision::F32, false, 0.5);
                let product =
                    Product { rows, inner, columns, count: 2, a, b, out, exact, scale, add: false, precision };
                gpu.multiply(&product).unwrap();
                let half = [29.0, 32.0, 100.0, 69.5, 77.0, 100.0];
                assert_eq!(gpu.read_f32(result.address(), 12).unwrap(), half.repeat(2));
                gpu.multiply(&Product { count: 1, add: true, ..product }).unwrap();
                assert_eq!(gpu.read_f32(result.address(), 6).unwrap(), [58.0, 64.0, 100.0, 139.0, 154.0, 100.0]);
                let beyond = Product { a: a.every(1 << 20), ..product };
                assert!(message(gpu.multiply(&beyond)).contains("not allocated"));
                let narrow = Product { out: Factor { row: 1, ..out }, ..product };
                assert!(gpu.multiply(&narrow).is_err());
            }
        }
    }

    #[test]
    fn precisions_round() {
        let gpu = Emulated::new(false);
        let address = gpu.allocate(8).unwrap();
        gpu.write(address, &[narrowed(1.0), narrowed(1.0 + 1.0 / 128.0)].concat()).unwrap();
        let row = Factor::rows_of(2, address);
        let out = Factor::rows_of(1, address + 4);
        let (rows, inner, columns, count, b) = (1, 2, 1, 1, row.transposed());
        let (precision, scale, add) = (Precision::Bf16, 1.0, false);
        let product = Product { rows, inner, columns, count, a: row, b, out, exact: true, scale, add, precision };
        gpu.multiply(&product).unwrap();
        let exact = 2.0 + 1.0 / 64.0 + 1.0 / 16384.0;
        assert_eq!(gpu.read_f32(address + 4, 1).unwrap(), [exact]);
        gpu.multiply(&Product { exact: false, ..product }).unwrap();
        assert_eq!(gpu.values(address + 4, 1, Precision::Bf16).unwrap(), [2.015625]);
        assert_eq!(tf32(f64::from(1.0 + f32::EPSILON)), 1.0);
        assert_eq!(tf32(1.0 + 3.0 / 2048.0), 1.0 + 4.0 / 2048.0);
    }

    /// Both gradients are those of the output: `<y, K x> = <Kᵀ y, x>`, for the input and the kernel.
    #[test]
    fn convolutions_are_adjoint() {
        let gpu = Emulated::new(true);
        let pool = Pool::new(gpu.clone());
        let (examples, height, width, inputs, outputs, precision) = (2, 3, 4, 2, 3, Precision::F32);
        let shape = ConvolutionShape { examples, height, width, inputs, outputs, precision };
        let some = |count: usize, seed: usize| -> Vec<f32> {
            (0..count).map(|i| ((i * 37 + seed * 11) % 17) as f32 / 4.0 - 2.0).collect()
        };
        let (x, k, y) = (some(48, 1), some(54, 2), some(72, 3));
        let memory = [&x, &k, &y].map(|values| filled(&pool, values));
        let [input, kernel, output] = memory.each_ref().map(Memory::address);
        let tensors = ConvolutionTensors { input, kernel, output };
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let result = |what, count: usize| {
            let place = filled(&pool, &vec![1.0; count]);
            let tensors = match what {
                Convolved::Output => ConvolutionTensors { output: place.address(), ..tensors },
                Convolved::Input => ConvolutionTensors { input: place.address(), ..tensors },
                Convolved::Kernel => ConvolutionTensors { kernel: place.address(), ..tensors },
            };
            gpu.convolve(shape, what, tensors, true).unwrap();
            let added = gpu.read_f32(place.address(), count).unwrap();
            gpu.convolve(shape, what, tensors, false).unwrap();
            let alone = gpu.read_f32(place.address(), count).unwrap();
            assert!(added.iter().zip(&alone).all(|(added, alone)| *added == alone + 1.0));
            alone
        };
        let convolved = result(Convolved::Output, 72);
        // The first pixel of the first channel: the taps that lie in the picture, in the first output's kernel.
        let first: f32 = [(4, 0), (5, 1), (7, 4), (8, 5)]
            .into_iter()
            .map(|(tap, pixel)| dot(&k[2 * tap..2 * tap + 2], &x[2 * pixel..2 * pixel + 2]))
            .sum();
        assert_eq!(convolved[0], first);
        let expected = dot(&y, &convolved);
        assert_eq!(dot(&result(Convolved::Input, 48), &x), expected);
        assert_eq!(dot(&result(Convolved::Kernel, 54), &k), expected);
    }
}
