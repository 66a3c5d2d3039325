//go:build linux && amd64

#include "inside.h"
#include <stdlib.h>
#include <string.h>

static int64_t runs;
static char *scratch; // Shared by all plans: one runs at a time.
static size_t scratch_size;

static int reorder(const place *p, dnnl_memory_t from, dnnl_memory_t to) {
  const dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, from}, {DNNL_ARG_DST, to}};
  return dnnl.primitive_execute(p->reorder, ferlab_stream, 2, args);
}

// gather writes the windows of a source, a row each, in the order of a kernel's elements.
static void gather(const ferlab_operation *op, const char *source, char *rows) {
  const ferlab_array *s = &op->array[FERLAB_SOURCE];
  const int64_t *w = op->array[FERLAB_WEIGHTS].dims, *r = op->array[FERLAB_RESULT].dims;
  const int64_t height = s->dims[2], width = s->dims[3], channels = s->dims[1] * (s->bf16 ? 2 : 4); // In bytes.
  for (int64_t i = 0; i < r[0] * r[2] * r[3] * w[2]; i++) {
    int64_t image = i / (r[2] * r[3] * w[2]), y = i / (r[3] * w[2]) % r[2], x = i / w[2] % r[3];
    y = y * op->stride[0] + i % w[2] * op->dilation[0] - op->low[0];
    x = x * op->stride[1] - op->low[1];
    const char *line = source + (image * height + y) * width * channels;
    for (int64_t k = 0; k < w[3]; k++, x += op->dilation[1], rows += channels)
      if (y >= 0 && y < height && x >= 0 && x < width) memcpy(rows, line + x * channels, channels);
      else memset(rows, 0, channels);
  }
}

// kept are the fixed weights of all owners as oneDNN wants them.
static struct kept {
  int64_t owner, weights;
  dnnl_memory_t memory;
  void *data;
} *kept;
static int num_kept, max_kept;

static int is_kept(int i, const plan *p, int64_t owner, int64_t weights) {
  const_dnnl_memory_desc_t have, want;
  return i < num_kept && kept[i].owner == owner && kept[i].weights == weights &&
         !dnnl.memory_get_memory_desc(kept[i].memory, &have) &&
         !dnnl.memory_get_memory_desc(p->place[RIGHT].there, &want) && dnnl.memory_desc_equal(have, want);
}

// keep finds the weights of an owner as a plan wants them, or makes them from those in the graph.
static const char *keep(plan *p, void *graphs, int64_t owner, int64_t weights) {
  if (is_kept(p->last_kept, p, owner, weights)) return NULL;
  for (p->last_kept = 0; p->last_kept < num_kept; p->last_kept++)
    if (is_kept(p->last_kept, p, owner, weights)) return NULL;
  if (num_kept == max_kept) {
    struct kept *more = realloc(kept, (2 * max_kept + 16) * sizeof *kept);
    if (!more) return "out of memory";
    kept = more;
    max_kept = 2 * max_kept + 16;
  }
  const place *a = &p->place[RIGHT];
  struct kept k = {owner, weights, NULL, aligned_alloc(ALIGN, a->scratch)};
  if (!k.data) return "out of memory";
  const_dnnl_memory_desc_t want;
  if (dnnl.memory_get_memory_desc(a->there, &want) || dnnl.memory_create(&k.memory, want, ferlab_engine, k.data) ||
      dnnl.memory_set_data_handle(a->here, graphs) || reorder(a, a->here, k.memory) ||
      dnnl.stream_wait(ferlab_stream)) {
    if (k.memory) dnnl.memory_destroy(k.memory);
    free(k.data);
    return "oneDNN failed";
  }
  kept[num_kept++] = k;
  return NULL;
}

void ferlab_release(int64_t owner) {
  pthread_mutex_lock(&ferlab_lock);
  for (int i = num_kept - 1; i >= 0; i--)
    if (kept[i].owner == owner) {
      dnnl.memory_destroy(kept[i].memory);
      free(kept[i].data);
      kept[i] = kept[--num_kept];
    }
  pthread_mutex_unlock(&ferlab_lock);
}

int64_t ferlab_kept(void) {
  pthread_mutex_lock(&ferlab_lock);
  int64_t n = num_kept;
  pthread_mutex_unlock(&ferlab_lock);
  return n;
}

static const char *run(plan *p, int count, void *const data[], const size_t sizes[], int64_t owner, int64_t weights) {
  size_t need = p->scratchpad_size;
  if (count != p->arrays) return "other arrays than were planned for";
  for (int i = 0; i < count; i++) {
    if (sizes[i] != p->place[i].size) return "an array has another size than was planned for";
    if (!(p->fixed && i == RIGHT)) need += p->place[i].scratch;
  }
  if (p->fixed) {
    const char *failed = keep(p, data[RIGHT], owner, weights);
    if (failed) return failed;
  }
  if (need > scratch_size) {
    free(scratch);
    scratch = aligned_alloc(ALIGN, need);
    scratch_size = scratch ? need : 0;
    if (!scratch) return "out of memory";
  }
  char *free_scratch = scratch;
  dnnl_exec_arg_t args[FERLAB_ALL + 1] = {{DNNL_ARG_SCRATCHPAD, p->scratchpad}};
  int bad = dnnl.memory_set_data_handle(p->scratchpad, free_scratch);
  free_scratch += p->scratchpad_size;
  for (int i = 0; i < count; i++) {
    const place *a = &p->place[i];
    if (p->fixed && i == RIGHT) {
      args[i + 1] = (dnnl_exec_arg_t){a->arg, kept[p->last_kept].memory};
      continue;
    }
    void *here = data[i];
    if (i == LEFT && p->gradient.patches) {
      gather(&p->gradient, data[i], here = free_scratch);
      free_scratch += a->scratch;
    }
    bad |= dnnl.memory_set_data_handle(a->here, here);
    if (a->reorder) {
      bad |= dnnl.memory_set_data_handle(a->there, free_scratch);
      free_scratch += a->scratch;
      if (i != OUT) bad |= reorder(a, a->here, a->there);
    }
    args[i + 1] = (dnnl_exec_arg_t){a->arg, a->there};
  }
  bad |= dnnl.primitive_execute(p->primitive, ferlab_stream, count + 1, args);
  if (p->place[OUT].reorder) bad |= reorder(&p->place[OUT], p->place[OUT].there, p->place[OUT].here);
  bad |= dnnl.stream_wait(ferlab_stream);
  runs++;
  return bad ? "oneDNN failed" : NULL;
}

const char *ferlab_run(int64_t number, int count, void *const data[], const size_t sizes[], int64_t owner,
                       int64_t weights) {
  pthread_mutex_lock(&ferlab_lock);
  plan *p = plan_of(number);
  const char *failed = !p                    ? "there is no such plan"
                       : p->fixed && !owner ? "fixed weights have no owner"
                                             : run(p, count, data, sizes, owner, weights);
  pthread_mutex_unlock(&ferlab_lock);
  return failed;
}

int64_t ferlab_runs(void) {
  pthread_mutex_lock(&ferlab_lock);
  int64_t n = runs;
  pthread_mutex_unlock(&ferlab_lock);
  return n;
}
