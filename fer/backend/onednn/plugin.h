// XLA's plugin with oneDNN in it.
#pragma once
#include <stddef.h>

// ferlab_plugin opens XLA's plugin, registers the foreign function "ferlab_onednn" with it and returns its table of
// functions, in which compiling goes through ferlabRewrite first. It returns NULL and what failed if it can't.
void *ferlab_plugin(const char *path, char *failed, size_t size);
