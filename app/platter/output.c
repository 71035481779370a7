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

#include "config/notes.h"
#include "replay/capture.h"

// A name that no other replay uses, and O_EXCL: what is there already, be it an input or a link to
// somewhere else, is never written to.
static int open_output(struct output *file, const char *directory, const char *port, char *error,
                       size_t size)
{
  int length =
      snprintf(file->unfinished, PATH_MAX, "%s/%s.pcap.%d.part", directory, port, getpid());
  if (length >= PATH_MAX)
    return fail(error, size, -1, "--out: the name of the directory is too long");
  snprintf(file->path, PATH_MAX, "%s/%s.pcap", directory, port);
  file->fd = open(file->unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file->fd < 0)
    return fail(error, size, -1, "cannot write %s: %s", file->unfinished, strerror(errno));
  return 0;
}

static int open_null(struct output *file, char *error, size_t size)
{
  file->fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
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
    struct output *file = &outputs->file[i];
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
static const char *shortage(const struct output *file, char *text, size_t size)
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
    const struct output *file = &outputs->file[i];
    uint64_t frames;
    char why[512], text[96];
    if (capture_count(file->unfinished, &frames, why, sizeof(why)) != 0)
      return fail(error, size, -1, "%s cannot be written (%s): %s", file->path,
                  shortage(file, text, sizeof(text)), why);
    if (frames != sent[i])
      return fail(error, size, -1,
                  "%s cannot be written (%s): it would hold %" PRIu64 " frames, but %" PRIu64
                  " were sent",
                  file->path, shortage(file, text, sizeof(text)), frames, sent[i]);
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
