#include "common.cuh"

typedef __nv_bfloat16 Value;

#include "layers.cuh"
