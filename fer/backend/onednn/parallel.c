//go:build linux && amd64

#include "parallel.h"
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct {
  void (*part)(const void *, int64_t);
  const void *data;
  int64_t count;
  atomic_int_fast64_t next, done;
  atomic_int users;
} loop;

static void leave(loop *l) {
  if (atomic_fetch_sub(&l->users, 1) == 1) free(l);
}

static void work(loop *l) {
  for (int64_t i; (i = atomic_fetch_add(&l->next, 1)) < l->count; atomic_fetch_add(&l->done, 1)) l->part(l->data, i);
}

// help is what a thread of XLA's does. If all parts are taken when it comes, the call may be over.
static void help(void *of) {
  work(of);
  leave(of);
}

static void discard(const ffi_call *call, void *error) {
  ffi_error_destroy d = {sizeof d, NULL, error};
  call->api->error_destroy(&d);
}

static int64_t threads(const ffi_call *call) {
  int64_t n = 1;
  ffi_threads t = {sizeof t, NULL, call->context, &n};
  void *error = call->api->thread_pool_threads(&t);
  if (!error) return n;
  discard(call, error);
  return 1;
}

void ferlab_parallel(const ffi_call *call, int64_t count, void (*part)(const void *data, int64_t i),
                     const void *data) {
  int64_t helpers = threads(call) - 1;
  if (helpers > count - 1) helpers = count - 1;
  loop *l = helpers > 0 ? malloc(sizeof *l) : NULL;
  if (!l) {
    for (int64_t i = 0; i < count; i++) part(data, i);
    return;
  }
  *l = (loop){.part = part, .data = data, .count = count, .users = helpers + 1};
  for (int64_t i = 0; i < helpers; i++) {
    ffi_schedule s = {sizeof s, NULL, call->context, help, l};
    void *error = call->api->thread_pool_schedule(&s);
    if (!error) continue;
    discard(call, error);
    leave(l);
  }
  work(l);
  while (atomic_load(&l->done) < count) sched_yield();
  leave(l);
}
