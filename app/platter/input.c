// SPDX-License-Identifier: BSD-3-Clause
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/notes.h"
#include "base/text.h"
#include "show.h"

static int port_index(const struct config *config, const char *name, size_t length)
{
  for (unsigned i = 0; i < config->n_ports; i++)
    if (strlen(config->ports[i].name) == length && memcmp(config->ports[i].name, name, length) == 0)
      return i;
  return -1;
}

static enum status_code unknown_port(const struct command *command, const struct config *config,
                                     const char *argument, size_t length)
{
  struct text_nearest nearest = {.text = argument, .length = length};
  for (unsigned i = 0; i < config->n_ports; i++)
    text_nearest_offer(&nearest, config->ports[i].name);
  return usage_error(command, "'%s': %s has no port '%.*s'%s", argument, config->file, (int)length,
                     argument, text_suggestion(&nearest).text);
}

enum status_code inputs_take(struct inputs *inputs, const struct command *command,
                             const struct config *config, const char *argument)
{
  const char *equals = strchr(argument, '=');
  if (equals == NULL)
    return usage_error(command, "'%s': expected PORT=FILE", argument);
  int i = port_index(config, argument, equals - argument);
  if (i < 0)
    return unknown_port(command, config, argument, equals - argument);
  if (equals[1] == '\0')
    return usage_error(command, "'%s': a file is missing behind the '='", argument);
  if (inputs->file[i].path != NULL)
    return usage_error(command, "port %s has two files", config->ports[i].name);
  inputs->file[i].path = equals + 1;
  return STATUS_OK;
}

int inputs_open(struct inputs *inputs, const struct config *config,
                const struct capture_terms *terms, char *error, size_t size)
{
  for (unsigned i = 0; i < config->n_ports; i++) {
    struct input *in = &inputs->file[i];
    if (in->path == NULL)
      continue;
    if (capture_scan(in->path, terms, &in->capture, error, size) != 0)
      return -1;
    in->fd = open(in->path, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0)
      return fail(error, size, -1, "%s: %s", in->path, strerror(errno));
  }
  return 0;
}

void inputs_describe(const struct inputs *inputs, const struct config *config)
{
  for (unsigned i = 0; i < config->n_ports; i++) {
    const struct input *in = &inputs->file[i];
    const struct capture *c = &in->capture;
    if (in->path == NULL)
      continue;
    char kinds[256] = "";
    size_t used = 0;
    for (unsigned k = 0; k < c->n_kinds && k < 4; k++)
      used += snprintf(kinds + used, sizeof(kinds) - used, "%s%s %" PRIu64, k > 0 ? ", " : "",
                       c->kinds[k].name, c->kinds[k].frames);
    show_text(stdout, "  ", "port %s: %s: %" PRIu64 " frames of %u to %u bytes: %s%s",
              config->ports[i].name, in->path, c->frames, c->shortest, c->longest, kinds,
              c->n_kinds > 4 ? ", …" : "");
    if (c->shortened > 0)
      printf("  %" PRIu64 " of them were cut short when recorded; what is there is replayed\n",
             c->shortened);
  }
  fflush(stdout);
}

void inputs_warn(const struct inputs *inputs, const struct config *config)
{
  char text[512];
  for (unsigned i = 0; i < config->n_ports; i++)
    if (inputs->file[i].path != NULL &&
        capture_left_describe(&inputs->file[i].capture.left, text, sizeof(text)))
      fprintf(stderr, "platter: warning: port %s: %s: %s\n", config->ports[i].name,
              inputs->file[i].path, text);
}

unsigned inputs_longest(const struct inputs *inputs)
{
  unsigned longest = 0;
  for (unsigned i = 0; i < CONFIG_PORTS_MAX; i++)
    if (inputs->file[i].capture.longest > longest)
      longest = inputs->file[i].capture.longest;
  return longest;
}

void inputs_close(struct inputs *inputs)
{
  for (unsigned i = 0; i < CONFIG_PORTS_MAX; i++)
    if (inputs->file[i].fd >= 0)
      close(inputs->file[i].fd);
}
