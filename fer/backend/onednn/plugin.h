// XLA's plugin with oneDNN in it.
#pragma once
#include <stddef.h>

enum { FERLAB_KEY = 32 }; // The bytes of a key; a program has one in this process and one of its file.

// ferlab_plugin opens XLA's plugin, registers the foreign functions with it and returns its table of
// functions, in which compiling goes through ferlabRewrite first, and what was compiled is kept for the next that
// compiles the same, in this process or another. It returns NULL and what failed if it can't.
void *ferlab_plugin(const char *path, char *failed, size_t size);
