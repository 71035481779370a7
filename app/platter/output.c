// SPDX-License-Identifier: BSD-3-Clause
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/capture.h"
#include "control/notes.h"

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
    struct output *file = &outputs->file[i];
    const char *path = "/dev/null";
    if (directory != NULL) {
      snprintf(file->path, sizeof(file->path), "%s/%s.pcap", directory, config->ports[i].name);
      snprintf(file->unfinished, sizeof(file->unfinished), "%s/%s.pcap.part", directory,
               config->ports[i].name);
      path = file->unfinished;
    }
    file->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file->fd < 0) {
      fail(error, size, -1, "cannot write %s: %s", path, strerror(errno));
      outputs_close(outputs);
      return -1;
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

int outputs_finish(struct outputs *outputs, const uint64_t *sent, char *error, size_t size)
{
  if (outputs->directory == NULL)
    return 0;
  for (unsigned i = 0; i < outputs->count; i++) {
    uint64_t frames;
    if (capture_count(outputs->file[i].unfinished, &frames, error, size) != 0)
      return -1;
    if (frames != sent[i])
      return fail(error, size, -1,
                  "%s holds %" PRIu64 " frames, but %" PRIu64 " were sent; is the disk full?",
                  outputs->file[i].unfinished, frames, sent[i]);
  }
  for (unsigned i = 0; i < outputs->count; i++)
    if (rename(outputs->file[i].unfinished, outputs->file[i].path) != 0)
      return fail(error, size, -1, "cannot rename to %s: %s", outputs->file[i].path,
                  strerror(errno));
  outputs->made_directory = false; // it stays
  return 0;
}

void outputs_close(struct outputs *outputs)
{
  for (unsigned i = 0; i < outputs->count; i++) {
    close(outputs->file[i].fd);
    if (outputs->directory != NULL)
      unlink(outputs->file[i].unfinished); // gone already where it was finished
  }
  if (outputs->made_directory)
    rmdir(outputs->directory);
  outputs->count = 0;
}
