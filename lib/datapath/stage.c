// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct stage_type *known[STAGE_TYPES_MAX];
static unsigned n_known;

void stage_type_register(const struct stage_type *type)
{
  if (n_known == STAGE_TYPES_MAX || stage_type_find(type->name) != NULL) {
    // Before main, and only a change to the source can cause it.
    fprintf(stderr, "platter: stage '%s' is registered twice, or there are too many\n", type->name);
    exit(1);
  }
  known[n_known++] = type;
}

unsigned stage_types(const struct stage_type *const **types)
{
  *types = known;
  return n_known;
}

const struct stage_type *stage_type_find(const char *name)
{
  for (unsigned i = 0; i < n_known; i++)
    if (strcmp(known[i]->name, name) == 0)
      return known[i];
  return NULL;
}
