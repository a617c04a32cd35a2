// What kernels use of CUDA, for a C++ compiler. Threads of a block run in turns (emulator.cpp) and blocks one after the
// other. Only what is declared here is offered; there is no `atomicAdd`, since sums are to be the same every time.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#define KERNEL static void
#define __global__
#define __device__
#define __host__
#define __restrict__ __restrict
#define __forceinline__ inline
#define __noinline__
#define __launch_bounds__(...)
#define __constant__ static const
#define __align__(bytes) alignas(bytes)
// Keeps what the last block left there, and nothing notices writing beyond it: `SHARED` is the better choice.
#define __shared__ static

namespace genphys {

struct Index {
    unsigned x, y, z;
};

// Waits for the other threads of the block.
void wait_for_block();
// Waits for the threads of the warp that `mask` names, gives them `bits`, and returns what thread `lane` of the warp
// gave; a NaN if that is none of them.
uint32_t exchange(uint32_t mask, uint32_t bits, unsigned lane);

// Shared memory that the emulator fills with NaN before a block and checks after it, with some room behind.
constexpr size_t SHARED_GUARD = 64;
struct SharedArray {
    void* values;
    size_t bytes;
    bool used;
};
void use(SharedArray&);
template <typename T, size_t COUNT> struct Shared {
    alignas(16) unsigned char bytes[sizeof(T) * COUNT + SHARED_GUARD];
    SharedArray array{bytes, sizeof(T) * COUNT, false};
    T* taken() {
        use(array);
        return reinterpret_cast<T*>(bytes);
    }
};
void* dynamic_shared();

template <typename To, typename From> To bits_as(From from) {
    static_assert(sizeof(To) == sizeof(From), "of the same size");
    To to;
    std::memcpy(&to, &from, sizeof(to));
    return to;
}

}  // namespace genphys

#define SHARED(type, name, count)                        \
    static genphys::Shared<type, (count)> shared_##name; \
    type* name = shared_##name.taken()
#define DYNAMIC_SHARED(type, name) type* name = static_cast<type*>(genphys::dynamic_shared())

extern genphys::Index threadIdx, blockIdx, blockDim, gridDim;
constexpr int warpSize = 32;

inline void __syncthreads() { genphys::wait_for_block(); }
inline void __syncwarp(unsigned mask = 0xffffffffu) { genphys::exchange(mask, 0, threadIdx.x % 32); }

// The thread of the warp that a shuffle reads: beyond the segment of `width` threads the thread itself.
template <typename T> T genphys_shuffle(unsigned mask, T value, int lane, int width) {
    static_assert(sizeof(T) == 4, "shuffles exchange float, int and unsigned");
    const int own = threadIdx.x % 32, first = own / width * width;
    if (lane < first || lane >= first + width) lane = own;
    return genphys::bits_as<T>(genphys::exchange(mask, genphys::bits_as<uint32_t>(value), unsigned(lane)));
}
template <typename T> T __shfl_sync(unsigned mask, T value, int lane, int width = 32) {
    const int own = threadIdx.x % 32;
    return genphys_shuffle(mask, value, own / width * width + (lane & (width - 1)), width);
}
template <typename T> T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32) {
    return genphys_shuffle(mask, value, int(threadIdx.x % 32) - int(delta), width);
}
template <typename T> T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32) {
    return genphys_shuffle(mask, value, int(threadIdx.x % 32) + int(delta), width);
}
template <typename T> T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32) {
    return genphys_shuffle(mask, value, int(threadIdx.x % 32) ^ lanes, width);
}

struct __nv_bfloat16 {
    uint16_t bits;
};
typedef __nv_bfloat16 nv_bfloat16;
struct alignas(4) __nv_bfloat162 {
    __nv_bfloat16 x, y;
};

inline float __bfloat162float(__nv_bfloat16 x) { return genphys::bits_as<float>(uint32_t(x.bits) << 16); }
// To the nearest, of two equally near to the even one.
inline __nv_bfloat16 __float2bfloat16(float x) {
    if (std::isnan(x)) return {0x7fff};
    const uint32_t bits = genphys::bits_as<uint32_t>(x);
    return {uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16)};
}
inline __nv_bfloat16 __float2bfloat16_rn(float x) { return __float2bfloat16(x); }

struct alignas(8) float2 {
    float x, y;
};
struct alignas(16) float4 {
    float x, y, z, w;
};
struct alignas(8) uint2 {
    unsigned x, y;
};
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }

using std::max;
using std::min;

inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
#ifndef __GLIBC__
inline void sincosf(float x, float* sine, float* cosine) { *sine = std::sin(x), *cosine = std::cos(x); }
#endif
inline float __fmaf_rn(float x, float y, float z) { return std::fma(x, y, z); }
inline int __float_as_int(float x) { return genphys::bits_as<int>(x); }
inline unsigned __float_as_uint(float x) { return genphys::bits_as<unsigned>(x); }
inline float __int_as_float(int x) { return genphys::bits_as<float>(x); }
inline float __uint_as_float(unsigned x) { return genphys::bits_as<float>(x); }
inline float __uint2float_rn(unsigned x) { return float(x); }
inline float __int2float_rn(int x) { return float(x); }
inline unsigned __umulhi(unsigned x, unsigned y) { return unsigned(uint64_t(x) * y >> 32); }
inline int __mulhi(int x, int y) { return int(int64_t(x) * y >> 32); }
template <typename T> T __ldg(const T* place) { return *place; }
