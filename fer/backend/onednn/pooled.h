// Pooled convolutions: the maximum of every 2×2 window of a convolution of few channels.
#pragma once
#include "xla.h"

// A valid convolution of stride 1 of images [images, height, width, channels] with a kernel [rows, columns, channels,
// filters], and the windows, without gaps, of its result.
typedef struct { int64_t images, height, width, channels, rows, columns, filters; } ferlab_pooled;

enum { FERLAB_POOLED_TAPS = 200, FERLAB_POOLED_FILTERS = 16 }; // The most taps; filters come in multiples.

// ferlab_pooled_forward writes the maxima y [images, height of the result / 2, its width / 2, filters].
// ferlab_pooled_backward writes the gradient dw of the kernel, of that of the maxima, dy; the first of equal maxima
// has all of it. Both return NULL or what failed, and give the same bits whichever threads of the call's run them.
const char *ferlab_pooled_forward(const ffi_call *call, const ferlab_pooled *p, const float *x, const float *w,
                                  float *y);
const char *ferlab_pooled_backward(const ffi_call *call, const ferlab_pooled *p, const float *x, const float *w,
                                   const float *dy, float *dw);
