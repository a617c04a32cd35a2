// Layers of networks, forward and backward, for activations of the type `Value`.
//
// Activations are matrices, row by row: the positions of all examples times columns. Sums are formed in a fixed order, so
// results are the same every time. Memory is moved 16 bytes at a time where sizes allow it.

#include "layers/packs.cuh"
#include "layers/columns.cuh"
#include "layers/rows.cuh"
#include "layers/norms.cuh"
#include "layers/images.cuh"
#include "layers/attention.cuh"
#include "layers/waves.cuh"
