// Loops whose parts run in XLA's threads.
#pragma once
#include "xla.h"

// ferlab_parallel calls part for every number below count, in the calling thread and in as many of XLA's as are free,
// which need not be woken. Which thread has which part is chance. It returns when all parts are done.
void ferlab_parallel(const ffi_call *call, int64_t count, void (*part)(const void *data, int64_t i), const void *data);
