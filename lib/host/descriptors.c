// SPDX-License-Identifier: BSD-3-Clause
#include "host/descriptors.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/notes.h"

// EAL takes 24 with pages of one size; a port of an ordinary virtual device takes one to three.
enum {
  FOR_EAL = 40,
  FOR_A_PORT = 4,
  SCARCE = 8,
};

// Where even this directory cannot be opened there is none left.
static unsigned long count_open(unsigned long otherwise)
{
  unsigned long n = 0;
  DIR *dir = opendir("/proc/self/fd");
  if (dir == NULL)
    return otherwise;
  for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
    n += entry->d_name[0] != '.';
  closedir(dir);
  return n;
}

#define RAISE "raise its hard limit (`ulimit -Hn`; of a service: LimitNOFILE=)"

int descriptors_raise(unsigned n_ports, char *error, size_t size)
{
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return descriptors_check(n_ports, error, size);
}

int descriptors_check(unsigned n_ports, char *error, size_t size)
{
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return 0;
  unsigned long needed = count_open(limit.rlim_max) + FOR_EAL + n_ports * FOR_A_PORT;
  if (needed <= limit.rlim_max)
    return 0;
  return fail(error, size, -EMFILE, "it needs at least %lu open files and may have %lu: " RAISE,
              needed, (unsigned long)limit.rlim_max);
}

// A driver that fails gives back what it had, and DPDK's words seldom say why memory is not to be
// had.
void descriptors_explain(char *error, size_t size)
{
  struct rlimit limit;
  size_t length = strlen(error);
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
      (count_open(limit.rlim_cur) + SCARCE <= limit.rlim_cur &&
       strstr(error, strerror(EMFILE)) == NULL))
    return;
  snprintf(error + length, size - length, "; this process may have %lu open files: " RAISE,
           (unsigned long)limit.rlim_cur);
}
