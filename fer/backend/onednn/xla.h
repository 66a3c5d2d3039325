// What Ferlab uses of the C interfaces of XLA's plugins (PJRT, with its extension for foreign functions) and of XLA's
// foreign functions, declared in its own words after xla/pjrt/c/pjrt_c_api.h, pjrt_c_api_ffi_extension.h and
// xla/ffi/api/c_api.h.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct extension {
  size_t size;
  int type;
  struct extension *next;
} extension;

typedef struct { size_t size; extension *extensions; int major, minor; } api_version;

// --- PJRT ---

typedef struct { size_t size; extension *extensions; api_version version; void *functions[]; } pjrt_api;
enum { // Places in functions.
  PJRT_ERROR_DESTROY = 0,
  PJRT_ERROR_MESSAGE = 1,
  PJRT_CLIENT_DESTROY = 11,
  PJRT_CLIENT_COMPILE = 20,
  PJRT_PROGRAM_DESTROY = 40, // The interface's Executable; its LoadedExecutable is an executable here.
  PJRT_PROGRAM_SERIALIZE = 49,
  PJRT_EXECUTABLE_DESTROY = 50,
  PJRT_EXECUTABLE_PROGRAM = 51,
  PJRT_EXECUTABLE_LOAD = 56
};
typedef struct { size_t size; extension *extensions; void *error; } pjrt_error_destroy;
typedef struct {
  size_t size;
  extension *extensions;
  void *error;
  const char *message;
  size_t length;
} pjrt_error_message;
typedef struct {
  size_t size;
  extension *extensions;
  char *code;
  size_t code_size;
  const char *format;
  size_t format_size;
} pjrt_program;
typedef struct {
  size_t size;
  extension *extensions;
  void *client;
  pjrt_program *program;
  const char *options;
  size_t options_size;
  void *executable;
} pjrt_compile;
typedef struct { size_t size; extension *extensions; void *client; } pjrt_client_destroy;
typedef struct { size_t size; extension *extensions; void *executable; } pjrt_executable_destroy;

typedef struct { size_t size; extension *extensions; void *executable, *program; } pjrt_executable_program;
typedef struct { size_t size; extension *extensions; void *program; } pjrt_program_destroy;
typedef struct {
  size_t size;
  extension *extensions;
  void *program;
  const char *bytes;
  size_t bytes_size;
  void *owner; // It owns the bytes.
  void (*free)(void *owner);
} pjrt_program_serialize;
typedef struct {
  size_t size;
  extension *extensions;
  void *client;
  const char *bytes;
  size_t bytes_size;
  void *executable;
  const char *options;
  size_t options_size;
} pjrt_executable_load;

enum { PJRT_EXTENSION_FFI = 5 };
typedef struct {
  const char *name;
  size_t name_size;
  void *handler;
  const char *platform;
  size_t platform_size;
  int traits;
} pjrt_handler;
typedef struct { size_t size; pjrt_handler handler; } pjrt_register; // Without padding at its end: see its use.
typedef struct {
  extension base;
  void *type_id_register, *user_data_add;
  void *(*register_handler)(pjrt_register *);
} pjrt_ffi;

// --- foreign functions ---

enum { FFI_EXTENSION_METADATA = 1, FFI_SCALAR = 3, FFI_S64 = 5, FFI_F32 = 11, FFI_BF16 = 16, FFI_INTERNAL = 13 };
typedef struct { size_t size; api_version version; uint32_t traits; } ffi_metadata;
typedef struct { extension base; ffi_metadata *metadata; } ffi_metadata_extension;
typedef struct { size_t size; extension *extensions; int type; void *data; int64_t rank; int64_t *dims; } ffi_buffer;
typedef struct { int type; void *value; } ffi_scalar;
typedef struct { const char *text; size_t size; } ffi_name;
typedef struct { size_t size; extension *extensions; int64_t count; int *kinds; ffi_buffer **buffers; } ffi_buffers;
typedef struct {
  size_t size;
  extension *extensions;
  int64_t count;
  int *kinds;
  ffi_name **names;
  void **values;
} ffi_attributes;
typedef struct { size_t size; extension *extensions; const char *message; int code; } ffi_error;
typedef struct { size_t size; extension *extensions; void *error; } ffi_error_destroy;
typedef struct { size_t size; extension *extensions; void *context; void (*task)(void *); void *data; } ffi_schedule;
typedef struct { size_t size; extension *extensions; void *context; int64_t *count; } ffi_threads;
typedef struct {
  size_t size;
  extension *extensions;
  api_version version;
  void *internal;
  void *(*error_create)(ffi_error *);
  void *error_message;
  void (*error_destroy)(ffi_error_destroy *);
  void *unused[8];
  void *(*thread_pool_schedule)(ffi_schedule *);
  void *(*thread_pool_threads)(ffi_threads *);
} ffi_api; // Its head.
typedef struct {
  size_t size;
  extension *extensions;
  const ffi_api *api;
  void *context;
  int stage;
  ffi_buffers arguments, results;
  ffi_attributes attributes;
} ffi_call; // Its head.
