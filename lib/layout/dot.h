// SPDX-License-Identifier: BSD-3-Clause
#ifndef LAYOUT_DOT_H
#define LAYOUT_DOT_H

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

// Any text as it stands inside a pair of double quotes in Graphviz' language: its quotes and
// backslashes, and what a label would take for a character's name, as in "&lt;". A new line is one
// of the label, too.
void dot_escape(const char *text, FILE *out);

#ifdef __cplusplus
}
#endif
#endif
