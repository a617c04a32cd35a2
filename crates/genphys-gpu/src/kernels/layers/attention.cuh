// Heads and softmax.

// The row of `(examples, positions, parts, heads)` that stands at `at` in `(parts, examples, heads, positions)`.
__device__ unsigned joint_row(unsigned at, int examples, int positions, int parts, int heads) {
    unsigned position = at % positions;
    at /= positions;
    unsigned head = at % heads;
    at /= heads;
    unsigned example = at % examples, part = at / examples;
    return ((example * positions + position) * parts + part) * heads + head;
}

template <int N>
__device__ void split_packs(const Value* x, Value* out, int examples, int positions, int parts, int heads, int size) {
    int packs = size / N;
    EACH(i, examples * positions * parts * heads * packs) {
        size_t row = joint_row(i / packs, examples, positions, parts, heads);
        store<N>(out + size_t(i) * N, load<N>(x + row * size + i % packs * N));
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
        size_t row = joint_row(i / packs, examples, positions, parts, heads);
        put<N>(out + row * size + i % packs * N, load<N>(x + size_t(i) * N), add);
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
