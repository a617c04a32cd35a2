// Cosines and sines at several frequencies.

// `cos(f x)` of `width` columns from `first` on, for one frequency f after the other, then `sin(f x)`.
template <class X>
__device__ void wave_values(const X* x, int x_width, int first, const float* frequencies, int number, Value* out, int width,
                            int rows) {
    int half = number * width;
    EACH(i, rows * half) {
        unsigned row = i / half, k = i % half;
        float sine, cosine;
        sincosf(frequencies[k / width] * to_float(x[size_t(row) * x_width + first + k % width]), &sine, &cosine);
        out[size_t(row) * 2 * half + k] = from_float<Value>(cosine);
        out[size_t(row) * 2 * half + half + k] = from_float<Value>(sine);
    }
}

KERNEL waves(const Value* x, int x_width, int first, const float* frequencies, int number, Value* out, int width, int rows) {
    wave_values(x, x_width, first, frequencies, number, out, width, rows);
}

// The same of the network's input, whose digits matter.
KERNEL waves_of_input(const float* x, int x_width, int first, const float* frequencies, int number, Value* out, int width,
                      int rows) {
    wave_values(x, x_width, first, frequencies, number, out, width, rows);
}

template <class X>
__device__ void wave_gradients(const X* x, int x_width, int first, const float* frequencies, int number,
                               const Value* gradient, Value* sum, int width, int rows, int add) {
    int half = number * width;
    EACH(i, rows * width) {
        unsigned row = i / width, column = i % width;
        float value = to_float(x[size_t(row) * x_width + first + column]);
        const Value* of = gradient + size_t(row) * 2 * half + column;
        float total = add ? to_float(sum[i]) : 0.0f;
        for (int k = 0; k < number; k++) {
            float sine, cosine;
            sincosf(frequencies[k] * value, &sine, &cosine);
            total += frequencies[k] * (to_float(of[half + k * width]) * cosine - to_float(of[k * width]) * sine);
        }
        sum[i] = from_float<Value>(total);
    }
}

KERNEL waves_gradient(const Value* x, int x_width, int first, const float* frequencies, int number, const Value* gradient,
                      Value* sum, int width, int rows, int add) {
    wave_gradients(x, x_width, first, frequencies, number, gradient, sum, width, rows, add);
}

KERNEL waves_of_input_gradient(const float* x, int x_width, int first, const float* frequencies, int number,
                               const Value* gradient, Value* sum, int width, int rows, int add) {
    wave_gradients(x, x_width, first, frequencies, number, gradient, sum, width, rows, add);
}
