//! Convolutions by cuDNN.

use std::collections::HashMap;
use std::ffi::{c_int, c_void};

use candle_core::cuda_backend::cudarc::cudnn::{result as cudnn, sys};
use candle_core::{Error, Result};

use super::{Cuda, failed, int};
use crate::caught::caught;
use crate::{ConvolutionShape, ConvolutionTensors, Convolved, Gpu, Precision};

/// Most algorithms that cuDNN is asked to name.
const ALGORITHMS: usize = 8;

/// Most bytes that an algorithm may ask for.
const MOST_WORKSPACE: usize = 1 << 30;

/// cuDNN's handle, and how it does each convolution.
#[derive(Default)]
pub(super) struct Convolutions {
    handle: Option<Handle>,
    plans: HashMap<(ConvolutionShape, Convolved), Option<Plan>>,
    /// Memory the algorithms share, as large as the largest asked for.
    workspace: (u64, usize),
}

struct Handle(sys::cudnnHandle_t);

// SAFETY: cuDNN's handles may be used by any thread, by one at a time; `Convolutions` is behind a lock.
#[allow(unsafe_code)]
unsafe impl Send for Handle {}

#[derive(Clone, Copy)]
enum Algorithm {
    Output(sys::cudnnConvolutionFwdAlgo_t),
    Input(sys::cudnnConvolutionBwdDataAlgo_t),
    Kernel(sys::cudnnConvolutionBwdFilterAlgo_t),
}

/// A convolution as cuDNN knows it. Descriptors are few and live as long as the program.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    input: sys::cudnnTensorDescriptor_t,
    kernel: sys::cudnnFilterDescriptor_t,
    output: sys::cudnnTensorDescriptor_t,
    convolution: sys::cudnnConvolutionDescriptor_t,
    algorithm: Algorithm,
    workspace: usize,
}

// SAFETY: descriptors are plain memory that does not change once it is set.
#[allow(unsafe_code)]
unsafe impl Send for Plan {}

/// The first algorithm that gives the same result every time, of those cuDNN names, the fastest first.
macro_rules! choose {
    ($query:path, $($argument:expr),+) => {{
        let mut named: c_int = 0;
        // SAFETY: plain numbers, for which zeros are values too.
        let mut algorithms = [unsafe { std::mem::zeroed() }; ALGORITHMS];
        // SAFETY: the descriptors are set, and there is room for as many algorithms as are asked for.
        unsafe { $query($($argument),+, ALGORITHMS as c_int, &mut named, algorithms.as_mut_ptr()) }.ok()?;
        let named = &algorithms[..usize::try_from(named).unwrap_or(0).min(ALGORITHMS)];
        named
            .iter()
            .find(|algorithm| {
                algorithm.status.result().is_ok()
                    && algorithm.memory <= MOST_WORKSPACE
                    && algorithm.determinism == sys::cudnnDeterminism_t::CUDNN_DETERMINISTIC
            })
            .map(|algorithm| algorithm.algo)?
    }};
}

#[allow(unsafe_code)]
impl Convolutions {
    /// How cuDNN does it; nothing if it does not, or is not there.
    pub(super) fn plan(&mut self, cuda: &Cuda, shape: ConvolutionShape, what: Convolved) -> Option<Plan> {
        if let Some(plan) = self.plans.get(&(shape, what)) {
            return *plan;
        }
        let plan = self.made(cuda, shape, what);
        self.plans.insert((shape, what), plan);
        plan
    }

    fn handle(&mut self, cuda: &Cuda) -> Option<sys::cudnnHandle_t> {
        if self.handle.is_none() {
            // It panics where cuDNN is missing; matrix products do without.
            let handle = caught(cudnn::create_handle).ok()?.ok()?;
            // SAFETY: both are valid, and live as long as the program.
            unsafe { cudnn::set_stream(handle, cuda.stream.cu_stream().cast()) }.ok()?;
            self.handle = Some(Handle(handle));
        }
        self.handle.as_ref().map(|handle| handle.0)
    }

    fn made(&mut self, cuda: &Cuda, shape: ConvolutionShape, what: Convolved) -> Option<Plan> {
        let handle = self.handle(cuda)?;
        let layout = sys::cudnnTensorFormat_t::CUDNN_TENSOR_NHWC;
        let value = match shape.precision {
            Precision::Bf16 => sys::cudnnDataType_t::CUDNN_DATA_BFLOAT16,
            Precision::F32 | Precision::Tf32 => sys::cudnnDataType_t::CUDNN_DATA_FLOAT,
        };
        let math = match shape.precision {
            Precision::F32 => sys::cudnnMathType_t::CUDNN_FMA_MATH,
            Precision::Tf32 => sys::cudnnMathType_t::CUDNN_DEFAULT_MATH,
            Precision::Bf16 => sys::cudnnMathType_t::CUDNN_TENSOR_OP_MATH,
        };
        let [examples, height, width] = [shape.examples, shape.height, shape.width].map(|size| int(size).ok());
        let (examples, height, width) = (examples?, height?, width?);
        let (inputs, outputs) = (int(shape.inputs).ok()?, int(shape.outputs).ok()?);
        let input = cudnn::create_tensor_descriptor().ok()?;
        let output = cudnn::create_tensor_descriptor().ok()?;
        let kernel = cudnn::create_filter_descriptor().ok()?;
        let convolution = cudnn::create_convolution_descriptor().ok()?;
        // SAFETY: the descriptors have just been created.
        unsafe {
            cudnn::set_tensor4d_descriptor(input, layout, value, [examples, inputs, height, width]).ok()?;
            cudnn::set_tensor4d_descriptor(output, layout, value, [examples, outputs, height, width]).ok()?;
            cudnn::set_filter4d_descriptor(kernel, value, layout, [outputs, inputs, 3, 3]).ok()?;
            let mode = sys::cudnnConvolutionMode_t::CUDNN_CROSS_CORRELATION;
            let sum = sys::cudnnDataType_t::CUDNN_DATA_FLOAT;
            cudnn::set_convolution2d_descriptor(convolution, 1, 1, 1, 1, 1, 1, mode, sum).ok()?;
            cudnn::set_convolution_math_type(convolution, math).ok()?;
        }
        let (x, w, c, y) = (input, kernel, convolution, output);
        // SAFETY: the descriptors are set.
        let (algorithm, workspace) = match what {
            Convolved::Output => {
                let a = choose!(cudnn::get_convolution_forward_algorithm, handle, x, w, c, y);
                let size = unsafe { cudnn::get_convolution_forward_workspace_size(handle, x, w, c, y, a) };
                (Algorithm::Output(a), size)
            }
            Convolved::Input => {
                let a = choose!(cudnn::get_convolution_backward_data_algorithm, handle, w, y, c, x);
                let size = unsafe { cudnn::get_convolution_backward_data_workspace_size(handle, w, y, c, x, a) };
                (Algorithm::Input(a), size)
            }
            Convolved::Kernel => {
                let a = choose!(cudnn::get_convolution_backward_filter_algorithm, handle, x, y, c, w);
                let size = unsafe { cudnn::get_convolution_backward_filter_workspace_size(handle, x, y, c, w, a) };
                (Algorithm::Kernel(a), size)
            }
        };
        Some(Plan { input, kernel, output, convolution, algorithm, workspace: workspace.ok()? })
    }

    /// Convolves.
    pub(super) fn run(
        &mut self,
        cuda: &Cuda,
        shape: ConvolutionShape,
        what: Convolved,
        tensors: ConvolutionTensors,
        add: bool,
    ) -> Result<()> {
        let missing = || Error::Msg("cuDNN does not know this convolution".into());
        let plan = self.plan(cuda, shape, what).ok_or_else(missing)?;
        let handle = self.handle(cuda).ok_or_else(missing)?;
        if self.workspace.1 < plan.workspace {
            cuda.free(self.workspace.0, self.workspace.1);
            self.workspace = (cuda.allocate(plan.workspace)?, plan.workspace);
        }
        let Plan { input, kernel, output, convolution, algorithm, workspace } = plan;
        let (scale, before) = (1f32, if add { 1f32 } else { 0.0 });
        let (scale, before) = ((&raw const scale).cast::<c_void>(), (&raw const before).cast::<c_void>());
        let (x, w, y) = (tensors.input as *mut c_void, tensors.kernel as *mut c_void, tensors.output as *mut c_void);
        let room = self.workspace.0 as *mut c_void;
        // SAFETY: the tensors lie in memory that callers have taken, as large as the shape says; so does the workspace.
        unsafe {
            match algorithm {
                Algorithm::Output(a) => cudnn::convolution_forward(
                    handle,
                    scale,
                    input,
                    x,
                    kernel,
                    w,
                    convolution,
                    a,
                    room,
                    workspace,
                    before,
                    output,
                    y,
                ),
                Algorithm::Input(a) => cudnn::convolution_backward_data(
                    handle,
                    scale,
                    kernel,
                    w,
                    output,
                    y,
                    convolution,
                    a,
                    room,
                    workspace,
                    before,
                    input,
                    x,
                ),
                Algorithm::Kernel(a) => cudnn::convolution_backward_filter(
                    handle,
                    scale,
                    input,
                    x,
                    output,
                    y,
                    convolution,
                    a,
                    room,
                    workspace,
                    before,
                    kernel,
                    w,
                ),
            }
        }
        .map_err(failed)
    }
}
