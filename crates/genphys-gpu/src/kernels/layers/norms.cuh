// Layer normalisation of rows, and group normalisation of images.

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
