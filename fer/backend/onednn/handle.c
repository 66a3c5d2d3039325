//go:build linux && amd64

#include "handle.h"
#include "adam.h"
#include "plan.h"
#include "pooled.h"
#include <stdio.h>
#include <string.h>

static void *fail(const ffi_call *call, const char *what) {
  char message[200];
  snprintf(message, sizeof message, "ferlab_onednn: %s", what);
  ffi_error e = {sizeof e, NULL, message, FFI_INTERNAL};
  return call->api->error_create(&e);
}

static size_t bytes(const ffi_buffer *b) {
  size_t n = b->type == FFI_BF16 ? 2 : b->type == FFI_F32 ? 4 : 0;
  for (int64_t i = 0; i < b->rank; i++) n *= b->dims[i];
  return n;
}

// number reads an attribute of a call; 0 if there is none of that name.
static int number(const ffi_attributes *a, const char *name, int64_t *n) {
  for (int64_t i = 0; i < a->count; i++) {
    const ffi_scalar *value = a->values[i];
    if (a->names[i]->size == strlen(name) && !memcmp(a->names[i]->text, name, strlen(name)) &&
        a->kinds[i] == FFI_SCALAR && value->type == FFI_S64)
      return *n = *(int64_t *)value->value, 1;
  }
  return 0;
}

// asked answers XLA's question for the interface's version, if a call is that.
static int asked(const ffi_call *call) {
  if (!call->extensions || call->extensions->type != FFI_EXTENSION_METADATA) return 0;
  ffi_metadata *m = ((ffi_metadata_extension *)call->extensions)->metadata;
  m->version.major = call->api ? call->api->version.major : 0;
  m->version.minor = call->api ? call->api->version.minor : 1;
  m->traits = 0;
  return 1;
}

// ferlab_handle is a foreign function: it runs the plan whose number is the attribute "plan". Behind the two operands
// stand the arrays of its steps, and, if the second operand is fixed weights that the attribute "weights" is the number
// of, their owner.
void *ferlab_handle(ffi_call *call) {
  if (asked(call)) return NULL;
  int64_t plan, owner = 0, weights = 0;
  ffi_buffer *const *operands = call->arguments.buffers;
  int64_t count = call->arguments.count;
  int fixed = call->attributes.count == 2;
  if (count < 2 + fixed || count > FERLAB_ALL - 1 + fixed || call->results.count != 1 ||
      !number(&call->attributes, "plan", &plan))
    return fail(call, "two arrays and those of steps, one result and the number of a plan wanted");
  if (fixed) {
    const ffi_buffer *b = operands[--count];
    if (b->type != FFI_S64 || b->rank || !number(&call->attributes, "weights", &weights))
      return fail(call, "an owner and the number of its weights wanted");
    owner = *(int64_t *)b->data;
  }
  void *data[FERLAB_ALL];
  size_t sizes[FERLAB_ALL];
  for (int64_t i = 0; i <= count; i++) {
    const ffi_buffer *b = i == 2 ? call->results.buffers[0] : operands[i < 2 ? i : i - 1];
    data[i] = b->data, sizes[i] = bytes(b);
  }
  const char *failed = ferlab_run(plan, count + 1, data, sizes, owner, weights);
  return failed ? fail(call, failed) : NULL;
}

static int is_image(const ffi_buffer *b, int64_t d0, int64_t d1, int64_t d2, int64_t d3) {
  return b->type == FFI_F32 && b->rank == 4 && b->dims[0] == d0 && b->dims[1] == d1 && b->dims[2] == d2 &&
         b->dims[3] == d3;
}

// ferlab_handle_pooled is a foreign function: of images and a kernel it makes the maxima of a pooled convolution, of
// these and the maxima's gradient that of the kernel.
void *ferlab_handle_pooled(ffi_call *call) {
  if (asked(call)) return NULL;
  int64_t count = call->arguments.count;
  if (count < 2 || count > 3 || call->results.count != 1) return fail(call, "two or three arrays wanted");
  ffi_buffer *const *in = call->arguments.buffers, *out = call->results.buffers[0];
  if (in[0]->rank != 4 || in[1]->rank != 4) return fail(call, "images and a kernel wanted");
  const int64_t *x = in[0]->dims, *w = in[1]->dims;
  const ffi_buffer *maxima = count == 2 ? out : in[2], *kernel = count == 2 ? in[1] : out;
  if (!is_image(in[0], x[0], x[1], x[2], x[3]) || !is_image(in[1], w[0], w[1], x[3], w[3]) ||
      !is_image(maxima, x[0], (x[1] - w[0] + 1) / 2, (x[2] - w[1] + 1) / 2, w[3]) ||
      !is_image(kernel, w[0], w[1], w[2], w[3]))
    return fail(call, "the arrays' shapes don't fit each other");
  ferlab_pooled p = {x[0], x[1], x[2], x[3], w[0], w[1], w[3]};
  const char *failed =
      count == 2 ? ferlab_pooled_forward(call, &p, in[0]->data, in[1]->data, out->data)
                 : ferlab_pooled_backward(call, &p, in[0]->data, in[1]->data, in[2]->data, out->data);
  return failed ? fail(call, failed) : NULL;
}

// ferlab_handle_adam is a foreign function: it updates weights and their two moving averages, of which with the
// gradient and nine scalars it makes the new ones. It doesn't look at further operands, for which it had to wait.
void *ferlab_handle_adam(ffi_call *call) {
  if (asked(call)) return NULL;
  enum { ARRAYS = 4, NEW = 3 };
  if (call->arguments.count < ARRAYS + FERLAB_ADAM_SCALARS || call->results.count != NEW)
    return fail(call, "four arrays, nine scalars and three results wanted");
  ffi_buffer *const *in = call->arguments.buffers, *const *out = call->results.buffers;
  const float *arrays[ARRAYS];
  float *results[NEW], scalars[FERLAB_ADAM_SCALARS];
  for (int i = 0; i < ARRAYS + FERLAB_ADAM_SCALARS + NEW; i++) {
    const ffi_buffer *b = i < ARRAYS + FERLAB_ADAM_SCALARS ? in[i] : out[i - ARRAYS - FERLAB_ADAM_SCALARS];
    int scalar = i >= ARRAYS && i < ARRAYS + FERLAB_ADAM_SCALARS;
    if (b->type != FFI_F32 || bytes(b) != (scalar ? sizeof(float) : bytes(in[0])))
      return fail(call, "arrays of one size and scalars of float32 wanted");
    if (i < ARRAYS)
      arrays[i] = b->data;
    else if (scalar)
      scalars[i - ARRAYS] = *(float *)b->data;
    else
      results[i - ARRAYS - FERLAB_ADAM_SCALARS] = b->data;
  }
  ferlab_adam_scalars s;
  memcpy(&s, scalars, sizeof s);
  ferlab_adam(call, bytes(in[0]) / sizeof(float), &s, arrays, results);
  return NULL;
}
