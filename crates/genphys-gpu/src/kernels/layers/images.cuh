// Neighbours of pixels, linear maps over positions, other orders, and means.

// The nine neighbours of every pixel side by side, `(pixels, 9 channels)`, for `pixels` of them from the pixel `start` on.
template <int N>
__device__ void gather_packs(const Value* x, Value* out, int height, int width, int channels, int start, int pixels) {
    int packs = channels / N;
    EACH(i, pixels * 9 * packs) {
        unsigned channel = i % packs * N, rest = i / packs;
        int tap = rest % 9, pixel = start + rest / 9;
        int row = pixel / width % height + tap / 3 - 1, column = pixel % width + tap % 3 - 1;
        Pack<N> pack;
        if (row >= 0 && row < height && column >= 0 && column < width) {
            int neighbour = pixel + (tap / 3 - 1) * width + tap % 3 - 1;
            pack = load<N>(x + size_t(neighbour) * channels + channel);
        } else {
            for (int j = 0; j < N; j++) {
                pack.values[j] = from_float<Value>(0.0f);
            }
        }
        store<N>(out + size_t(i) * N, pack);
    }
}

KERNEL gather(const Value* x, Value* out, int height, int width, int channels, int start, int pixels) {
    BY_PACKS(channels, gather_packs, x, out, height, width, channels, start, pixels)
}

// The transpose of `gather` for whole images: `sum` and `neighbours` begin with the first of them.
template <int N>
__device__ void fold_packs(const Value* neighbours, Value* sum, int height, int width, int channels, int pixels, int add) {
    int packs = channels / N;
    EACH(i, pixels * packs) {
        int channel = i % packs * N, pixel = i / packs;
        int row = pixel / width % height, column = pixel % width;
        float total[N];
        Pack<N> pack;
        if (add) {
            pack = load<N>(sum + size_t(i) * N);
        }
        for (int j = 0; j < N; j++) {
            total[j] = add ? to_float(pack.values[j]) : 0.0f;
        }
        for (int tap = 0; tap < 9; tap++) {
            int down = tap / 3 - 1, right = tap % 3 - 1;
            if (row - down < 0 || row - down >= height || column - right < 0 || column - right >= width) {
                continue;
            }
            int centre = pixel - down * width - right;
            Pack<N> part = load<N>(neighbours + (size_t(centre) * 9 + tap) * channels + channel);
            for (int j = 0; j < N; j++) {
                total[j] += to_float(part.values[j]);
            }
        }
        for (int j = 0; j < N; j++) {
            pack.values[j] = from_float<Value>(total[j]);
        }
        store<N>(sum + size_t(i) * N, pack);
    }
}

KERNEL fold(const Value* neighbours, Value* sum, int height, int width, int channels, int pixels, int add) {
    BY_PACKS(channels, fold_packs, neighbours, sum, height, width, channels, pixels, add)
}

// A sparse matrix over the positions of every image: row `i` has the inputs and weights from `starts[i]` to `starts[i + 1]`.
template <int N>
__device__ void resample_packs(const Value* x, Value* out, const int* starts, const int* inputs, const float* weights,
                               int x_positions, int positions, int width, int examples, int add) {
    int packs = width / N;
    EACH(i, examples * positions * packs) {
        unsigned column = i % packs * N, row = i / packs;
        int position = row % positions, example = row / positions;
        float total[N];
        Pack<N> pack;
        if (add) {
            pack = load<N>(out + size_t(i) * N);
        }
        for (int j = 0; j < N; j++) {
            total[j] = add ? to_float(pack.values[j]) : 0.0f;
        }
        for (int k = starts[position]; k < starts[position + 1]; k++) {
            Pack<N> part = load<N>(x + (size_t(example) * x_positions + inputs[k]) * width + column);
            for (int j = 0; j < N; j++) {
                total[j] += weights[k] * to_float(part.values[j]);
            }
        }
        for (int j = 0; j < N; j++) {
            pack.values[j] = from_float<Value>(total[j]);
        }
        store<N>(out + size_t(i) * N, pack);
    }
}

KERNEL resample(const Value* x, Value* out, const int* starts, const int* inputs, const float* weights, int x_positions,
                int positions, int width, int examples, int add) {
    BY_PACKS(width, resample_packs, x, out, starts, inputs, weights, x_positions, positions, width, examples, add)
}

// For every example the values at `places`; zero stands after the last.
KERNEL rearrange(const Value* x, Value* out, const int* places, int x_values, int values, int examples) {
    EACH(i, values * examples) {
        int place = places[i % values];
        out[i] = place < x_values ? x[size_t(i / values) * x_values + place] : from_float<Value>(0.0f);
    }
}

// The transpose: value `i` has gone to the places from `starts[i]` to `starts[i + 1]` of `places`.
KERNEL rearrange_gradient(const Value* gradient, Value* sum, const int* starts, const int* places, int x_values, int values,
                          int examples, int add) {
    EACH(i, x_values * examples) {
        int value = i % x_values;
        const Value* of = gradient + size_t(i / x_values) * values;
        float total = add ? to_float(sum[i]) : 0.0f;
        for (int k = starts[value]; k < starts[value + 1]; k++) {
            total += to_float(of[places[k]]);
        }
        sum[i] = from_float<Value>(total);
    }
}

// The mean over the positions of every example.
KERNEL mean(const Value* x, Value* out, int positions, int width, int examples) {
    EACH(i, examples * width) {
        const Value* from = x + size_t(i / width) * positions * width + i % width;
        float sum = 0.0f;
        for (int position = 0; position < positions; position++) {
            sum += to_float(from[size_t(position) * width]);
        }
        out[i] = from_float<Value>(sum / positions);
    }
}

KERNEL mean_gradient(const Value* gradient, Value* sum, int positions, int width, int examples, int add) {
    EACH(i, examples * positions * width) {
        unsigned column = i % width, example = i / width / positions;
        float value = to_float(gradient[size_t(example) * width + column]) / positions;
        sum[i] = from_float<Value>(add ? to_float(sum[i]) + value : value);
    }
}
