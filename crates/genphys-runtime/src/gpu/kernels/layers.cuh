// Layers of networks, forward and backward, for activations of the type `Value`.
//
// Activations are matrices, row by row: the positions of all examples times columns. Sums are formed in a fixed order, so
// results are the same every time. Memory is moved 16 bytes at a time where sizes allow it.

// Values in 16 bytes.
constexpr int PACK = 16 / sizeof(Value);

template <int N> struct alignas(N * sizeof(Value)) Pack {
    Value values[N];
};

template <int N> __device__ Pack<N> load(const Value* from) {
    return *reinterpret_cast<const Pack<N>*>(from);
}

template <int N> __device__ void store(Value* to, Pack<N> pack) {
    *reinterpret_cast<Pack<N>*>(to) = pack;
}

// All threads together go through the numbers below `count`.
#define EACH(i, count) \
    for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(count); i += gridDim.x * blockDim.x)

// Calls a template for as many values at a time as divide `width`.
#define BY_PACKS(width, function, ...) \
    if ((width) % PACK == 0) { \
        function<PACK>(__VA_ARGS__); \
    } else { \
        function<1>(__VA_ARGS__); \
    }

__device__ float silu_of(float x) {
    return x / (1.0f + expf(-x));
}

__device__ float silu_slope(float x) {
    float share = 1.0f / (1.0f + expf(-x));
    return share * (1.0f + x * (1.0f - share));
}

__device__ float over_warp(float value) {
    for (int distance = 16; distance > 0; distance /= 2) {
        value += __shfl_xor_sync(0xffffffffu, value, distance);
    }
    return value;
}

__device__ float largest_of_warp(float value) {
    for (int distance = 16; distance > 0; distance /= 2) {
        value = fmaxf(value, __shfl_xor_sync(0xffffffffu, value, distance));
    }
    return value;
}

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
        Value* to = out + size_t(row) * out_width + out_first + column;
        if (add) {
            Pack<N> before = load<N>(to);
            for (int j = 0; j < N; j++) {
                pack.values[j] = from_float<Value>(to_float(before.values[j]) + to_float(pack.values[j]));
            }
        }
        store<N>(to, pack);
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
        Pack<N> a = load<N>(sum + size_t(i) * N), b = load<N>(x + size_t(i) * N);
        for (int j = 0; j < N; j++) {
            a.values[j] = from_float<Value>(to_float(a.values[j]) + to_float(b.values[j]));
        }
        store<N>(sum + size_t(i) * N, a);
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

// Added to variances.
constexpr float EPSILON = 1e-5f;

// Mean and inverse deviation of a row, by a warp.
template <int N> __device__ void statistics_of_row(const Value* row, int width, float& mean, float& inverse) {
    int lane = threadIdx.x % 32;
    float sum = 0.0f;
    for (int column = lane * N; column < width; column += 32 * N) {
        Pack<N> pack = load<N>(row + column);
        for (int j = 0; j < N; j++) {
            sum += to_float(pack.values[j]);
        }
    }
    mean = over_warp(sum) / width;
    sum = 0.0f;
    for (int column = lane * N; column < width; column += 32 * N) {
        Pack<N> pack = load<N>(row + column);
        for (int j = 0; j < N; j++) {
            float distance = to_float(pack.values[j]) - mean;
            sum += distance * distance;
        }
    }
    inverse = 1.0f / sqrtf(over_warp(sum) / width + EPSILON);
}

template <int N>
__device__ void norm_rows(const Value* x, const Value* scale, int scale_row, const Value* shift, int shift_row, Value* out,
                          int positions, int width, int rows) {
    int lane = threadIdx.x % 32, warps = gridDim.x * (blockDim.x / 32);
    for (int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32; row < rows; row += warps) {
        const Value* from = x + size_t(row) * width;
        const Value* scales = scale + size_t(row / positions) * scale_row;
        const Value* shifts = shift + size_t(row / positions) * shift_row;
        float mean, inverse;
        statistics_of_row<N>(from, width, mean, inverse);
        for (int column = lane * N; column < width; column += 32 * N) {
            Pack<N> pack = load<N>(from + column);
            for (int j = 0; j < N; j++) {
                float normal = (to_float(pack.values[j]) - mean) * inverse;
                normal = normal * (1.0f + to_float(scales[column + j])) + to_float(shifts[column + j]);
                pack.values[j] = from_float<Value>(normal);
            }
            store<N>(out + size_t(row) * width + column, pack);
        }
    }
}

// Rows brought to mean 0 and variance 1, scaled and shifted. A warp for each row.
KERNEL row_norm(const Value* x, const Value* scale, int scale_row, const Value* shift, int shift_row, Value* out, int positions,
            int width, int rows) {
    BY_PACKS(width, norm_rows, x, scale, scale_row, shift, shift_row, out, positions, width, rows)
}

template <int N>
__device__ void norm_gradients(const Value* x, const Value* scale, int scale_row, const Value* gradient, Value* sum,
                               float* statistics, int positions, int width, int rows, int add) {
    int lane = threadIdx.x % 32, warps = gridDim.x * (blockDim.x / 32);
    for (int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32; row < rows; row += warps) {
        const Value* from = x + size_t(row) * width;
        const Value* of = gradient + size_t(row) * width;
        const Value* scales = scale + size_t(row / positions) * scale_row;
        float mean, inverse;
        statistics_of_row<N>(from, width, mean, inverse);
        if (lane == 0) {
            statistics[2 * row] = mean;
            statistics[2 * row + 1] = inverse;
        }
        // h = gradient (1 + scale) and h n.
        float all = 0.0f, along = 0.0f;
        for (int column = lane * N; column < width; column += 32 * N) {
            Pack<N> at = load<N>(from + column), g = load<N>(of + column);
            for (int j = 0; j < N; j++) {
                float h = to_float(g.values[j]) * (1.0f + to_float(scales[column + j]));
                all += h;
                along += h * (to_float(at.values[j]) - mean) * inverse;
            }
        }
        all = over_warp(all) / width;
        along = over_warp(along) / width;
        if (!sum) {
            continue;
        }
        for (int column = lane * N; column < width; column += 32 * N) {
            Pack<N> at = load<N>(from + column), g = load<N>(of + column), before;
            if (add) {
                before = load<N>(sum + size_t(row) * width + column);
            }
            for (int j = 0; j < N; j++) {
                float h = to_float(g.values[j]) * (1.0f + to_float(scales[column + j]));
                float normal = (to_float(at.values[j]) - mean) * inverse;
                float value = (h - all - normal * along) * inverse;
                g.values[j] = from_float<Value>(add ? to_float(before.values[j]) + value : value);
            }
            store<N>(sum + size_t(row) * width + column, g);
        }
    }
}

// The gradient of x, if `sum` is given, and mean and inverse deviation of every row.
KERNEL norm_gradient(const Value* x, const Value* scale, int scale_row, const Value* gradient, Value* sum, float* statistics,
                     int positions, int width, int rows, int add) {
    BY_PACKS(width, norm_gradients, x, scale, scale_row, gradient, sum, statistics, positions, width, rows, add)
}

// Adds the gradients of scale and shift, those that are given.
KERNEL norm_modulation_gradient(const Value* x, const float* statistics, const Value* gradient, Value* scale, int scale_row,
                                Value* shift, int shift_row, int positions, int width, int examples) {
    EACH(i, examples * width) {
        unsigned example = i / width, column = i % width;
        float product = 0.0f, all = 0.0f;
        for (int position = 0; position < positions; position++) {
            size_t row = size_t(example) * positions + position;
            float g = to_float(gradient[row * width + column]);
            all += g;
            product += g * (to_float(x[row * width + column]) - statistics[2 * row]) * statistics[2 * row + 1];
        }
        if (scale) {
            Value* to = scale + size_t(example) * scale_row + column;
            *to = from_float<Value>(to_float(*to) + product);
        }
        if (shift) {
            Value* to = shift + size_t(example) * shift_row + column;
            *to = from_float<Value>(to_float(*to) + all);
        }
    }
}

// How a block goes through an image: `lanes` threads beside each other take N columns each, `lines` such rows at a time.
template <int N> struct Walk {
    int lanes, lines, lane, line;

    __device__ explicit Walk(int width) {
        lanes = width / N < int(blockDim.x) ? width / N : int(blockDim.x);
        lines = blockDim.x / lanes;
        lane = threadIdx.x % lanes;
        line = threadIdx.x / lanes;
    }

    __device__ bool takes(int column, int width) const {
        return line < lines && column < width;
    }
};

// Puts two sums of every column, over the block, into `columns` and `columns + width`. All threads call it for the same
// `first` column of a tile; `partial` has room for 2 N values per thread.
template <int N>
__device__ void sum_over_lines(const Walk<N>& walk, const float (&a)[N], const float (&b)[N], int first, int width,
                               float* partial, float* columns) {
    float* other = partial + N * blockDim.x;
    if (walk.line < walk.lines) {
        for (int j = 0; j < N; j++) {
            partial[(walk.line * walk.lanes + walk.lane) * N + j] = a[j];
            other[(walk.line * walk.lanes + walk.lane) * N + j] = b[j];
        }
    }
    __syncthreads();
    for (int k = threadIdx.x; k < walk.lanes * N && first + k < width; k += blockDim.x) {
        float of_a = 0.0f, of_b = 0.0f;
        for (int line = 0; line < walk.lines; line++) {
            of_a += partial[line * walk.lanes * N + k];
            of_b += other[line * walk.lanes * N + k];
        }
        columns[first + k] = of_a;
        columns[width + first + k] = of_b;
    }
    __syncthreads();
}

template <int N>
__device__ void group_norm_image(const Value* x, const Value* scale, int scale_row, const Value* shift, int shift_row,
                                 Value* out, float* statistics, int positions, int width, int groups, float* shared) {
    int example = blockIdx.x, size = width / groups;
    const Value* image = x + size_t(example) * positions * width;
    Walk<N> walk(width);
    float* partial = shared;
    float* columns = partial + 2 * N * blockDim.x;
    float* of_groups = columns + 2 * width;
    for (int first = 0; first < width; first += walk.lanes * N) {
        int column = first + walk.lane * N;
        float sum[N], square[N];
        for (int j = 0; j < N; j++) {
            sum[j] = square[j] = 0.0f;
        }
        if (walk.takes(column, width)) {
            for (int position = walk.line; position < positions; position += walk.lines) {
                Pack<N> pack = load<N>(image + size_t(position) * width + column);
                for (int j = 0; j < N; j++) {
                    float value = to_float(pack.values[j]);
                    sum[j] += value;
                    square[j] += value * value;
                }
            }
        }
        sum_over_lines<N>(walk, sum, square, first, width, partial, columns);
    }
    for (int group = threadIdx.x; group < groups; group += blockDim.x) {
        float sum = 0.0f, square = 0.0f;
        for (int column = group * size; column < (group + 1) * size; column++) {
            sum += columns[column];
            square += columns[width + column];
        }
        float count = float(positions) * size;
        float mean = sum / count;
        float inverse = 1.0f / sqrtf(fmaxf(square / count - mean * mean, 0.0f) + EPSILON);
        of_groups[2 * group] = statistics[2 * (example * groups + group)] = mean;
        of_groups[2 * group + 1] = statistics[2 * (example * groups + group) + 1] = inverse;
    }
    __syncthreads();
    for (int first = 0; first < width; first += walk.lanes * N) {
        int column = first + walk.lane * N;
        if (!walk.takes(column, width)) {
            continue;
        }
        float factor[N], term[N];
        for (int j = 0; j < N; j++) {
            const float* of_group = of_groups + 2 * ((column + j) / size);
            factor[j] = of_group[1] * (1.0f + to_float(scale[size_t(example) * scale_row + column + j]));
            term[j] = to_float(shift[size_t(example) * shift_row + column + j]) - of_group[0] * factor[j];
        }
        for (int position = walk.line; position < positions; position += walk.lines) {
            Pack<N> pack = load<N>(image + size_t(position) * width + column);
            for (int j = 0; j < N; j++) {
                pack.values[j] = from_float<Value>(silu_of(to_float(pack.values[j]) * factor[j] + term[j]));
            }
            store<N>(out + (size_t(example) * positions + position) * width + column, pack);
        }
    }
}

// `silu(n (1 + scale) + shift)` with n the values of an image brought to mean 0 and variance 1 in groups of columns; keeps
// mean and inverse deviation, `(examples, groups, 2)`. A block for each image.
KERNEL group_norm(const Value* x, const Value* scale, int scale_row, const Value* shift, int shift_row, Value* out,
                  float* statistics, int positions, int width, int groups) {
    DYNAMIC_SHARED(float, shared);
    BY_PACKS(width, group_norm_image, x, scale, scale_row, shift, shift_row, out, statistics, positions, width, groups,
             shared)
}

template <int N>
__device__ void group_norm_gradients(const Value* x, const Value* scale, int scale_row, const Value* shift, int shift_row,
                                     const float* statistics, const Value* gradient, Value* sum, Value* of_scale,
                                     int of_scale_row, Value* of_shift, int of_shift_row, int positions, int width,
                                     int groups, int add, float* shared) {
    int example = blockIdx.x, size = width / groups;
    size_t start = size_t(example) * positions * width;
    const float* of_groups = statistics + 2 * example * groups;
    Walk<N> walk(width);
    float* partial = shared;
    float* columns = partial + 2 * N * blockDim.x;
    float* means = columns + 2 * width;
    float factor[N], term[N], mean[N];
    auto prepare = [&](int column) {
        for (int j = 0; j < N; j++) {
            const float* of_group = of_groups + 2 * ((column + j) / size);
            mean[j] = of_group[0];
            factor[j] = of_group[1] * (1.0f + to_float(scale[size_t(example) * scale_row + column + j]));
            term[j] = to_float(shift[size_t(example) * shift_row + column + j]) - mean[j] * factor[j];
        }
    };
    for (int first = 0; first < width; first += walk.lanes * N) {
        int column = first + walk.lane * N;
        float product[N], all[N];
        for (int j = 0; j < N; j++) {
            product[j] = all[j] = 0.0f;
        }
        if (walk.takes(column, width)) {
            prepare(column);
            for (int position = walk.line; position < positions; position += walk.lines) {
                size_t at = start + size_t(position) * width + column;
                Pack<N> value = load<N>(x + at), g = load<N>(gradient + at);
                for (int j = 0; j < N; j++) {
                    float v = to_float(value.values[j]);
                    float h = to_float(g.values[j]) * silu_slope(v * factor[j] + term[j]);
                    product[j] += h * (v - mean[j]);
                    all[j] += h;
                }
            }
        }
        sum_over_lines<N>(walk, product, all, first, width, partial, columns);
    }
    for (int column = threadIdx.x; column < width; column += blockDim.x) {
        if (of_scale) {
            Value* to = of_scale + size_t(example) * of_scale_row + column;
            *to = from_float<Value>(to_float(*to) + columns[column] * of_groups[2 * (column / size) + 1]);
        }
    }
    // Where scale and shift are columns of one activation, each value still has one thread that adds to it at a time.
    __syncthreads();
    for (int column = threadIdx.x; column < width; column += blockDim.x) {
        if (of_shift) {
            Value* to = of_shift + size_t(example) * of_shift_row + column;
            *to = from_float<Value>(to_float(*to) + columns[width + column]);
        }
    }
    for (int group = threadIdx.x; group < groups; group += blockDim.x) {
        float product = 0.0f, all = 0.0f;
        for (int column = group * size; column < (group + 1) * size; column++) {
            float factor_of = 1.0f + to_float(scale[size_t(example) * scale_row + column]);
            product += columns[column] * factor_of;
            all += columns[width + column] * factor_of;
        }
        float count = float(positions) * size, inverse = of_groups[2 * group + 1];
        float a = product / count * inverse * inverse * inverse;
        means[2 * group] = a;
        means[2 * group + 1] = all / count * inverse - of_groups[2 * group] * a;
    }
    __syncthreads();
    for (int first = 0; sum && first < width; first += walk.lanes * N) {
        int column = first + walk.lane * N;
        if (!walk.takes(column, width)) {
            continue;
        }
        prepare(column);
        for (int position = walk.line; position < positions; position += walk.lines) {
            size_t at = start + size_t(position) * width + column;
            Pack<N> value = load<N>(x + at), g = load<N>(gradient + at), before;
            if (add) {
                before = load<N>(sum + at);
            }
            for (int j = 0; j < N; j++) {
                const float* of_group = means + 2 * ((column + j) / size);
                float v = to_float(value.values[j]);
                float h = to_float(g.values[j]) * silu_slope(v * factor[j] + term[j]);
                float result = h * factor[j] - (v * of_group[0] + of_group[1]);
                g.values[j] = from_float<Value>(add ? to_float(before.values[j]) + result : result);
            }
            store<N>(sum + at, g);
        }
    }
}

// The gradient of x into or onto `sum`, those of scale and shift onto what is there; those that are given.
KERNEL group_norm_gradient(const Value* x, const Value* scale, int scale_row, const Value* shift, int shift_row,
                           const float* statistics, const Value* gradient, Value* sum, Value* of_scale, int of_scale_row,
                           Value* of_shift, int of_shift_row, int positions, int width, int groups, int add) {
    DYNAMIC_SHARED(float, shared);
    BY_PACKS(width, group_norm_gradients, x, scale, scale_row, shift, shift_row, statistics, gradient, sum, of_scale,
             of_scale_row, of_shift, of_shift_row, positions, width, groups, add, shared)
}

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
