// Heads and softmax.

template <int N>
__device__ void split_packs(const Value* x, Value* out, int examples, int positions, int parts, int heads, int size) {
    int packs = size / N;
    EACH(i, examples * positions * parts * heads * packs) {
        unsigned rest = i;
        unsigned k = rest % packs * N;
        rest /= packs;
        unsigned position = rest % positions;
        rest /= positions;
        unsigned head = rest % heads;
        rest /= heads;
        unsigned example = rest % examples, part = rest / examples;
        unsigned row = ((example * positions + position) * parts + part) * heads + head;
        store<N>(out + size_t(i) * N, load<N>(x + size_t(row) * size + k));
    }
}

// `(examples, positions, parts, heads, size)` to `(parts, examples, heads, positions, size)`.
KERNEL split_heads(const Value* x, Value* out, int examples, int positions, int parts, int heads, int size) {
    BY_PACKS(size, split_packs, x, out, examples, positions, parts, heads, size)
}

template <int N>
__device__ void merge_packs(const Value* x, Value* out, int examples, int positions, int parts, int heads, int size,
                            int add) {
    int packs = size / N;
    EACH(i, examples * positions * parts * heads * packs) {
        unsigned rest = i;
        unsigned k = rest % packs * N;
        rest /= packs;
        unsigned head = rest % heads;
        rest /= heads;
        unsigned part = rest % parts;
        rest /= parts;
        unsigned position = rest % positions, example = rest / positions;
        unsigned row = ((part * examples + example) * heads + head) * positions + position;
        Pack<N> pack = load<N>(x + size_t(row) * size + k);
        if (add) {
            Pack<N> before = load<N>(out + size_t(i) * N);
            for (int j = 0; j < N; j++) {
                pack.values[j] = from_float<Value>(to_float(before.values[j]) + to_float(pack.values[j]));
            }
        }
        store<N>(out + size_t(i) * N, pack);
    }
}

// The reverse of `split_heads`.
KERNEL merge_heads(const Value* x, Value* out, int examples, int positions, int parts, int heads, int size, int add) {
    BY_PACKS(size, merge_packs, x, out, examples, positions, parts, heads, size, add)
}

// Softmax of `scale x` in every row. A warp for each row.
KERNEL softmax(const float* x, Value* out, int rows, int columns, float scale) {
    int lane = threadIdx.x % 32, warps = gridDim.x * (blockDim.x / 32);
    for (int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32; row < rows; row += warps) {
        const float* from = x + size_t(row) * columns;
        float largest = -INFINITY, sum = 0.0f;
        for (int column = lane; column < columns; column += 32) {
            largest = fmaxf(largest, scale * from[column]);
        }
        largest = largest_of_warp(largest);
        for (int column = lane; column < columns; column += 32) {
            sum += expf(scale * from[column] - largest);
        }
        float factor = 1.0f / over_warp(sum);
        for (int column = lane; column < columns; column += 32) {
            out[size_t(row) * columns + column] = from_float<Value>(expf(scale * from[column] - largest) * factor);
        }
    }
}

// `scale p (g − Σ p g)` in every row, for the shares p and their gradient g.
KERNEL softmax_gradient(const Value* shares, const float* gradient, Value* out, int rows, int columns, float scale) {
    int lane = threadIdx.x % 32, warps = gridDim.x * (blockDim.x / 32);
    for (int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32; row < rows; row += warps) {
        const Value* p = shares + size_t(row) * columns;
        const float* g = gradient + size_t(row) * columns;
        float sum = 0.0f;
        for (int column = lane; column < columns; column += 32) {
            sum += to_float(p[column]) * g[column];
        }
        sum = over_warp(sum);
        for (int column = lane; column < columns; column += 32) {
            out[size_t(row) * columns + column] = from_float<Value>(scale * to_float(p[column]) * (g[column] - sum));
        }
    }
}
