// What Ferlab uses of oneDNN's C interface, version 3, declared in its own words: the library is opened when a program
// runs, so that Ferlab builds without it. Names, values and order of arguments are oneDNN's (oneapi/dnnl/dnnl.h).
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct dnnl_engine *dnnl_engine_t;
typedef struct dnnl_stream *dnnl_stream_t;
typedef struct dnnl_memory *dnnl_memory_t;
typedef struct dnnl_memory_desc *dnnl_memory_desc_t;
typedef const struct dnnl_memory_desc *const_dnnl_memory_desc_t;
typedef struct dnnl_primitive *dnnl_primitive_t;
typedef struct dnnl_primitive_desc *dnnl_primitive_desc_t;
typedef struct dnnl_primitive_attr *dnnl_primitive_attr_t;
typedef struct dnnl_post_ops *dnnl_post_ops_t;
typedef const struct dnnl_post_ops *const_dnnl_post_ops_t;
typedef int64_t dnnl_dims_t[12];
typedef struct { int arg; dnnl_memory_t memory; } dnnl_exec_arg_t;
typedef struct { int major, minor, patch; } dnnl_version_t; // Its head.

enum {
  dnnl_success = 0,
  dnnl_cpu = 1,                   // dnnl_engine_kind_t
  dnnl_stream_in_order = 1,       // dnnl_stream_flags_t
  dnnl_bf16 = 2, dnnl_f32 = 3,    // dnnl_data_type_t
  dnnl_format_tag_any = 1,        // dnnl_format_tag_t
  dnnl_forward_training = 64,     // dnnl_prop_kind_t
  dnnl_convolution_direct = 1,    // dnnl_alg_kind_t
  dnnl_scratchpad_mode_user = 1,  // dnnl_scratchpad_mode_t
  dnnl_query_impl_info_str = 8,   // dnnl_query_t
  dnnl_query_exec_arg_md = 255,
  DNNL_ARG_SRC = 1, DNNL_ARG_DST = 17, DNNL_ARG_WEIGHTS = 33, DNNL_ARG_SCRATCHPAD = 80,
  dnnl_eltwise_relu = 0x20, dnnl_binary_add = 0x1fff0, dnnl_binary_mul = 0x1fff1,
  DNNL_ARG_SRC_1 = 2, DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE = 32768,
  DNNL_ARG_DIFF_SRC = 129, DNNL_ARG_DIFF_DST = 145, DNNL_ARG_DIFF_WEIGHTS = 161,
};

// X(type, name, arguments) for every function of oneDNN that is used.
#define DNNL_FUNCTIONS(X)                                                                                              \
  X(const dnnl_version_t *, version, (void))                                                                           \
  X(int, get_effective_cpu_isa, (void))                                                                                \
  X(int, engine_create, (dnnl_engine_t *, int kind, size_t index))                                                     \
  X(int, stream_create, (dnnl_stream_t *, dnnl_engine_t, unsigned flags))                                              \
  X(int, stream_wait, (dnnl_stream_t))                                                                                 \
  X(int, memory_create, (dnnl_memory_t *, const_dnnl_memory_desc_t, dnnl_engine_t, void *data))                        \
  X(int, memory_set_data_handle, (dnnl_memory_t, void *data))                                                          \
  X(int, memory_get_memory_desc, (dnnl_memory_t, const_dnnl_memory_desc_t *))                                          \
  X(int, memory_destroy, (dnnl_memory_t))                                                                              \
  X(int, memory_desc_create_with_strides, (dnnl_memory_desc_t *, int rank, const dnnl_dims_t, int type,                \
    const dnnl_dims_t strides))                                                                                        \
  X(int, memory_desc_create_with_tag, (dnnl_memory_desc_t *, int rank, const dnnl_dims_t, int type, int tag))          \
  X(int, memory_desc_destroy, (dnnl_memory_desc_t))                                                                    \
  X(int, memory_desc_equal, (const_dnnl_memory_desc_t, const_dnnl_memory_desc_t))                                      \
  X(size_t, memory_desc_get_size, (const_dnnl_memory_desc_t))                                                          \
  X(int, primitive_attr_create, (dnnl_primitive_attr_t *))                                                             \
  X(int, primitive_attr_set_scratchpad_mode, (dnnl_primitive_attr_t, int mode))                                        \
  X(int, primitive_attr_set_post_ops, (dnnl_primitive_attr_t, const_dnnl_post_ops_t))                                  \
  X(int, primitive_attr_destroy, (dnnl_primitive_attr_t))                                                              \
  X(int, post_ops_create, (dnnl_post_ops_t *))                                                                         \
  X(int, post_ops_append_eltwise, (dnnl_post_ops_t, int alg, float alpha, float beta))                                 \
  X(int, post_ops_append_binary, (dnnl_post_ops_t, int alg, const_dnnl_memory_desc_t))                                 \
  X(int, post_ops_destroy, (dnnl_post_ops_t))                                                                          \
  X(int, primitive_desc_query, (dnnl_primitive_desc_t, int what, int index, void *result))                             \
  X(const_dnnl_memory_desc_t, primitive_desc_query_md, (dnnl_primitive_desc_t, int what, int index))                   \
  X(int, primitive_desc_destroy, (dnnl_primitive_desc_t))                                                              \
  X(int, primitive_create, (dnnl_primitive_t *, dnnl_primitive_desc_t))                                                \
  X(int, primitive_execute, (dnnl_primitive_t, dnnl_stream_t, int n, const dnnl_exec_arg_t *))                         \
  X(int, primitive_destroy, (dnnl_primitive_t))                                                                        \
  X(int, reorder_primitive_desc_create, (dnnl_primitive_desc_t *, const_dnnl_memory_desc_t from, dnnl_engine_t,        \
    const_dnnl_memory_desc_t to, dnnl_engine_t, dnnl_primitive_attr_t))                                                \
  X(int, matmul_primitive_desc_create, (dnnl_primitive_desc_t *, dnnl_engine_t, const_dnnl_memory_desc_t src,          \
    const_dnnl_memory_desc_t weights, const_dnnl_memory_desc_t bias, const_dnnl_memory_desc_t dst,                     \
    dnnl_primitive_attr_t))                                                                                            \
  X(int, convolution_forward_primitive_desc_create, (dnnl_primitive_desc_t *, dnnl_engine_t, int prop, int alg,        \
    const_dnnl_memory_desc_t src, const_dnnl_memory_desc_t weights, const_dnnl_memory_desc_t bias,                     \
    const_dnnl_memory_desc_t dst, const dnnl_dims_t strides, const dnnl_dims_t dilates, const dnnl_dims_t low,         \
    const dnnl_dims_t high, dnnl_primitive_attr_t))                                                                    \
  X(int, convolution_backward_data_primitive_desc_create, (dnnl_primitive_desc_t *, dnnl_engine_t, int alg,            \
    const_dnnl_memory_desc_t diff_src, const_dnnl_memory_desc_t weights, const_dnnl_memory_desc_t diff_dst,            \
    const dnnl_dims_t strides, const dnnl_dims_t dilates, const dnnl_dims_t low, const dnnl_dims_t high,               \
    dnnl_primitive_desc_t hint, dnnl_primitive_attr_t))                                                                \
  X(int, convolution_backward_weights_primitive_desc_create, (dnnl_primitive_desc_t *, dnnl_engine_t, int alg,         \
    const_dnnl_memory_desc_t src, const_dnnl_memory_desc_t diff_weights, const_dnnl_memory_desc_t diff_bias,           \
    const_dnnl_memory_desc_t diff_dst, const dnnl_dims_t strides, const dnnl_dims_t dilates, const dnnl_dims_t low,    \
    const dnnl_dims_t high, dnnl_primitive_desc_t hint, dnnl_primitive_attr_t))

// dnnl holds oneDNN's functions once ferlab_open has found them.
#define X(type, name, arguments) type (*name) arguments;
extern struct dnnl { DNNL_FUNCTIONS(X) } dnnl;
#undef X
