// Kernels of the exact field: posterior means over all data points.
//
// Where there are few dimensions, a block goes through the points for its query. Where there are many, rows of points and
// queries are centred, and have `stride` values, a multiple of 4, zeros behind the first `dim`; distances and sums are
// matrix products. Blocks have 256 threads. Sums are formed in a fixed order, so results are the same every time.

// Dimensions up to which distances are formed point by point.
constexpr int NEAR = 8;
// Weights up to this, relative to the largest, do not count where few do.
constexpr float NEGLIGIBLE = 1e-9f;
// Warps of a block.
constexpr int WARPS = 8;

// Values that are moved together.
struct alignas(16) Four {
    float values[4];
};

__device__ inline Four load(const float* from) { return *reinterpret_cast<const Four*>(from); }

__device__ inline void store(float* to, Four four) { *reinterpret_cast<Four*>(to) = four; }

struct Sum {
    template <typename T> __device__ T operator()(T a, T b) const { return a + b; }
};

struct Least {
    __device__ float operator()(float a, float b) const { return fminf(a, b); }
};

// A result over the block, the same one in all its threads.
template <typename T, typename F> __device__ T over_block(T value, F both) {
    SHARED(T, of_warps, WARPS);
    for (int distance = 16; distance > 0; distance /= 2) {
        value = both(value, __shfl_xor_sync(0xffffffffu, value, distance));
    }
    // What the last call left there has been read.
    __syncthreads();
    if (threadIdx.x % 32 == 0) {
        of_warps[threadIdx.x / 32] = value;
    }
    __syncthreads();
    value = of_warps[0];
    for (int warp = 1; warp < WARPS; warp++) {
        value = both(value, of_warps[warp]);
    }
    return value;
}

// Weights as functions of the squared distance, relative to the nearest point's: told by how much more the squared distance
// is, so that what both have in common does not round it. `scale` is the query's `rate` or `1/scale^2`.

// `exp(-rate r^2)`.
struct Gaussian {
    float rate;

    __device__ float operator()(float more) const { return expf(-rate * more); }
};

// `(1 + r^2/scale^2)^-exponent`.
struct Power {
    float exponent, rate;

    __device__ Power(float exponent, float scale, float nearest)
        : exponent(exponent), rate(scale / (1.0f + nearest * scale)) {}

    __device__ float operator()(float more) const { return expf(-exponent * log1pf(rate * more)); }
};

// Logarithms at equal steps of `ln(1 + r^2/scale^2)`, between them straight lines.
struct Table {
    const float* values;
    float last, per_step, scale, nearest, top;

    __device__ Table(const float* values, int nodes, float per_step, float scale, float nearest)
        : values(values), last(float(nodes - 2)), per_step(per_step), scale(scale), nearest(nearest) {
        top = logarithm(nearest);
    }

    __device__ float logarithm(float square) const {
        float place = log1pf(square * scale) * per_step, step = floorf(fminf(place, last));
        float low = values[int(step)], high = values[int(step) + 1];
        return low + (place - step) * (high - low);
    }

    __device__ float operator()(float more) const { return expf(logarithm(nearest + more) - top); }
};

// Calls a template with the law of a query's weights.
#define BY_LAW(function, ...)                                                  \
    if (law == 0) {                                                            \
        function(Gaussian{scale}, __VA_ARGS__);                                \
    } else if (law == 1) {                                                     \
        function(Power(exponent, scale, nearest), __VA_ARGS__);                \
    } else {                                                                   \
        function(Table(table, nodes, per_step, scale, nearest), __VA_ARGS__);  \
    }

// Of a query with coordinates from `x` on and a point with coordinates `row` values apart.
__device__ inline float square_distance(const float (&x)[NEAR], const float* point, int row, int dim) {
    float sum = 0.0f;
    for (int i = 0; i < NEAR; i++) {
        if (i < dim) {
            float difference = x[i] - point[size_t(i) * row];
            sum += difference * difference;
        }
    }
    return sum;
}

template <typename Law>
__device__ void near_mean(const Law& law, const float (&x)[NEAR], float least, const float* points, const float* mean,
                          float* out, int count, int dim) {
    float total = 0.0f, sums[NEAR] = {};
    for (int point = threadIdx.x; point < count; point += blockDim.x) {
        float weight = law(square_distance(x, points + point, count, dim) - least);
        total += weight;
        for (int i = 0; i < NEAR; i++) {
            if (i < dim) {
                sums[i] += weight * points[size_t(i) * count + point];
            }
        }
    }
    total = over_block(total, Sum());
    for (int i = 0; i < NEAR; i++) {
        if (i < dim) {
            float sum = over_block(sums[i], Sum());
            if (threadIdx.x == 0) {
                out[i] = mean[i] + sum / total;
            }
        }
    }
}

// Posterior means in up to 8 dimensions: a block for each query. `points` is `(dim, count)`.
KERNEL near_means(const float* x, const float* scales, const float* points, const float* mean, float* out, int count, int dim,
                  int law, float exponent, const float* table, int nodes, float per_step) {
    float query[NEAR], least = INFINITY;
    for (int i = 0; i < NEAR; i++) {
        query[i] = i < dim ? x[size_t(blockIdx.x) * dim + i] - mean[i] : 0.0f;
    }
    for (int point = threadIdx.x; point < count; point += blockDim.x) {
        least = fminf(least, square_distance(query, points + point, count, dim));
    }
    const float nearest = over_block(least, Least()), scale = scales[blockIdx.x];
    BY_LAW(near_mean, query, nearest, points, mean, out + size_t(blockIdx.x) * dim, count, dim)
}

// The queries that `order` names less the mean of the data, and their squared norms: a block for each.
KERNEL centre(const float* x, const int* order, const float* mean, float* out, float* squares, int dim, int stride) {
    const float* from = x + size_t(order[blockIdx.x]) * dim;
    float* to = out + size_t(blockIdx.x) * stride;
    float sum = 0.0f;
    for (int column = threadIdx.x; column < stride; column += blockDim.x) {
        float value = column < dim ? from[column] - mean[column] : 0.0f;
        to[column] = value;
        sum += value * value;
    }
    sum = over_block(sum, Sum());
    if (threadIdx.x == 0) {
        squares[blockIdx.x] = sum;
    }
}

template <typename Law>
__device__ void weigh(const Law& law, float* pairs, float least, const float* norms, int count, float* total, int* counting) {
    float sum = 0.0f;
    int many = 0;
    for (int column = 4 * threadIdx.x; column < count; column += 4 * blockDim.x) {
        Four pair = load(pairs + column), norm = load(norms + column);
        for (int j = 0; j < 4; j++) {
            float weight = column + j < count ? law((norm.values[j] + pair.values[j]) - least) : 0.0f;
            pair.values[j] = weight;
            sum += weight;
            many += weight > NEGLIGIBLE;
        }
        store(pairs + column, pair);
    }
    sum = over_block(sum, Sum());
    many = over_block(many, Sum());
    if (threadIdx.x == 0) {
        *total = sum;
        *counting = many;
    }
}

// Turns `-2 x.y` into weights relative to the largest of the query, a block for each query: also their sums, and how many
// of them count. `norms` are `|y|^2`, `squares` `|x|^2`; rows have `row` values, a multiple of 4, zeros behind the points'.
KERNEL weights(float* pairs, const float* norms, const float* squares, const float* scales, float* totals, int* counting,
               int count, int row, int law, float exponent, const float* table, int nodes, float per_step) {
    float* own = pairs + size_t(blockIdx.x) * row;
    float least = INFINITY;
    for (int column = 4 * threadIdx.x; column < count; column += 4 * blockDim.x) {
        Four pair = load(own + column), norm = load(norms + column);
        for (int j = 0; j < 4; j++) {
            if (column + j < count) {
                least = fminf(least, norm.values[j] + pair.values[j]);
            }
        }
    }
    // Weights fall with the distance.
    least = over_block(least, Least());
    const float nearest = fmaxf(squares[blockIdx.x] + least, 0.0f), scale = scales[blockIdx.x];
    BY_LAW(weigh, own, least, norms, count, totals + blockIdx.x, counting + blockIdx.x)
}

// Posterior means of queries of which few weights count: a block for each query and 1024 columns.
KERNEL sum_few(const float* weights, const float* points, const float* totals, const int* order, const float* mean, float* out,
               int count, int row, int dim, int stride) {
    constexpr int TILE = 4 * 32 * WARPS;
    SHARED(Four, tile, 32 * WARPS);
    SHARED(float, largest_of_warps, WARPS);
    const int parts = (dim + TILE - 1) / TILE, query = blockIdx.x / parts;
    const int column = blockIdx.x % parts * TILE + 4 * threadIdx.x;
    const float* own = weights + size_t(query) * row;
    Four sum = {};
    for (int start = 0; start < count; start += TILE) {
        Four four = {};
        if (start + 4 * int(threadIdx.x) < count) {
            four = load(own + start + 4 * threadIdx.x);
        }
        float largest = fmaxf(fmaxf(four.values[0], four.values[1]), fmaxf(four.values[2], four.values[3]));
        for (int distance = 16; distance > 0; distance /= 2) {
            largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, distance));
        }
        // What the last turn left there has been read.
        __syncthreads();
        tile[threadIdx.x] = four;
        if (threadIdx.x % 32 == 0) {
            largest_of_warps[threadIdx.x / 32] = largest;
        }
        __syncthreads();
        for (int warp = 0; warp < WARPS; warp++) {
            if (!(largest_of_warps[warp] > NEGLIGIBLE)) {
                continue;
            }
            for (int i = 32 * warp; i < 32 * (warp + 1); i++) {
                four = tile[i];
                for (int j = 0; j < 4; j++) {
                    if (four.values[j] > NEGLIGIBLE && column < stride) {
                        Four point = load(points + size_t(start + 4 * i + j) * stride + column);
                        for (int k = 0; k < 4; k++) {
                            sum.values[k] += four.values[j] * point.values[k];
                        }
                    }
                }
            }
        }
    }
    for (int k = 0; k < 4; k++) {
        if (column + k < dim) {
            out[size_t(order[query]) * dim + column + k] = mean[column + k] + sum.values[k] / totals[query];
        }
    }
}

// Posterior means from weighted sums of centred points; `count` values in all.
KERNEL finish(const float* sums, const float* totals, const int* order, const float* mean, float* out, int count, int dim,
              int stride) {
    for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(count); i += gridDim.x * blockDim.x) {
        unsigned query = i / dim, column = i % dim;
        out[size_t(order[query]) * dim + column] = mean[column] + sums[size_t(query) * stride + column] / totals[query];
    }
}
