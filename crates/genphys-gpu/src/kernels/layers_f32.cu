#include "common.cuh"

typedef float Value;

#include "layers.cuh"
