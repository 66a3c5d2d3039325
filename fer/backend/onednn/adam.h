// Adam's update of an array of weights.
#pragma once
#include "xla.h"

// The scalars of an update, in the order of the foreign function's operands.
typedef struct {
  float rate, keep1, take1, debias1, keep2, take2, debias2, epsilon, decay;
} ferlab_adam_scalars;
enum { FERLAB_ADAM_SCALARS = sizeof(ferlab_adam_scalars) / sizeof(float) };

// ferlab_adam updates n weights w and the moving averages m of the gradient g, and v of its square: m = keep1·m +
// take1·g, v = keep2·v + take2·g², w −= rate·(m·debias1 / (√(v·debias2) + epsilon) + decay·w). The results lie where
// the old ones do, or elsewhere.
void ferlab_adam(const ffi_call *call, int64_t n, const ferlab_adam_scalars *s, const float *const in[4],
                 float *const out[3]);
