//go:build linux && amd64

#include "inside.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dnnl dnnl;
dnnl_engine_t ferlab_engine;
dnnl_stream_t ferlab_stream;
static void (*set_threads)(int); // OpenMP's, of the calling thread.
static int (*threads)(void);

const char *ferlab_open(const char *path) {
  // oneDNN's threads would spin for a while after each run, on processors that XLA's threads want, and when other
  // programs wait.
  setenv("OMP_WAIT_POLICY", "PASSIVE", 0);
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) return dlerror();
#define X(type, name, arguments) \
  if (!(dnnl.name = (type(*) arguments)dlsym(library, "dnnl_" #name))) return dlerror();
  DNNL_FUNCTIONS(X)
#undef X
  set_threads = (void (*)(int))dlsym(library, "omp_set_num_threads");
  threads = (int (*)(void))dlsym(library, "omp_get_max_threads");
  if (!set_threads || !threads) return dlerror();
  if (dnnl.version()->major != 3) return "it is not version 3 of oneDNN";
  if (dnnl.engine_create(&ferlab_engine, dnnl_cpu, 0) ||
      dnnl.stream_create(&ferlab_stream, ferlab_engine, dnnl_stream_in_order))
    return "oneDNN does not start";
  return NULL;
}

int ferlab_version(void) { return dnnl.version()->major * 100 + dnnl.version()->minor; }
int ferlab_isa(void) { return dnnl.get_effective_cpu_isa(); }

static plan plans[MAX_PLANS];
static int num_plans;
pthread_mutex_t ferlab_lock = PTHREAD_MUTEX_INITIALIZER;

// The roles that the operands and the result of a kind of operation have, and oneDNN's names of them.
static const struct { int role, arg; } roles[][FERLAB_ARRAYS] = {
    [FERLAB_PRODUCT] =
        {{FERLAB_SOURCE, DNNL_ARG_SRC}, {FERLAB_WEIGHTS, DNNL_ARG_WEIGHTS}, {FERLAB_RESULT, DNNL_ARG_DST}},
    [FERLAB_FORWARD] =
        {{FERLAB_SOURCE, DNNL_ARG_SRC}, {FERLAB_WEIGHTS, DNNL_ARG_WEIGHTS}, {FERLAB_RESULT, DNNL_ARG_DST}},
    [FERLAB_INPUT_GRADIENT] =
        {{FERLAB_RESULT, DNNL_ARG_DIFF_DST}, {FERLAB_WEIGHTS, DNNL_ARG_WEIGHTS}, {FERLAB_SOURCE, DNNL_ARG_DIFF_SRC}},
    [FERLAB_KERNEL_GRADIENT] =
        {{FERLAB_SOURCE, DNNL_ARG_SRC}, {FERLAB_RESULT, DNNL_ARG_DIFF_DST}, {FERLAB_WEIGHTS, DNNL_ARG_DIFF_WEIGHTS}},
};

static dnnl_memory_desc_t describe(const ferlab_array *a, int rank) {
  dnnl_memory_desc_t d = NULL;
  dnnl_dims_t dims, strides;
  for (int i = 0; i < rank; i++) dims[i] = a->dims[i], strides[i] = a->strides[i];
  return dnnl.memory_desc_create_with_strides(&d, rank, dims, a->bf16 ? dnnl_bf16 : dnnl_f32, strides) ? NULL : d;
}

// any describes an array whose order of elements oneDNN chooses.
static dnnl_memory_desc_t any(const ferlab_array *a, int rank, int bf16) {
  dnnl_memory_desc_t d = NULL;
  dnnl_dims_t dims;
  for (int i = 0; i < rank; i++) dims[i] = a->dims[i];
  return dnnl.memory_desc_create_with_tag(&d, rank, dims, bf16 ? dnnl_bf16 : dnnl_f32, dnnl_format_tag_any) ? NULL : d;
}

// convolution describes a convolution or one of its gradients to oneDNN, which chooses the order of the weights'
// elements.
static int convolution(dnnl_primitive_desc_t *out, const ferlab_operation *op, dnnl_memory_desc_t source,
                       dnnl_memory_desc_t result, dnnl_primitive_attr_t attributes) {
  dnnl_dims_t stride, dilation, low, high;
  for (int i = 0; i < 2; i++)
    stride[i] = op->stride[i], dilation[i] = op->dilation[i] - 1, low[i] = op->low[i], high[i] = op->high[i];
  const ferlab_array *w = &op->array[FERLAB_WEIGHTS];
  // oneDNN wants to know the forward convolution of which it is to make a gradient; its weights and values have the
  // narrower type.
  int narrow = op->array[op->kind == FERLAB_INPUT_GRADIENT ? FERLAB_RESULT : FERLAB_SOURCE].bf16;
  dnnl_memory_desc_t weights = any(w, 4, op->fixed ? narrow : w->bf16);
  dnnl_memory_desc_t hint_weights = any(w, 4, narrow), hint_source = any(&op->array[FERLAB_SOURCE], 4, narrow);
  dnnl_primitive_desc_t forward = NULL;
  int bad;
  if (op->kind == FERLAB_FORWARD)
    bad = dnnl.convolution_forward_primitive_desc_create(out, ferlab_engine, dnnl_forward_training,
        dnnl_convolution_direct, source, weights, NULL, result, stride, dilation, low, high, attributes);
  else {
    bad = dnnl.convolution_forward_primitive_desc_create(&forward, ferlab_engine, dnnl_forward_training,
        dnnl_convolution_direct, hint_source, hint_weights, NULL, result, stride, dilation, low, high, NULL);
    if (!bad && op->kind == FERLAB_INPUT_GRADIENT)
      bad = dnnl.convolution_backward_data_primitive_desc_create(out, ferlab_engine, dnnl_convolution_direct, source,
          weights, result, stride, dilation, low, high, forward, attributes);
    else if (!bad)
      bad = dnnl.convolution_backward_weights_primitive_desc_create(out, ferlab_engine, dnnl_convolution_direct, source,
          weights, NULL, result, stride, dilation, low, high, forward, attributes);
  }
  if (forward) dnnl.primitive_desc_destroy(forward);
  dnnl.memory_desc_destroy(weights);
  dnnl.memory_desc_destroy(hint_weights);
  dnnl.memory_desc_destroy(hint_source);
  return bad;
}

// product describes a product of matrices to oneDNN, which chooses the order of fixed weights' elements.
static int product(dnnl_primitive_desc_t *out, const ferlab_operation *op, const dnnl_memory_desc_t d[FERLAB_ARRAYS],
                   dnnl_primitive_attr_t attributes) {
  const ferlab_array *w = &op->array[FERLAB_WEIGHTS];
  dnnl_memory_desc_t kept = op->fixed ? any(w, 2, op->array[FERLAB_SOURCE].bf16) : NULL;
  int bad = dnnl.matmul_primitive_desc_create(out, ferlab_engine, d[FERLAB_SOURCE], kept ? kept : d[FERLAB_WEIGHTS],
      NULL, d[FERLAB_RESULT], attributes);
  if (kept) dnnl.memory_desc_destroy(kept);
  return bad;
}

// lay out an array of a plan: here as the graph has it, there as oneDNN wants it.
static int lay(place *p, int result, dnnl_memory_desc_t here, const_dnnl_memory_desc_t there) {
  p->size = dnnl.memory_desc_get_size(here);
  if (dnnl.memory_create(&p->here, here, ferlab_engine, NULL)) return 1;
  p->there = p->here;
  if (dnnl.memory_desc_equal(here, there)) return 0;
  dnnl_primitive_desc_t reorder;
  p->scratch = aligned(dnnl.memory_desc_get_size(there));
  p->there = NULL;
  if (dnnl.memory_create(&p->there, there, ferlab_engine, NULL) ||
      dnnl.reorder_primitive_desc_create(&reorder, result ? there : here, ferlab_engine, result ? here : there,
          ferlab_engine, NULL))
    return 1;
  int bad = dnnl.primitive_create(&p->reorder, reorder);
  dnnl.primitive_desc_destroy(reorder);
  return bad;
}

// attributes_of makes an operation's attributes: its scratchpad is ours, and its steps follow. It lays out the steps'
// arrays at places of the plan, and returns how many they are, or -1.
static int attributes_of(dnnl_primitive_attr_t *out, const ferlab_operation *op, place *at) {
  dnnl_post_ops_t steps;
  if (dnnl.primitive_attr_create(out) || dnnl.primitive_attr_set_scratchpad_mode(*out, dnnl_scratchpad_mode_user) ||
      dnnl.post_ops_create(&steps))
    return -1;
  int arrays = 0, bad = 0;
  for (int i = 0; op->steps[i] && !bad; i++) {
    if (op->steps[i] == 'r') {
      // A slope of 0 would make oneDNN write 0 for what isn't a number.
      bad = dnnl.post_ops_append_eltwise(steps, dnnl_eltwise_relu, 1e-30f, 0);
      continue;
    }
    ferlab_array a = op->array[FERLAB_RESULT];
    a.bf16 = 0;
    if (op->steps[i] != 's')
      for (int k = 0; k < op->rank; k++) a.dims[k] = k == 1 ? a.dims[k] : 1;
    dnnl_memory_desc_t d = describe(&a, op->rank);
    bad = !d || dnnl.post_ops_append_binary(steps, op->steps[i] == 'm' ? dnnl_binary_mul : dnnl_binary_add, d);
    place *p = &at[arrays++];
    p->arg = DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (i + 1) | DNNL_ARG_SRC_1;
    bad = bad || lay(p, 0, d, d);
    if (d) dnnl.memory_desc_destroy(d);
  }
  bad = bad || dnnl.primitive_attr_set_post_ops(*out, steps);
  dnnl.post_ops_destroy(steps);
  return bad ? -1 : arrays;
}

static void discard(plan *p) {
  for (int i = 0; i < FERLAB_ALL; i++) {
    place *a = &p->place[i];
    if (a->there && a->there != a->here) dnnl.memory_destroy(a->there);
    if (a->here) dnnl.memory_destroy(a->here);
    if (a->reorder) dnnl.primitive_destroy(a->reorder);
  }
  if (p->scratchpad) dnnl.memory_destroy(p->scratchpad);
  if (p->primitive) dnnl.primitive_destroy(p->primitive);
}

static int make(plan *p, const ferlab_operation *op, char *name, size_t size) {
  dnnl_memory_desc_t d[FERLAB_ARRAYS];
  for (int i = 0; i < FERLAB_ARRAYS; i++) d[i] = describe(&op->array[i], op->rank);
  dnnl_primitive_desc_t chosen = NULL;
  dnnl_primitive_attr_t attributes = NULL;
  p->arrays = attributes_of(&attributes, op, &p->place[FERLAB_ARRAYS]);
  int bad = p->arrays < 0;
  p->arrays += FERLAB_ARRAYS;
  if (!bad)
    bad = op->kind == FERLAB_PRODUCT ? product(&chosen, op, d, attributes)
                                     : convolution(&chosen, op, d[FERLAB_SOURCE], d[FERLAB_RESULT], attributes);
  const char *info = NULL;
  if (!bad) bad = dnnl.primitive_desc_query(chosen, dnnl_query_impl_info_str, 0, &info);
  if (!bad) {
    snprintf(name, size, "%s", info);
    bad = !strncmp(info, "ref", 3); // Its reference code is correct and very slow.
  }
  if (!bad) bad = dnnl.primitive_create(&p->primitive, chosen);
  for (int i = 0; i < FERLAB_ARRAYS && !bad; i++) {
    p->place[i].arg = roles[op->kind][i].arg;
    bad = lay(&p->place[i], i == OUT, d[roles[op->kind][i].role],
        dnnl.primitive_desc_query_md(chosen, dnnl_query_exec_arg_md, p->place[i].arg));
  }
  if (!bad) {
    const_dnnl_memory_desc_t pad = dnnl.primitive_desc_query_md(chosen, dnnl_query_exec_arg_md, DNNL_ARG_SCRATCHPAD);
    p->scratchpad_size = aligned(dnnl.memory_desc_get_size(pad));
    bad = dnnl.memory_create(&p->scratchpad, pad, ferlab_engine, NULL);
  }
  p->fixed = op->fixed && p->place[RIGHT].reorder;
  if (chosen) dnnl.primitive_desc_destroy(chosen);
  if (attributes) dnnl.primitive_attr_destroy(attributes);
  for (int i = 0; i < FERLAB_ARRAYS; i++)
    if (d[i]) dnnl.memory_desc_destroy(d[i]);
  return bad;
}

// make_product makes a plan of a kernel's gradient through patches.
static int make_product(plan *p, const ferlab_operation *op, char *name, size_t size) {
  const int64_t *w = op->array[FERLAB_WEIGHTS].dims, *r = op->array[FERLAB_RESULT].dims;
  const int64_t window = w[1] * w[2] * w[3], windows = r[0] * r[2] * r[3];
  ferlab_operation product = {.kind = FERLAB_PRODUCT, .rank = 2, .alone = op->alone,
      .array = {
          {op->array[FERLAB_SOURCE].bf16, {window, windows}, {1, window}},
          {op->array[FERLAB_RESULT].bf16, {windows, w[0]}, {w[0], 1}},
          {op->array[FERLAB_WEIGHTS].bf16, {window, w[0]}, {w[0], 1}},
      }};
  if (make(p, &product, name, size)) return 1;
  place *left = &p->place[LEFT];
  p->gradient = *op;
  left->scratch = aligned(left->size);
  left->size /= window * windows;
  for (int i = 0; i < 4; i++) left->size *= op->array[FERLAB_SOURCE].dims[i];
  return 0;
}

plan *plan_of(int64_t number) {
  for (int i = 0; i < num_plans; i++)
    if (plans[i].number == number) return &plans[i];
  return NULL;
}

int ferlab_plan(int64_t number, const ferlab_operation *op, char *name, size_t size) {
  int made = 0;
  pthread_mutex_lock(&ferlab_lock);
  if (num_plans < MAX_PLANS && !plan_of(number)) {
    plan p = {.number = number};
    int all = threads();
    if (op->alone) set_threads(1);
    if ((op->patches ? make_product : make)(&p, op, name, size)) discard(&p);
    else plans[num_plans++] = p, made = 1;
    set_threads(all);
  }
  pthread_mutex_unlock(&ferlab_lock);
  return made;
}
