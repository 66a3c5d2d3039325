//go:build linux && amd64

#include "adam.h"
#include "parallel.h"
#include <immintrin.h>
#include <string.h>

// As XLA has it, an update reads and writes ten arrays, since it is three loops: one for each result. Here it is seven.

enum { LANES = 8, PART = 1 << 14 }; // Elements.
#define AVX2 __attribute__((target("avx2,fma")))

typedef struct {
  int64_t n;
  const ferlab_adam_scalars *s;
  const float *const *in;
  float *const *out;
} work;

AVX2 static void update(const ferlab_adam_scalars *s, const float *const in[4], float *const out[3], int64_t from,
                        int64_t to) {
#define ALL(x) const __m256 x = _mm256_set1_ps(s->x)
  ALL(rate); ALL(keep1); ALL(take1); ALL(debias1); ALL(keep2); ALL(take2); ALL(debias2); ALL(epsilon); ALL(decay);
#undef ALL
  const float *w = in[0], *m = in[1], *v = in[2], *g = in[3];
  float *new_w = out[0], *new_m = out[1], *new_v = out[2];
  for (int64_t i = from; i < to; i += LANES) {
    __m256 wi = _mm256_loadu_ps(w + i), gi = _mm256_loadu_ps(g + i);
    __m256 mi = keep1 * _mm256_loadu_ps(m + i) + take1 * gi;
    __m256 vi = keep2 * _mm256_loadu_ps(v + i) + take2 * (gi * gi);
    wi -= rate * (mi * debias1) / (_mm256_sqrt_ps(vi * debias2) + epsilon) + rate * (wi * decay);
    _mm256_storeu_ps(new_w + i, wi);
    _mm256_storeu_ps(new_m + i, mi);
    _mm256_storeu_ps(new_v + i, vi);
  }
}

static void part(const void *of, int64_t i) {
  const work *p = of;
  int64_t from = i * PART, left = p->n - from, whole = left / LANES * LANES;
  if (left >= PART) return update(p->s, p->in, p->out, from, from + PART);
  update(p->s, p->in, p->out, from, from + whole);
  float in[4][LANES] = {{0}}, out[3][LANES];
  for (int k = 0; k < 4; k++) memcpy(in[k], p->in[k] + from + whole, (left - whole) * sizeof(float));
  update(p->s, (const float *[]){in[0], in[1], in[2], in[3]}, (float *[]){out[0], out[1], out[2]}, 0, LANES);
  for (int k = 0; k < 3; k++) memcpy(p->out[k] + from + whole, out[k], (left - whole) * sizeof(float));
}

void ferlab_adam(const ffi_call *call, int64_t n, const ferlab_adam_scalars *s, const float *const in[4],
                 float *const out[3]) {
  work p = {n, s, in, out};
  ferlab_parallel(call, (n + PART - 1) / PART, part, &p);
}
