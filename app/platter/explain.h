// SPDX-License-Identifier: BSD-3-Clause
#ifndef PLATTER_EXPLAIN_H
#define PLATTER_EXPLAIN_H

#include "cli/cli.h"

// Prints what libpcap makes of a filter and what runs in its place; with a capture (NULL: without)
// also how many of its frames match and how long one takes. Errors go to stderr.
enum status_code explain(const char *filter, const char *capture);

#endif
