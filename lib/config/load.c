// SPDX-License-Identifier: BSD-3-Clause
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Reads at most `size` bytes, from pipes too. Returns how many, or -1 with errno set.
static ssize_t read_all(int file, char *text, size_t size)
{
  size_t used = 0;
  while (used < size) {
    ssize_t n = read(file, text + used, size - used);
    if (n == 0)
      break;
    if (n < 0 && errno != EINTR)
      return -1;
    if (n > 0)
      used += (size_t)n;
  }
  return (ssize_t)used;
}

struct config *config_load(const char *path, const struct config_kind *kinds, size_t n_kinds,
                           struct config_errors *errors)
{
  const struct config_place none = {0};
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    config_error_add(errors, none, "cannot open: %s", strerror(errno));
    return NULL;
  }
  const size_t size = CONFIG_FILE_MAX + 1; // one more than allowed shows that there is more
  struct config *config = NULL;
  char *text = malloc(size);
  ssize_t length = text == NULL ? -1 : read_all(file, text, size);
  if (text == NULL)
    config_error_add(errors, none, "out of memory");
  else if (length < 0 && errno == EISDIR)
    config_error_add(errors, none, "expected a file, found a directory");
  else if (length < 0)
    config_error_add(errors, none, "cannot read the file: %s", strerror(errno));
  else
    config = config_parse(path, text, (size_t)length, kinds, n_kinds, errors);
  free(text);
  close(file);
  return config;
}
