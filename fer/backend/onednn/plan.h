// Plans: operations of a graph as oneDNN runs them.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { FERLAB_PRODUCT, FERLAB_FORWARD, FERLAB_INPUT_GRADIENT, FERLAB_KERNEL_GRADIENT }; // Kinds of operation.
enum { FERLAB_SOURCE, FERLAB_WEIGHTS, FERLAB_RESULT, FERLAB_ARRAYS };                   // Roles of arrays.
enum { FERLAB_STEPS = 6, FERLAB_ALL = FERLAB_ARRAYS + FERLAB_STEPS };

// An array where it lies: its axes in oneDNN's order, strides in elements.
typedef struct {
  int bf16; // else float32
  int64_t dims[4], strides[4];
} ferlab_array;

// A product source [m, k] · weights [k, n] = result [m, n], or a convolution of source [n, c, h, w] with weights [o,
// c, h, w] to result [n, o, h, w], or the gradient of source or weights of one. The windows start low zeros before the
// source.
//
// Fixed weights are those of an owner that promises not to change them; they lie as float32, and a plan keeps them as
// oneDNN wants them, of bfloat16 if the other factor is.
//
// Steps follow before the result is written, a letter each: 'a' adds and 'm' multiplies by an array of a number for
// each channel, 's' adds an array of the result's shape, all of float32, and 'r' is ReLU, which
// makes of a negative number 1e-30 times as much.
//
// A kernel's gradient through patches is a product of matrices: the source's windows, a row each, transposed, times the
// result's gradient. All its arrays lie channels last, without gaps.
typedef struct {
  char steps[FERLAB_STEPS + 1];
  int kind, rank, fixed, alone, patches; // Alone: in one thread.
  ferlab_array array[FERLAB_ARRAYS];
  int64_t stride[2], dilation[2], low[2], high[2];
} ferlab_operation;

// ferlab_open opens oneDNN; it returns NULL or what failed.
const char *ferlab_open(const char *path);

// ferlab_version is 100 · major + minor version of oneDNN; ferlab_isa the instructions that its code uses, as
// dnnl_cpu_isa_t.
int ferlab_version(void);
int ferlab_isa(void);

// ferlab_plan makes a plan of a number; it returns 0 if oneDNN has no fast code for the operation, if there is a plan
// of that number, or if there are too many. name receives what oneDNN calls the code.
int ferlab_plan(int64_t number, const ferlab_operation *op, char *name, size_t size);

// ferlab_run runs a plan; data has operands and result in the order of the graph's operation, and behind them the
// arrays of steps, count in all, sizes in bytes. Fixed weights are known by their owner and a number that their owner
// has for them. It returns NULL or what failed.
const char *ferlab_run(int64_t plan, int count, void *const data[], const size_t sizes[], int64_t owner,
                       int64_t weights);

// ferlab_release frees what is kept of an owner's weights; ferlab_kept counts the kept arrays of all owners.
void ferlab_release(int64_t owner);
int64_t ferlab_kept(void);

// ferlab_runs counts the runs of all plans.
int64_t ferlab_runs(void);
