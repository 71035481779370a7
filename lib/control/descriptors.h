// SPDX-License-Identifier: BSD-3-Clause
// File descriptors of this process: every device, peer, capture and piece of shared memory is one
// or more.
#ifndef CONTROL_DESCRIPTORS_H
#define CONTROL_DESCRIPTORS_H

#include <stddef.h>

// Raises the limit to the highest that the process may have. Where so few are left that not even
// EAL starts with them (it crashes then), returns -EMFILE and a sentence; else 0.
int descriptors_raise(unsigned n_ports, char *error, size_t size);

// Appends to what is said of a failure that it may be for want of descriptors, and what to do:
// where its words say so, or few are left.
void descriptors_explain(char *error, size_t size);

#endif
