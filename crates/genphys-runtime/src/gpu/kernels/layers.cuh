// Kernels of network layers, for activations of type `Value`.

// y = x + offset.
KERNEL shift(Value* y, const Value* x, float offset, int count) {
    for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(count); i += gridDim.x * blockDim.x) {
        y[i] = from_float<Value>(to_float(x[i]) + offset);
    }
}
