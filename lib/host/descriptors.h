// SPDX-License-Identifier: BSD-3-Clause
// File descriptors of this process: every device, peer, capture and piece of shared memory is one
// or more.
#ifndef HOST_DESCRIPTORS_H
#define HOST_DESCRIPTORS_H

#include <stddef.h>

// Whether so many are left that EAL starts (it crashes with too few): 0, or -EMFILE and a sentence.
int descriptors_check(unsigned n_ports, char *error, size_t size);

// Raises the limit to the highest that the process may have, and does the same.
int descriptors_raise(unsigned n_ports, char *error, size_t size);

// Appends to what is said of a failure that it may be for want of descriptors, and what to do:
// where its words say so, or few are left.
void descriptors_explain(char *error, size_t size);

#endif
