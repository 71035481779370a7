// SPDX-License-Identifier: BSD-3-Clause
#include "packet/label.h"

#include <stdio.h>
#include <stdlib.h>

void label_register(struct label_set *set, struct label *label)
{
  // Before main there is nobody to return an error to.
  if (set->count == LABELS_MAX) {
    fprintf(stderr, "platter: no room for the label '%s': raise LABELS_MAX (%d)\n", label->name,
            LABELS_MAX);
    abort();
  }
  label->id = set->count;
  set->label[set->count++] = label;
}
