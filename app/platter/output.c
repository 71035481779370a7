// SPDX-License-Identifier: BSD-3-Clause
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/notes.h"
#include "replay/capture.h"

static int open_output(struct part_file *file, const char *directory, const char *port, char *error,
                       size_t size)
{
  char path[PATH_MAX];
  if (snprintf(path, sizeof(path), "%s/%s.pcap", directory, port) >= (int)sizeof(path))
    return fail(error, size, -1, "--out: the name of the directory is too long");
  return part_file_open(file, path, error, size);
}

static int open_null(struct part_file *file, char *error, size_t size)
{
  *file = (struct part_file){.fd = open("/dev/null", O_WRONLY | O_CLOEXEC)};
  return file->fd >= 0 ? 0 : fail(error, size, -1, "cannot open /dev/null: %s", strerror(errno));
}

int outputs_open(struct outputs *outputs, const char *directory, const struct config *config,
                 char *error, size_t size)
{
  *outputs = (struct outputs){.directory = directory};
  if (directory != NULL) {
    outputs->made_directory = mkdir(directory, 0777) == 0;
    if (!outputs->made_directory && errno != EEXIST)
      return fail(error, size, -1, "--out %s: cannot make the directory: %s", directory,
                  strerror(errno));
  }
  for (unsigned i = 0; i < config->n_ports; i++) {
    struct part_file *file = &outputs->file[i];
    int status = directory != NULL
                     ? open_output(file, directory, config->ports[i].name, error, size)
                     : open_null(file, error, size);
    if (status != 0) {
      outputs_close(outputs);
      return status;
    }
    outputs->count++;
  }
  return 0;
}

bool outputs_would_replace(const struct outputs *outputs, unsigned i, int fd)
{
  struct stat there, input;
  return outputs->directory != NULL && stat(outputs->file[i].path, &there) == 0 &&
         fstat(fd, &input) == 0 && there.st_dev == input.st_dev && there.st_ino == input.st_ino;
}

// Why a file may hold less than was written: the kernel takes no byte beyond the limit.
static const char *shortage(const struct part_file *file, char *text, size_t size)
{
  struct rlimit limit;
  struct stat status;
  if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || fstat(file->fd, &status) != 0 ||
      (rlim_t)status.st_size < limit.rlim_cur)
    return "is the disk full?";
  snprintf(text, size, "ulimit -f allows files of %" PRIu64 " bytes", (uint64_t)limit.rlim_cur);
  return text;
}

int outputs_finish(struct outputs *outputs, const uint64_t *sent, char *error, size_t size)
{
  if (outputs->directory == NULL)
    return 0;
  for (unsigned i = 0; i < outputs->count; i++) {
    const struct part_file *file = &outputs->file[i];
    uint64_t frames;
    char why[512], text[96];
    if (capture_count(file->part, &frames, why, sizeof(why)) != 0)
      return fail(error, size, -1, "%s cannot be written (%s): %s", file->path,
                  shortage(file, text, sizeof(text)), why);
    if (frames != sent[i])
      return fail(error, size, -1,
                  "%s cannot be written (%s): it would hold %" PRIu64 " frames, but %" PRIu64
                  " were sent",
                  file->path, shortage(file, text, sizeof(text)), frames, sent[i]);
  }
  for (unsigned i = 0; i < outputs->count; i++)
    if (part_file_finish(&outputs->file[i], error, size) != 0)
      return -1;
  outputs->made_directory = false; // it stays
  return 0;
}

void outputs_close(struct outputs *outputs)
{
  for (unsigned i = 0; i < outputs->count; i++)
    part_file_close(&outputs->file[i]);
  if (outputs->made_directory)
    rmdir(outputs->directory);
  outputs->count = 0;
}
