// Kernels of the optimiser, of averages and of random numbers.

// x = factor x.
KERNEL scale(float* x, float factor, int count) {
    for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(count); i += gridDim.x * blockDim.x) {
        x[i] *= factor;
    }
}
