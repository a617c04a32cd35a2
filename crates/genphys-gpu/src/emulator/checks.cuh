// Kernels that check the emulator itself.

// y[i] of a block is x[i] of its other end; needs the barrier.
KERNEL reverse(float* y, const float* x) {
    DYNAMIC_SHARED(float, values);
    const unsigned first = blockIdx.x * blockDim.x;
    values[threadIdx.x] = x[first + threadIdx.x];
    __syncthreads();
    y[first + threadIdx.x] = values[blockDim.x - 1 - threadIdx.x];
}

// The same without the barrier, which is wrong.
KERNEL reverse_at_once(float* y, const float* x) {
    DYNAMIC_SHARED(float, values);
    const unsigned first = blockIdx.x * blockDim.x;
    values[threadIdx.x] = x[first + threadIdx.x];
    y[first + threadIdx.x] = values[blockDim.x - 1 - threadIdx.x];
}

// The sum of each block's part of x, over warps and then over the block, for up to 1024 threads.
KERNEL sums(float* y, const float* x) {
    SHARED(float, of_warps, 32);
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    float sum = x[blockIdx.x * blockDim.x + threadIdx.x];
    for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_xor_sync(0xffffffff, sum, lanes);
    if (lane == 0) of_warps[warp] = sum;
    __syncthreads();
    if (warp > 0) return;
    sum = lane < blockDim.x / 32 ? of_warps[lane] : 0;
    for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_down_sync(0xffffffff, sum, lanes);
    if (lane == 0) y[blockIdx.x] = sum;
}

// For every thread what the next of its group of eight has, what the last has, and what the first of the warp has.
KERNEL shuffles(int* next, int* last, unsigned* first) {
    const int own = int(threadIdx.x);
    next[own] = __shfl_down_sync(0xffffffff, own, 1, 8);
    last[own] = __shfl_up_sync(0xffffffff, own, 1, 8);
    first[own] = __shfl_sync(0xffffffff, unsigned(own), 0);
}

// Threads of a block wait for others that wait for something else.
KERNEL deadlock() {
    if (threadIdx.x % 2 == 0) {
        __syncthreads();
    } else {
        __syncwarp();
    }
}

// Writes `count` values; more than a block of shared memory holds, if the caller wants.
KERNEL overrun(int count) {
    SHARED(int, values, 8);
    for (int i = 0; i < count; i++) values[i] = i;
}

// y[i] = x[i], through bfloat16.
KERNEL rounded(float* y, const float* x, unsigned count) {
    for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        y[i] = to_float(from_float<__nv_bfloat16>(x[i]));
    }
}
