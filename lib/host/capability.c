// SPDX-License-Identifier: BSD-3-Clause
#include "host/capability.h"

#include <stdio.h>

bool capability_here(enum capability capability)
{
  char line[128];
  unsigned long long all = 0;
  FILE *in = fopen("/proc/thread-self/status", "re");
  while (in != NULL && fgets(line, sizeof(line), in) != NULL)
    if (sscanf(line, "CapEff: %llx", &all) == 1)
      break;
  if (in != NULL)
    fclose(in);
  return all >> capability & 1;
}
