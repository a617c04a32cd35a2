// Kernels of the optimiser, of averages and of random numbers.
//
// `failure` is zero as long as every gradient was finite, and the number of the first step whose gradient was not, counted
// from one: from then on nothing changes, so that the host need not look after every step.

// The sum over all threads of a block of 256, for its first thread: always in the same order.
__device__ inline float sum_over_block(float value) {
    SHARED(float, values, 256);
    values[threadIdx.x] = value;
    for (unsigned half = 128; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) values[threadIdx.x] += values[threadIdx.x + half];
    }
    return values[0];
}

// The sum of squares of what each block takes of x.
KERNEL sum_squares(float* sums, const float* x, int count) {
    float sum = 0.0f;
    for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(count); i += gridDim.x * blockDim.x) {
        sum += x[i] * x[i];
    }
    sum = sum_over_block(sum);
    if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

// The norm of the gradient of step number `step`, the root of all sums of squares. One block.
KERNEL gradient_norm(float* norm, unsigned* failure, const float* sums, int count, unsigned step) {
    float sum = 0.0f;
    for (unsigned i = threadIdx.x; i < unsigned(count); i += blockDim.x) sum += sums[i];
    sum = sum_over_block(sum);
    if (threadIdx.x == 0) {
        *norm = sqrtf(sum);
        // Also where the sum is not a number.
        if (!(sum <= 3.402823466e38f) && *failure == 0) *failure = step;
    }
}

// Adam (arXiv 1412.6980, algorithm 1) with the gradient shortened to `clip_norm`, and bias corrections in `rate` and `epsilon`.
// `fresh1` and `fresh2` are 1 - decay.
KERNEL adam(float* parameter, float* first, float* second, const float* gradient, const float* norm,
            const unsigned* failure, float clip_norm, float decay1, float fresh1, float decay2, float fresh2,
            float rate, float epsilon, int count) {
    if (*failure != 0) return;
    const float scale = *norm > clip_norm ? clip_norm / *norm : 1.0f;
    for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(count); i += gridDim.x * blockDim.x) {
        const float g = gradient[i] * scale;
        const float m = decay1 * first[i] + fresh1 * g, v = decay2 * second[i] + fresh2 * (g * g);
        first[i] = m;
        second[i] = v;
        parameter[i] -= rate * m / (sqrtf(v) + epsilon);
    }
}

// A moving average: target += weight (source - target).
KERNEL blend(float* target, const float* source, const unsigned* failure, float weight, int count) {
    if (*failure != 0) return;
    for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(count); i += gridDim.x * blockDim.x) {
        target[i] += weight * (source[i] - target[i]);
    }
}

// 128 random bits for a counter: Philox 4x32 with 10 rounds (Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC11).
__device__ inline uint4 philox(uint4 counter, unsigned key0, unsigned key1) {
    for (int round = 0; round < 10; round++) {
        const unsigned high0 = __umulhi(0xD2511F53u, counter.x), low0 = 0xD2511F53u * counter.x;
        const unsigned high1 = __umulhi(0xCD9E8D57u, counter.z), low1 = 0xCD9E8D57u * counter.z;
        counter = make_uint4(high1 ^ counter.y ^ key0, low1, high0 ^ counter.w ^ key1, low0);
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return counter;
}

// Two standard normal numbers of 64 random bits, by the method of Box and Muller: radius sqrt(-2 ln u), u = (radius + 1/2)/2^32,
// and an angle.
__device__ inline float2 normal_pair(unsigned radius, unsigned angle) {
    const bool upper = radius >> 31;
    // From the nearer end of the interval from 0 to 1, where all 32 bits count.
    const float distance = (float(upper ? ~radius : radius) + 0.5f) * (1.0f / 4294967296.0f);
    const float length = sqrtf(-2.0f * (upper ? log1pf(-distance) : logf(distance)));
    float sine, cosine;
    sincosf(float(int(angle)) * (3.14159265358979f / 2147483648.0f), &sine, &cosine);
    return make_float2(length * cosine, length * sine);
}

// Draws a batch and perturbs it: y = the row of the data that `rows` names for each example, x = y + scale n with standard normal
// numbers n. The highest bit of a row's number says that it is mirrored: every line of `width` values is reversed.
KERNEL perturb(float* y, float* x, const float* data, const unsigned* rows, const float* scales, int examples, int dim,
               int width, unsigned key0, unsigned key1, unsigned stream0, unsigned stream1) {
    const unsigned count = unsigned(examples) * unsigned(dim);
    for (unsigned group = blockIdx.x * blockDim.x + threadIdx.x; group < (count + 3) / 4;
         group += gridDim.x * blockDim.x) {
        const uint4 bits = philox(make_uint4(group, 0, stream0, stream1), key0, key1);
        const float2 a = normal_pair(bits.x, bits.y), b = normal_pair(bits.z, bits.w);
        const float normals[4] = {a.x, a.y, b.x, b.y};
        for (unsigned j = 0; j < 4 && 4 * group + j < count; j++) {
            const unsigned i = 4 * group + j, example = i / dim;
            unsigned column = i % dim;
            const unsigned row = rows[example];
            if (row >> 31) column += width - 1 - 2 * (column % width);
            const float clean = data[size_t(row & 0x7fffffffu) * dim + column];
            y[i] = clean;
            x[i] = clean + scales[example] * normals[j];
        }
    }
}

// The sum over the threads of a warp, for each of them.
__device__ inline float sum_over_warp(float value) {
    for (int lanes = 16; lanes > 0; lanes /= 2) value += __shfl_xor_sync(0xffffffffu, value, lanes);
    return value;
}

// Preconditioning, as precondition.rs has it: for every example six numbers (those of `Scales`, in that order, a vector for each),
// and the network's input. A warp for each example. The noise is read off an example by `whitener`, a vector that its coordinates
// are multiplied by, or off `whitened`, what a matrix has made of it; neither where time alone says how much noise there is.
KERNEL precondition(float* scales, float* input, const float* x, const float* mean, const float* spread,
                    const float* whitener, const float* whitened, float offset, float factor, float power,
                    float sigma_data, int examples, int dim) {
    const unsigned warps = gridDim.x * blockDim.x / 32, lane = threadIdx.x % 32, batch = unsigned(examples);
    const float data_variance = sigma_data * sigma_data;
    for (unsigned example = (blockIdx.x * blockDim.x + threadIdx.x) / 32; example < batch; example += warps) {
        const size_t row = size_t(example) * dim;
        const float width = spread[example];
        float variance = width * width;
        if (whitener || whitened) {
            float proven = 0.0f;
            for (unsigned i = lane; i < unsigned(dim); i += 32) {
                const float value = whitened ? whitened[row + i] : (x[row + i] - mean[i]) * whitener[i];
                proven += value * value;
            }
            proven = sum_over_warp(proven) - offset;
            variance = fmaxf(fmaxf(variance, factor * powf(width, power)), proven);
        }
        const float total = variance + data_variance, level = sqrtf(variance), inverse = 1.0f / sqrtf(total);
        if (lane == 0) {
            scales[example] = data_variance / total;
            scales[batch + example] = level * inverse * sigma_data;
            scales[2 * batch + example] = inverse;
            scales[3 * batch + example] = 0.125f * logf(variance / data_variance);
            scales[4 * batch + example] = width / level;
            scales[5 * batch + example] = total / variance / data_variance;
        }
        for (unsigned i = lane; i < unsigned(dim); i += 32) input[row + i] = (x[row + i] - mean[i]) * inverse;
    }
}

// The estimate of the clean point: out output + skip (x - mean) + mean.
KERNEL denoised(float* clean, const float* output, const float* x, const float* mean, const float* skip,
                const float* out, int count, int dim) {
    for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(count); i += gridDim.x * blockDim.x) {
        const unsigned example = i / dim;
        const float centre = mean[i % dim];
        clean[i] = output[i] * out[example] + (x[i] - centre) * skip[example] + centre;
    }
}

// Every row of x times its scale.
KERNEL scale_rows(float* y, const float* x, const float* scales, int count, int dim) {
    for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(count); i += gridDim.x * blockDim.x) {
        y[i] = x[i] * scales[i / dim];
    }
}

// The sum, over what each block takes, of squared errors times two weights: one for each row, and one for each row or, where
// `columns` is `dim`, each value.
KERNEL weighted_error(float* sums, const float* x, const float* target, const float* weight1, const float* weight2,
                      int count, int dim, int columns) {
    float sum = 0.0f;
    for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(count); i += gridDim.x * blockDim.x) {
        const float error = x[i] - target[i];
        sum += error * error * weight1[i / dim] * weight2[columns == 1 ? i / dim : i];
    }
    sum = sum_over_block(sum);
    if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

// All sums, times a factor. One block.
KERNEL total(float* result, const float* sums, int count, float factor) {
    float sum = 0.0f;
    for (unsigned i = threadIdx.x; i < unsigned(count); i += blockDim.x) sum += sums[i];
    sum = sum_over_block(sum);
    if (threadIdx.x == 0) *result = sum * factor;
}

// The gradient of factor times the sum of weighted squared errors, times the gradient of that.
KERNEL weighted_error_gradient(float* gradient, const float* of_sum, const float* x, const float* target,
                               const float* weight1, const float* weight2, int count, int dim, int columns,
                               float factor) {
    for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(count); i += gridDim.x * blockDim.x) {
        const float weight = weight1[i / dim] * weight2[columns == 1 ? i / dim : i];
        gradient[i] = 2.0f * factor * *of_sum * weight * (x[i] - target[i]);
    }
}
