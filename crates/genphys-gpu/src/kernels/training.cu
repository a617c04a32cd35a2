#include "common.cuh"

#include "training.cuh"
