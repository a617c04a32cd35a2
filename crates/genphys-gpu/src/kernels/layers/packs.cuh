// Values moved 16 bytes at a time, and sums over a warp.

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

// Stores, or adds to what is there.
template <int N> __device__ void put(Value* to, Pack<N> pack, int add) {
    if (add) {
        Pack<N> before = load<N>(to);
        for (int j = 0; j < N; j++) {
            pack.values[j] = from_float<Value>(to_float(before.values[j]) + to_float(pack.values[j]));
        }
    }
    store<N>(to, pack);
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
