// What all kernels share. nvcc compiles them for GPUs, a C++ compiler for the emulator that tests run them on.
#pragma once

#ifdef GENPHYS_EMULATED
#include "emulated.cuh"
#else
#include <cuda_bf16.h>

// A kernel, under its own name in the PTX. `KERNEL name(` starts a line: the emulator finds kernels that way. Parameters
// are pointers, `int`, `unsigned` and `float`.
#define KERNEL extern "C" __global__ void

// An array in shared memory, of a size that is known here.
#define SHARED(type, name, count) __shared__ type name[count]

// The shared memory whose size the launch gives.
#define DYNAMIC_SHARED(type, name)                                    \
    extern __shared__ __align__(16) unsigned char genphys_shared[];   \
    type* name = reinterpret_cast<type*>(genphys_shared)
#endif

__device__ inline float to_float(float x) { return x; }
__device__ inline float to_float(__nv_bfloat16 x) { return __bfloat162float(x); }

template <typename T> __device__ T from_float(float x);
template <> __device__ inline float from_float<float>(float x) { return x; }
template <> __device__ inline __nv_bfloat16 from_float<__nv_bfloat16>(float x) { return __float2bfloat16(x); }
