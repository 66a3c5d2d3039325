// The foreign functions that XLA calls: they check a call's arrays and hand them on.
#pragma once
#include "xla.h"

void *ferlab_handle(ffi_call *call);
void *ferlab_handle_pooled(ffi_call *call);
void *ferlab_handle_adam(ffi_call *call);
