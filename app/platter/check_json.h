// SPDX-License-Identifier: BSD-3-Clause
// What `platter check` found, for programs.
#ifndef PLATTER_CHECK_JSON_H
#define PLATTER_CHECK_JSON_H

#include <stdbool.h>

#include "base/notes.h"
#include "config/config.h"
#include "layout/layout.h"

struct check_findings {
  const char *file;
  const struct config *config; // NULL: not valid
  const struct layout *layout; // of it
  struct config_errors errors;
  struct config_errors warnings; // of the file
  struct notes notes;            // of the machine; warnings, too
};

// Prints them as one JSON object on standard output. False where memory is out: then that is said
// on stderr.
bool check_json(const struct check_findings *findings);

#endif
