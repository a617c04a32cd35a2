// Columns between matrices, inputs, outputs and parameters.

// Columns of a matrix of floats, `count` rows; `add` says whether to add to `out`.
KERNEL take_columns(const float* x, int x_width, int first, Value* out, int width, int count, int add) {
    EACH(i, count * width) {
        float value = x[i / width * x_width + first + i % width];
        out[i] = from_float<Value>(add ? to_float(out[i]) + value : value);
    }
}

// The reverse of `take_columns`; without values, zeros.
KERNEL put_columns(const Value* x, int width, float* out, int out_width, int first, int count) {
    EACH(i, count * width) {
        out[i / width * out_width + first + i % width] = x ? to_float(x[i]) : 0.0f;
    }
}

template <int N>
__device__ void copy_packs(const Value* x, int x_width, int x_first, Value* out, int out_width, int out_first, int width,
                           int count, int add) {
    int packs = width / N;
    EACH(i, count * packs) {
        unsigned row = i / packs, column = i % packs * N;
        Pack<N> pack = load<N>(x + size_t(row) * x_width + x_first + column);
        put<N>(out + size_t(row) * out_width + out_first + column, pack, add);
    }
}

// Columns of one activation to columns of another, for `count` rows.
KERNEL copy_columns(const Value* x, int x_width, int x_first, Value* out, int out_width, int out_first, int width,
                    int count, int add) {
    // A number that `PACK` divides only if it divides all of them.
    int all = x_width | x_first | out_width | out_first | width;
    BY_PACKS(all, copy_packs, x, x_width, x_first, out, out_width, out_first, width, count, add)
}

// The parameters from their vector, each to its place in `out`, those with `columns` transposed: `(rows, columns)` becomes
// `(columns, rows)`. `starts` has one more than there are parameters.
KERNEL place(const float* vector, Value* out, const int* starts, const int* places, const int* columns, int parameters) {
    EACH(i, starts[parameters]) {
        int low = 0, high = parameters;
        while (high - low > 1) {
            int middle = (low + high) / 2;
            if (starts[middle] <= int(i)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        int at = i - starts[low], width = columns[low];
        if (width > 0) {
            int rows = (starts[low + 1] - starts[low]) / width;
            at = at % width * rows + at / width;
        }
        out[places[low] + at] = from_float<Value>(vector[i]);
    }
}

// `(columns, rows)` to `(rows, columns)`.
KERNEL transpose(const Value* x, float* out, int rows, int columns) {
    EACH(i, rows * columns) {
        out[i] = to_float(x[i % columns * rows + i / columns]);
    }
}
