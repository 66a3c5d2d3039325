// What plan.c, which makes plans, and run.c, which runs them, share.
#pragma once
#include "dnnl.h"
#include "plan.h"
#include <pthread.h>

// An array of a plan: what the graph hands over, and, where oneDNN wants another order of its elements, that.
typedef struct {
  int arg;                  // oneDNN's name of it.
  size_t size;              // Bytes in the graph.
  dnnl_memory_t here, there; // As in the graph, and as oneDNN wants it: there is here where that is the same.
  dnnl_primitive_t reorder; // From here to there, of the result from there to here.
  size_t scratch;           // Bytes of there if it is not here.
} place;

typedef struct {
  int64_t number;
  ferlab_operation gradient; // The kernel's gradient that it is a product for, if it is one through patches.
  int fixed;     // Its weights are kept.
  int last_kept; // Where they were found last.
  dnnl_primitive_t primitive;
  place place[FERLAB_ALL]; // The two operands and the result, in the graph's order, and the arrays of steps.
  int arrays;
  dnnl_memory_t scratchpad;
  size_t scratchpad_size;
} plan;

enum { MAX_PLANS = 1024, ALIGN = 64, LEFT = 0, RIGHT = 1, OUT = 2 };

extern dnnl_engine_t ferlab_engine;
extern dnnl_stream_t ferlab_stream;

// ferlab_lock guards all plans and what they use. One plan runs at a time, on all processors: oneDNN keeps a team of
// threads for each that calls it, and two teams would share the processors.
extern pthread_mutex_t ferlab_lock;

// plan_of returns the plan of a number, or NULL.
plan *plan_of(int64_t number);

static inline size_t aligned(size_t n) { return (n + ALIGN - 1) / ALIGN * ALIGN; }
