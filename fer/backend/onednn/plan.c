//go:build linux && amd64

#include "plan.h"
#include "dnnl.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dnnl dnnl;
static dnnl_engine_t engine;
static dnnl_stream_t stream;
static dnnl_primitive_attr_t scratchpad_is_ours;

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
  if (dnnl.version()->major != 3) return "it is not version 3 of oneDNN";
  if (dnnl.engine_create(&engine, dnnl_cpu, 0) || dnnl.stream_create(&stream, engine, dnnl_stream_in_order) ||
      dnnl.primitive_attr_create(&scratchpad_is_ours) ||
      dnnl.primitive_attr_set_scratchpad_mode(scratchpad_is_ours, dnnl_scratchpad_mode_user))
    return "oneDNN does not start";
  return NULL;
}

int ferlab_version(void) { return dnnl.version()->major * 100 + dnnl.version()->minor; }
int ferlab_isa(void) { return dnnl.get_effective_cpu_isa(); }

// An array of a plan: what the graph hands over, and, where oneDNN wants another order of its elements, that.
typedef struct {
  int arg;                  // oneDNN's name of it.
  size_t size;              // Bytes in the graph.
  dnnl_memory_t here, there; // As in the graph, and as oneDNN wants it: there is here where that is the same.
  dnnl_primitive_t reorder; // From here to there, of the result from there to here.
  size_t scratch;           // Bytes of there if it is not here.
} place;

typedef struct {
  dnnl_primitive_t primitive;
  place place[FERLAB_ARRAYS]; // The two operands and the result, in the graph's order.
  dnnl_memory_t scratchpad;
  size_t scratchpad_size;
} plan;

enum { MAX_PLANS = 1024, ALIGN = 64, LEFT = 0, RIGHT = 1, OUT = 2 };
static plan plans[MAX_PLANS];
static int num_plans;
static int64_t runs;
static char *scratch; // Shared by all plans: one runs at a time.
static size_t scratch_size;

// lock guards all of the above. One plan runs at a time, on all processors: oneDNN keeps a team of threads for each
// that calls it, and two teams would share the processors.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t aligned(size_t n) { return (n + ALIGN - 1) / ALIGN * ALIGN; }

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
static dnnl_memory_desc_t any(const ferlab_array *a, int bf16) {
  dnnl_memory_desc_t d = NULL;
  dnnl_dims_t dims;
  for (int i = 0; i < 4; i++) dims[i] = a->dims[i];
  return dnnl.memory_desc_create_with_tag(&d, 4, dims, bf16 ? dnnl_bf16 : dnnl_f32, dnnl_format_tag_any) ? NULL : d;
}

// convolution describes a convolution or one of its gradients to oneDNN, which chooses the order of the weights'
// elements.
static int convolution(dnnl_primitive_desc_t *out, const ferlab_operation *op, dnnl_memory_desc_t source,
                       dnnl_memory_desc_t result) {
  dnnl_dims_t stride, dilation, low, high;
  for (int i = 0; i < 2; i++)
    stride[i] = op->stride[i], dilation[i] = op->dilation[i] - 1, low[i] = op->low[i], high[i] = op->high[i];
  const ferlab_array *w = &op->array[FERLAB_WEIGHTS];
  // oneDNN wants to know the forward convolution of which it is to make a gradient; its weights and values have the
  // narrower type.
  int narrow = op->array[op->kind == FERLAB_INPUT_GRADIENT ? FERLAB_RESULT : FERLAB_SOURCE].bf16;
  dnnl_memory_desc_t weights = any(w, w->bf16);
  dnnl_memory_desc_t hint_weights = any(w, narrow), hint_source = any(&op->array[FERLAB_SOURCE], narrow);
  dnnl_primitive_desc_t forward = NULL;
  int bad;
  if (op->kind == FERLAB_FORWARD)
    bad = dnnl.convolution_forward_primitive_desc_create(out, engine, dnnl_forward_training, dnnl_convolution_direct,
        source, weights, NULL, result, stride, dilation, low, high, scratchpad_is_ours);
  else {
    bad = dnnl.convolution_forward_primitive_desc_create(&forward, engine, dnnl_forward_training,
        dnnl_convolution_direct, hint_source, hint_weights, NULL, result, stride, dilation, low, high, NULL);
    if (!bad && op->kind == FERLAB_INPUT_GRADIENT)
      bad = dnnl.convolution_backward_data_primitive_desc_create(out, engine, dnnl_convolution_direct, source, weights,
          result, stride, dilation, low, high, forward, scratchpad_is_ours);
    else if (!bad)
      bad = dnnl.convolution_backward_weights_primitive_desc_create(out, engine, dnnl_convolution_direct, source,
          weights, NULL, result, stride, dilation, low, high, forward, scratchpad_is_ours);
  }
  if (forward) dnnl.primitive_desc_destroy(forward);
  dnnl.memory_desc_destroy(weights);
  dnnl.memory_desc_destroy(hint_weights);
  dnnl.memory_desc_destroy(hint_source);
  return bad;
}

// lay out an array of a plan: here as the graph has it, there as oneDNN wants it.
static int lay(place *p, int result, dnnl_memory_desc_t here, const_dnnl_memory_desc_t there) {
  p->size = dnnl.memory_desc_get_size(here);
  if (dnnl.memory_create(&p->here, here, engine, NULL)) return 1;
  p->there = p->here;
  if (dnnl.memory_desc_equal(here, there)) return 0;
  dnnl_primitive_desc_t reorder;
  p->scratch = aligned(dnnl.memory_desc_get_size(there));
  p->there = NULL;
  if (dnnl.memory_create(&p->there, there, engine, NULL) ||
      dnnl.reorder_primitive_desc_create(&reorder, result ? there : here, engine, result ? here : there, engine, NULL))
    return 1;
  int bad = dnnl.primitive_create(&p->reorder, reorder);
  dnnl.primitive_desc_destroy(reorder);
  return bad;
}

static void discard(plan *p) {
  for (int i = 0; i < FERLAB_ARRAYS; i++) {
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
  int bad;
  if (op->kind == FERLAB_PRODUCT)
    bad = dnnl.matmul_primitive_desc_create(&chosen, engine, d[FERLAB_SOURCE], d[FERLAB_WEIGHTS], NULL,
        d[FERLAB_RESULT], scratchpad_is_ours);
  else
    bad = convolution(&chosen, op, d[FERLAB_SOURCE], d[FERLAB_RESULT]);
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
    bad = dnnl.memory_create(&p->scratchpad, pad, engine, NULL);
  }
  if (chosen) dnnl.primitive_desc_destroy(chosen);
  for (int i = 0; i < FERLAB_ARRAYS; i++)
    if (d[i]) dnnl.memory_desc_destroy(d[i]);
  return bad;
}

int ferlab_plan(const ferlab_operation *op, char *name, size_t size) {
  int number = -1;
  pthread_mutex_lock(&lock);
  if (num_plans < MAX_PLANS) {
    plan p = {0};
    if (make(&p, op, name, size)) discard(&p);
    else plans[number = num_plans++] = p;
  }
  pthread_mutex_unlock(&lock);
  return number;
}

static int reorder(const place *p, dnnl_memory_t from, dnnl_memory_t to) {
  const dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, from}, {DNNL_ARG_DST, to}};
  return dnnl.primitive_execute(p->reorder, stream, 2, args);
}

static const char *run(const plan *p, void *const data[FERLAB_ARRAYS], const size_t sizes[FERLAB_ARRAYS]) {
  size_t need = p->scratchpad_size;
  for (int i = 0; i < FERLAB_ARRAYS; i++) {
    if (sizes[i] != p->place[i].size) return "an array has another size than was planned for";
    need += p->place[i].scratch;
  }
  if (need > scratch_size) {
    free(scratch);
    scratch = aligned_alloc(ALIGN, need);
    scratch_size = scratch ? need : 0;
    if (!scratch) return "out of memory";
  }
  char *free_scratch = scratch;
  dnnl_exec_arg_t args[FERLAB_ARRAYS + 1] = {{DNNL_ARG_SCRATCHPAD, p->scratchpad}};
  int bad = dnnl.memory_set_data_handle(p->scratchpad, free_scratch);
  free_scratch += p->scratchpad_size;
  for (int i = 0; i < FERLAB_ARRAYS; i++) {
    const place *a = &p->place[i];
    bad |= dnnl.memory_set_data_handle(a->here, data[i]);
    if (a->reorder) {
      bad |= dnnl.memory_set_data_handle(a->there, free_scratch);
      free_scratch += a->scratch;
      if (i != OUT) bad |= reorder(a, a->here, a->there);
    }
    args[i + 1] = (dnnl_exec_arg_t){a->arg, a->there};
  }
  bad |= dnnl.primitive_execute(p->primitive, stream, FERLAB_ARRAYS + 1, args);
  if (p->place[OUT].reorder) bad |= reorder(&p->place[OUT], p->place[OUT].there, p->place[OUT].here);
  bad |= dnnl.stream_wait(stream);
  runs++;
  return bad ? "oneDNN failed" : NULL;
}

const char *ferlab_run(int64_t number, void *const data[FERLAB_ARRAYS], const size_t sizes[FERLAB_ARRAYS]) {
  pthread_mutex_lock(&lock);
  const char *failed = number < 0 || number >= num_plans ? "there is no such plan" : run(&plans[number], data, sizes);
  pthread_mutex_unlock(&lock);
  return failed;
}

int64_t ferlab_runs(void) {
  pthread_mutex_lock(&lock);
  int64_t n = runs;
  pthread_mutex_unlock(&lock);
  return n;
}
