// SPDX-License-Identifier: BSD-3-Clause
#include "kernel/ways.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/notes.h"

const struct way *const ways[WAYS] = {
    &way_read_write, &way_sendfile,      &way_splice, &way_mmap_write,     &way_copy_range,
    &way_zerocopy,   &way_mmap_zerocopy, &way_uring,  &way_uring_zerocopy,
};

const char *const route_names[ROUTES] = {"file", "socket"};

int way_find(const char *name, size_t length)
{
  for (int i = 0; i < WAYS; i++)
    if (strlen(ways[i]->name) == length && strncasecmp(ways[i]->name, name, length) == 0)
      return i;
  return -1;
}

int way_missing(const struct way *way, char *why, size_t size)
{
  return way->missing != NULL ? way->missing(why, size) : 0;
}

int way_call_missing(const char *call, ssize_t result, char *why, size_t size)
{
  if (result >= 0 || errno == EBADF || errno == EINVAL)
    return 0;
  int error = errno;
  return fail(why, size, -error, "%s: %s", call, strerror(error));
}
