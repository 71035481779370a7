// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/default_route.h"

#include <stdio.h>
#include <string.h>

// One route a line: interface, destination, gateway, flags, references, use, metric, mask, …
// (net/ipv4/fib_trie.c, fib_route_seq_show).
static bool line_ipv4(const char *line, const char *interface)
{
  char name[64];
  unsigned destination, mask;
  return sscanf(line, "%63s %x %*x %*x %*d %*u %*d %x", name, &destination, &mask) == 3 &&
         destination == 0 && mask == 0 && strcmp(name, interface) == 0;
}

// Destination, its prefix's length, source, its length, next hop, metric, references, use, flags,
// interface (net/ipv6/ip6_fib.c, ipv6_route_native_seq_show).
static bool line_ipv6(const char *line, const char *interface)
{
  char destination[40], name[64];
  unsigned bits;
  return sscanf(line, "%39s %x %*s %*s %*s %*s %*s %*s %*s %63s", destination, &bits, name) == 3 &&
         bits == 0 && strspn(destination, "0") == strlen(destination) &&
         strcmp(name, interface) == 0;
}

static bool any_line(const char *root, const char *file, const char *interface,
                     bool (*matches)(const char *line, const char *interface))
{
  char path[512], line[512];
  bool found = false;
  snprintf(path, sizeof(path), "%s/proc/net/%s", root, file);
  FILE *in = fopen(path, "re");
  if (in == NULL)
    return false;
  while (!found && fgets(line, sizeof(line), in) != NULL)
    found = matches(line, interface);
  fclose(in);
  return found;
}

bool default_route_by(const char *root, const char *interface)
{
  return any_line(root, "route", interface, line_ipv4) ||
         any_line(root, "ipv6_route", interface, line_ipv6);
}
