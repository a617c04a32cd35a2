#include "common.cuh"

#include "field.cuh"
