// Bias, sums, SiLU, gates.

// Every row the bias, plus the residual's row if there is one.
template <int N> __device__ void fill_rows(Value* out, const float* bias, const Value* residual, int columns, int count) {
    EACH(i, count / N) {
        Pack<N> pack;
        if (residual) {
            pack = load<N>(residual + size_t(i) * N);
        }
        int column = i * N % columns;
        for (int j = 0; j < N; j++) {
            pack.values[j] = from_float<Value>(bias[column + j] + (residual ? to_float(pack.values[j]) : 0.0f));
        }
        store<N>(out + size_t(i) * N, pack);
    }
}

KERNEL fill(Value* out, const float* bias, const Value* residual, int columns, int count) {
    BY_PACKS(columns, fill_rows, out, bias, residual, columns, count)
}

// One row of values for all examples.
KERNEL repeat(const float* row, Value* out, int values, int examples) {
    EACH(i, values * examples) {
        out[i] = from_float<Value>(row[i % values]);
    }
}

template <int N> __device__ void add_values(Value* sum, const Value* x, int count) {
    EACH(i, count / N) {
        put<N>(sum + size_t(i) * N, load<N>(x + size_t(i) * N), true);
    }
}

KERNEL add(Value* sum, const Value* x, int count) {
    BY_PACKS(count, add_values, sum, x, count)
}

template <int N> __device__ void silu_values(const Value* x, Value* out, int count) {
    EACH(i, count / N) {
        Pack<N> pack = load<N>(x + size_t(i) * N);
        for (int j = 0; j < N; j++) {
            pack.values[j] = from_float<Value>(silu_of(to_float(pack.values[j])));
        }
        store<N>(out + size_t(i) * N, pack);
    }
}

KERNEL silu(const Value* x, Value* out, int count) {
    BY_PACKS(count, silu_values, x, out, count)
}

template <int N>
__device__ void silu_gradients(const Value* x, const Value* gradient, Value* sum, int count, int add) {
    EACH(i, count / N) {
        Pack<N> at = load<N>(x + size_t(i) * N), of = load<N>(gradient + size_t(i) * N), before;
        if (add) {
            before = load<N>(sum + size_t(i) * N);
        }
        for (int j = 0; j < N; j++) {
            float value = to_float(of.values[j]) * silu_slope(to_float(at.values[j]));
            of.values[j] = from_float<Value>(add ? to_float(before.values[j]) + value : value);
        }
        store<N>(sum + size_t(i) * N, of);
    }
}

KERNEL silu_gradient(const Value* x, const Value* gradient, Value* sum, int count, int add) {
    BY_PACKS(count, silu_gradients, x, gradient, sum, count, add)
}

// Sums of columns over a part of the rows for each block: `partial` is `(parts, columns)`. 256 threads, 8 rows of 32.
template <int N> __device__ void sum_columns(const Value* x, float* partial, int rows, int columns, int parts, float* shared) {
    int tiles = (columns + 32 * N - 1) / (32 * N);
    int tile = blockIdx.x % tiles, part = blockIdx.x / tiles;
    int lane = threadIdx.x % 32, line = threadIdx.x / 32;
    int column = (tile * 32 + lane) * N;
    float sum[N];
    for (int j = 0; j < N; j++) {
        sum[j] = 0.0f;
    }
    if (column < columns) {
        for (int row = part * 8 + line; row < rows; row += parts * 8) {
            Pack<N> pack = load<N>(x + size_t(row) * columns + column);
            for (int j = 0; j < N; j++) {
                sum[j] += to_float(pack.values[j]);
            }
        }
    }
    for (int j = 0; j < N; j++) {
        shared[(line * N + j) * 32 + lane] = sum[j];
    }
    __syncthreads();
    if (line == 0 && column < columns) {
        for (int j = 0; j < N; j++) {
            float total = 0.0f;
            for (int other = 0; other < 8; other++) {
                total += shared[(other * N + j) * 32 + lane];
            }
            partial[part * columns + column + j] = total;
        }
    }
}

KERNEL column_sums(const Value* x, float* partial, int rows, int columns, int parts) {
    DYNAMIC_SHARED(float, shared);
    BY_PACKS(columns, sum_columns, x, partial, rows, columns, parts, shared)
}

// The sum of the parts.
KERNEL sum_parts(const float* partial, float* out, int columns, int parts) {
    EACH(column, columns) {
        float sum = 0.0f;
        for (int part = 0; part < parts; part++) {
            sum += partial[part * columns + column];
        }
        out[column] = sum;
    }
}

// `x + gate branch`, with a gate for each column of an example; without x, `gate branch`.
template <int N>
__device__ void gate_packs(const Value* x, const Value* branch, const Value* gate, int gate_row, Value* out, int positions,
                           int width, int count) {
    int packs = width / N;
    EACH(i, count / N) {
        int column = i % packs * N;
        const Value* gates = gate + size_t(i / packs / positions) * gate_row + column;
        Pack<N> value = load<N>(branch + size_t(i) * N), before;
        if (x) {
            before = load<N>(x + size_t(i) * N);
        }
        for (int j = 0; j < N; j++) {
            float result = to_float(gates[j]) * to_float(value.values[j]);
            value.values[j] = from_float<Value>(x ? to_float(before.values[j]) + result : result);
        }
        store<N>(out + size_t(i) * N, value);
    }
}

KERNEL gated_sum(const Value* x, const Value* branch, const Value* gate, int gate_row, Value* out, int positions, int width,
                 int count) {
    BY_PACKS(width, gate_packs, x, branch, gate, gate_row, out, positions, width, count)
}

// Adds the gradient of the gates: the sum over positions of gradient times branch.
KERNEL gate_gradient(const Value* branch, const Value* gradient, Value* gate, int gate_row, int positions, int width,
                     int examples) {
    EACH(i, examples * width) {
        unsigned example = i / width, column = i % width;
        float sum = 0.0f;
        for (int position = 0; position < positions; position++) {
            size_t at = (size_t(example) * positions + position) * width + column;
            sum += to_float(branch[at]) * to_float(gradient[at]);
        }
        Value* to = gate + size_t(example) * gate_row + column;
        *to = from_float<Value>(to_float(*to) + sum);
    }
}
