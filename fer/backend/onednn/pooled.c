//go:build linux && amd64

#include "pooled.h"
#include "parallel.h"
#include <stdlib.h>
#include <string.h>

// The convolution's result is several times as large as all else together: a training would write it to memory and
// read it five times. It is cheap to compute where a kernel has few taps, so it is computed in registers, forward and
// backward anew.

enum { LANES = 8, SHARES = 16 };
typedef float vector __attribute__((vector_size(4 * LANES)));
typedef int truth __attribute__((vector_size(4 * LANES)));

#define AVX2 __attribute__((target("avx2,fma")))
#define EACH _Pragma("GCC unroll 2") for (int v = 0; v < 2; v++)
#define MAX(a, b) ((vector)(((truth)(a) & ((a) > (b))) | ((truth)(b) & ~((a) > (b)))))

// The images are divided into shares, whose number doesn't depend on that of the threads.
typedef struct {
  ferlab_pooled of;
  int64_t taps, right, below, height, width; // Steps to neighbours in the image; size of the maxima.
  int64_t tap[FERLAB_POOLED_TAPS];           // Steps from a window's corner to what a tap reads.
  const float *x, *w, *dy;
  float *y, *dw; // dw has a part for each share,
  int64_t part;  // so long: no two of them have a line of the cache in common.
} work;

// window computes the four elements of a window of the convolution's result, of 2 · LANES filters.
AVX2 static inline void window(const work *p, const float *x, const float *w, vector z[4][2]) {
  vector a0 = {0}, a1 = {0}, b0 = {0}, b1 = {0}, c0 = {0}, c1 = {0}, d0 = {0}, d1 = {0}, w0, w1;
  for (int64_t t = 0; t < p->taps; t++, w += p->of.filters) {
    memcpy(&w0, w, sizeof w0);
    memcpy(&w1, w + LANES, sizeof w1);
    const float *at = x + p->tap[t];
    float a = at[0], b = at[p->right], c = at[p->below], d = at[p->below + p->right];
    a0 += a * w0, a1 += a * w1;
    b0 += b * w0, b1 += b * w1;
    c0 += c * w0, c1 += c * w1;
    d0 += d * w0, d1 += d * w1;
  }
  z[0][0] = a0, z[0][1] = a1, z[1][0] = b0, z[1][1] = b1;
  z[2][0] = c0, z[2][1] = c1, z[3][0] = d0, z[3][1] = d1;
}

AVX2 static void forward(const work *p, const float *x, float *y) {
  for (int64_t i = 0; i < p->height; i++)
    for (int64_t j = 0; j < p->width; j++, y += p->of.filters)
      for (int64_t f = 0; f < p->of.filters; f += 2 * LANES) {
        vector z[4][2];
        window(p, x + 2 * (i * p->below + j * p->right), p->w + f, z);
        EACH {
          vector upper = MAX(z[0][v], z[1][v]), lower = MAX(z[2][v], z[3][v]), top = MAX(upper, lower);
          memcpy(y + f + v * LANES, &top, sizeof top);
        }
      }
}

// backward adds one image's gradient of the kernel to dw.
AVX2 static void backward(const work *p, const float *x, const float *dy, float *dw) {
  for (int64_t i = 0; i < p->height; i++)
    for (int64_t j = 0; j < p->width; j++, dy += p->of.filters)
      for (int64_t f = 0; f < p->of.filters; f += 2 * LANES) {
        const float *at = x + 2 * (i * p->below + j * p->right);
        vector z[4][2], dz[4][2];
        window(p, at, p->w + f, z);
        EACH {
          vector upper = MAX(z[0][v], z[1][v]), lower = MAX(z[2][v], z[3][v]), top = MAX(upper, lower), d;
          memcpy(&d, dy + f + v * LANES, sizeof d);
          truth left = ~(truth){0};
          _Pragma("GCC unroll 4") for (int k = 0; k < 4; k++) {
            truth here = (z[k][v] == top) & left;
            left &= ~here;
            dz[k][v] = (vector)((truth)d & here);
          }
        }
        float *to = dw + f;
        for (int64_t t = 0; t < p->taps; t++, to += p->of.filters) {
          const float *a = at + p->tap[t];
          EACH {
            vector sum;
            memcpy(&sum, to + v * LANES, sizeof sum);
            sum += a[0] * dz[0][v];
            sum += a[p->right] * dz[1][v];
            sum += a[p->below] * dz[2][v];
            sum += a[p->below + p->right] * dz[3][v];
            memcpy(to + v * LANES, &sum, sizeof sum);
          }
        }
      }
}

static void share(const void *of, int64_t s) {
  const work *p = of;
  int64_t image = p->of.height * p->of.width * p->of.channels, maxima = p->height * p->width * p->of.filters;
  for (int64_t n = s * p->of.images / SHARES; n < (s + 1) * p->of.images / SHARES; n++)
    if (p->y)
      forward(p, p->x + n * image, p->y + n * maxima);
    else
      backward(p, p->x + n * image, p->dy + n * maxima, p->dw + s * p->part);
}

static const char *run(const ffi_call *call, work *p) {
  p->taps = p->of.rows * p->of.columns * p->of.channels;
  p->height = (p->of.height - p->of.rows + 1) / 2, p->width = (p->of.width - p->of.columns + 1) / 2;
  p->right = p->of.channels, p->below = p->of.width * p->of.channels;
  if (p->taps > FERLAB_POOLED_TAPS || p->of.filters % FERLAB_POOLED_FILTERS) return "too many taps, or odd filters";
  for (int64_t t = 0, line = p->of.columns * p->of.channels; t < p->taps; t++)
    p->tap[t] = t / line * p->below + t % line;
  ferlab_parallel(call, SHARES, share, p);
  return NULL;
}

const char *ferlab_pooled_forward(const ffi_call *call, const ferlab_pooled *of, const float *x, const float *w,
                                  float *y) {
  work p = {.of = *of, .x = x, .w = w, .y = y};
  return run(call, &p);
}

const char *ferlab_pooled_backward(const ffi_call *call, const ferlab_pooled *of, const float *x, const float *w,
                                   const float *dy, float *dw) {
  int64_t size = of->rows * of->columns * of->channels * of->filters;
  work p = {.of = *of, .x = x, .w = w, .dy = dy, .part = size + 128 / sizeof(float)};
  if (!(p.dw = calloc(SHARES * p.part, sizeof(float)))) return "out of memory";
  const char *failed = run(call, &p);
  if (!failed) memcpy(dw, p.dw, size * sizeof(float));
  for (int64_t s = 1; s < SHARES && !failed; s++)
    for (int64_t i = 0; i < size; i++) dw[i] += p.dw[s * p.part + i];
  free(p.dw);
  return failed;
}
