// SPDX-License-Identifier: BSD-3-Clause
// The port owns its part files, from port_probe to port_output_close. Control thread, before
// workers start and after they have ended; the driver writes in between.
#include "ports/output.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/notes.h"
#include "base/part_file.h"
#include "ports/device/arguments.h"
#include "ports/port.h"

enum { LINKS_MAX = 40 }; // as the kernel (path_resolution(7))

struct port_output {
  struct port_output *next;
  struct part_file file;
};

struct port_outputs {
  struct port_output *first;
  char *device; // what DPDK gets
};

// With its last slash, so that a name can follow.
static void directory_of(const char *path, char *directory)
{
  const char *slash = strrchr(path, '/');
  if (slash == NULL)
    strcpy(directory, "./");
  else
    snprintf(directory, PATH_MAX, "%.*s", (int)(slash - path) + 1, path);
}

// Puts what a link says in the place of its name. False if that cannot be.
static bool follow(char *path, const char *directory)
{
  char target[PATH_MAX], whole[2 * PATH_MAX];
  ssize_t length = readlink(path, target, sizeof(target) - 1);
  if (length < 0)
    return false;
  target[length] = '\0';
  snprintf(whole, sizeof(whole), "%s%s", *target == '/' ? "" : directory, target);
  return snprintf(path, PATH_MAX, "%s", whole) < PATH_MAX;
}

// Whether `path` is a regular file or will be one, or is a directory, in the place of one; it is
// then the file's own name, behind links.
// What is reached through /proc is a descriptor that somebody has.
static bool is_file(char *path)
{
  for (unsigned links = 0; links < LINKS_MAX; links++) {
    char directory[PATH_MAX];
    struct statfs file_system;
    struct stat status;
    directory_of(path, directory);
    if (statfs(directory, &file_system) == 0 && file_system.f_type == PROC_SUPER_MAGIC)
      return false;
    if (lstat(path, &status) != 0)
      return true; // opening it says what is wrong, if anything is
    if (!S_ISLNK(status.st_mode))
      return S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
    if (!follow(path, directory))
      return false;
  }
  return false;
}

int port_output_check(const char *name, char *why, size_t size)
{
  char path[PATH_MAX];
  if (snprintf(path, sizeof(path), "%s", name) < (int)sizeof(path) && is_file(path))
    return part_file_check(path, why, size);
  if (eaccess(path, W_OK) != 0)
    return fail(why, size, -errno, "cannot write %s: %s", path, strerror(errno));
  return 0;
}

static int open_one(const struct port *port, struct port_outputs *outputs, const char *path,
                    char *error, size_t size)
{
  char why[PATH_MAX + 128];
  struct port_output *output = malloc(sizeof(*output));
  if (output == NULL)
    return fail(error, size, -ENOMEM, "no memory");
  int status = part_file_open(&output->file, path, why, sizeof(why));
  if (status != 0) {
    free(output);
    return fail(error, size, status, "ports.%s.device: '%s': %s", port->config->name, port->device,
                why);
  }
  output->next = outputs->first;
  outputs->first = output;
  return 0;
}

// Writes the device string with each `key=FILE` exchanged for the part file's descriptor: a name
// could not have a comma in it.
static int exchange(const struct port *port, struct port_outputs *outputs, const char *device,
                    const char *key, FILE *out, char *error, size_t size)
{
  size_t key_length = strlen(key), length;
  int status = 0;
  for (const char *at = device; status == 0; at += length + 1) {
    char path[PATH_MAX];
    length = strcspn(at, ",");
    const char *value = at + key_length + 1;
    bool names = length > key_length && strncmp(at, key, key_length) == 0 && value[-1] == '=' &&
                 snprintf(path, sizeof(path), "%.*s", (int)(length - key_length - 1), value) <
                     (int)sizeof(path);
    if (names && is_file(path)) {
      status = open_one(port, outputs, path, error, size);
      if (status == 0)
        fprintf(out, "%s=/proc/self/fd/%d", key, outputs->first->file.fd);
    } else {
      fwrite(at, 1, length, out);
    }
    if (at[length] == '\0')
      break;
    fputc(',', out);
  }
  return status;
}

int port_output_open(struct port *port, const char **device, char *error, size_t size)
{
  const struct driver *driver = driver_of_vdev(*device);
  if (driver == NULL || driver->output_key == NULL ||
      (driver->interface_key != NULL && arguments_count(*device, driver->interface_key) > 0))
    return 0;
  port_output_close(port);
  port->outputs = calloc(1, sizeof(*port->outputs));
  if (port->outputs == NULL)
    return fail(error, size, -ENOMEM, "no memory");
  size_t length;
  FILE *out = open_memstream(&port->outputs->device, &length);
  if (out == NULL)
    return fail(error, size, -ENOMEM, "no memory");
  int status = exchange(port, port->outputs, *device, driver->output_key, out, error, size);
  if (fclose(out) != 0 && status == 0)
    status = fail(error, size, -ENOMEM, "no memory");
  if (status == 0)
    *device = port->outputs->device;
  return status;
}

int port_output_finish(struct port *port, char *error, size_t size)
{
  char why[PATH_MAX + 128];
  struct port_output *output = port->outputs != NULL ? port->outputs->first : NULL;
  for (; output != NULL; output = output->next) {
    int status = part_file_finish(&output->file, why, sizeof(why));
    if (status != 0)
      return fail(error, size, status, "ports.%s.device: '%s': %s", port->config->name,
                  port->device, why);
  }
  return 0;
}

void port_output_close(struct port *port)
{
  struct port_outputs *outputs = port->outputs;
  if (outputs == NULL)
    return;
  for (struct port_output *output = outputs->first, *next; output != NULL; output = next) {
    next = output->next;
    part_file_close(&output->file);
    free(output);
  }
  free(outputs->device);
  free(outputs);
  port->outputs = NULL;
}
