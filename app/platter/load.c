// SPDX-License-Identifier: BSD-3-Clause
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "control/assemble.h"

struct config *load_config(const char *path)
{
  struct config_errors errors = {0};
  size_t n_kinds;
  const struct config_kind *kinds = forward_kinds(&n_kinds);
  struct config *config = config_load(path, kinds, n_kinds, &errors);
  config_errors_print(&errors, path, stderr);
  config_errors_free(&errors);
  return config;
}

void leave(enum status_code status)
{
  fflush(stdout);
  _exit(status);
}

void print_warnings(struct notes *warnings)
{
  for (size_t i = 0; i < warnings->count; i++)
    fprintf(stderr, "platter: warning: %s\n", warnings->text[i]);
  notes_free(warnings);
}
