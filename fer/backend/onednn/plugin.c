//go:build linux && amd64

#include "plugin.h"
#include "handle.h"
#include "_cgo_export.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct { const char *name; void *(*handler)(ffi_call *); } functions[] = {
    {"ferlab_onednn", ferlab_handle}, {"ferlab_pooled", ferlab_handle_pooled}, {"ferlab_adam", ferlab_handle_adam}};
enum { WORTH_KEEPING = 50 }; // Milliseconds of compiling.

static pjrt_api *xla;
#define XLA(function, arguments) ((void *(*)(void *))xla->functions[function])(arguments)

static void destroy_error(void *error) {
  pjrt_error_destroy d = {sizeof d, NULL, error};
  XLA(PJRT_ERROR_DESTROY, &d);
}

// load makes the executable that another process compiled, if there is one.
static int load(pjrt_compile *args, char *key) {
  size_t size = 0;
  void *bytes = ferlabRead(key, &size);
  if (!bytes) return 0;
  pjrt_executable_load l = {sizeof l, NULL, args->client, bytes, size};
  void *error = XLA(PJRT_EXECUTABLE_LOAD, &l);
  free(bytes);
  ferlabLoaded(key, !error);
  if (error) return destroy_error(error), 0;
  args->executable = l.executable;
  return 1;
}

// store keeps an executable for other processes.
static void store(pjrt_compile *args, char *key) {
  pjrt_executable_program p = {sizeof p, NULL, args->executable};
  void *error = XLA(PJRT_EXECUTABLE_PROGRAM, &p);
  if (error) return destroy_error(error);
  pjrt_program_serialize s = {sizeof s, NULL, p.program};
  if ((error = XLA(PJRT_PROGRAM_SERIALIZE, &s)))
    destroy_error(error);
  else {
    ferlabWrite(key, (char *)s.bytes, s.bytes_size);
    s.free(s.owner);
  }
  pjrt_program_destroy d = {sizeof d, NULL, p.program};
  if ((error = XLA(PJRT_PROGRAM_DESTROY, &d))) destroy_error(error);
}

static int64_t milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// compile compiles the rewritten program, unless the same one is at hand.
static void *compile(pjrt_compile *args) {
  pjrt_program rewritten = *args->program, *original = args->program;
  char *code = ferlabRewrite(rewritten.code, rewritten.code_size, &rewritten.code_size);
  if (code) {
    rewritten.code = code;
    args->program = &rewritten;
  }
  char key[2 * FERLAB_KEY];
  const pjrt_program *p = args->program;
  void *error = NULL;
  args->executable = (void *)ferlabFind((uintptr_t)args->client, (char *)args->options, args->options_size, p->code,
                                        p->code_size, key);
  if (!args->executable) {
    if (!load(args, key)) {
      int64_t start = milliseconds();
      error = XLA(PJRT_CLIENT_COMPILE, args);
      if (!error && milliseconds() - start >= WORTH_KEEPING) store(args, key);
    }
    if (!error) ferlabAdd(key, (uintptr_t)args->executable, (uintptr_t)args->client);
  }
  args->program = original;
  free(code);
  return error;
}

static void *executable_destroy(pjrt_executable_destroy *args) {
  pjrt_executable_destroy now = *args;
  now.executable = (void *)ferlabRelease((uintptr_t)args->executable);
  return now.executable ? XLA(PJRT_EXECUTABLE_DESTROY, &now) : NULL;
}

static void *client_destroy(pjrt_client_destroy *args) {
  void *error = NULL;
  pjrt_executable_destroy unused = {sizeof unused};
  while (!error && (unused.executable = (void *)ferlabLeave((uintptr_t)args->client)))
    error = XLA(PJRT_EXECUTABLE_DESTROY, &unused);
  return error ? error : XLA(PJRT_CLIENT_DESTROY, args);
}

// explain copies an error's message and frees the error.
static void explain(void *error, char *failed, size_t size) {
  pjrt_error_message m = {sizeof m, NULL, error, NULL, 0};
  XLA(PJRT_ERROR_MESSAGE, &m);
  snprintf(failed, size, "%.*s", (int)m.length, m.message);
  destroy_error(error);
}

void *ferlab_plugin(const char *path, char *failed, size_t size) {
  void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  if (!library) return snprintf(failed, size, "%s", dlerror()), NULL;
  pjrt_api *(*get)(void) = (pjrt_api * (*)(void)) dlsym(library, "GetPjrtApi");
  if (!get) return snprintf(failed, size, "%s", dlerror()), NULL;
  xla = get();
  pjrt_ffi *ffi = NULL;
  for (extension *e = xla->extensions; e; e = e->next)
    if (e->type == PJRT_EXTENSION_FFI) ffi = (pjrt_ffi *)e;
  if (!ffi) return snprintf(failed, size, "XLA's plugin takes no foreign functions"), NULL;
  // The plugin checks the size of the arguments, which counts no padding after the last of them.
  const size_t head = offsetof(pjrt_register, handler) + offsetof(pjrt_handler, traits) + sizeof(int);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    const char *name = functions[i].name;
    pjrt_register r = {head, {name, strlen(name), functions[i].handler, "Host", strlen("Host"), 0}};
    void *error = ffi->register_handler(&r);
    if (error) return explain(error, failed, size), NULL;
  }
  // go-xla may know later functions than this plugin has: it finds zeros instead of what lies behind the table.
  const size_t more = 64 * sizeof(void *);
  pjrt_api *copy = calloc(1, xla->size + more);
  if (!copy) return snprintf(failed, size, "out of memory"), NULL;
  memcpy(copy, xla, xla->size);
  void **f = copy->functions;
  f[PJRT_CLIENT_COMPILE] = compile;
  f[PJRT_EXECUTABLE_DESTROY] = executable_destroy;
  f[PJRT_CLIENT_DESTROY] = client_destroy;
  return copy;
}
