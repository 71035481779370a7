// SPDX-License-Identifier: BSD-3-Clause
// platter restore: what a platter that was killed has left changed on the kernel's interfaces.
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "control/changes.h"
#include "control/runtime_directory.h"

static enum status_code restore(const char *prefix)
{
  char error[512];
  struct notes notes = {0};
  if (runtime_directory_take(prefix, error, sizeof(error)) != 0) {
    fprintf(stderr, "platter: %s\n", error);
    return STATUS_FAILED;
  }
  bool all = changes_restore(&notes);
  runtime_directory_leave();
  for (size_t i = 0; i < notes.count; i++)
    fprintf(all ? stdout : stderr, "%s\n", notes.text[i]);
  notes_free(&notes);
  return all ? STATUS_OK : STATUS_FAILED;
}

// As telemetry.prefix: it becomes the name of a directory.
static bool is_prefix(const char *text)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  size_t length = strlen(text);
  return length > 0 && length <= CONFIG_NAME_MAX && strspn(text, letters) == length;
}

static enum status_code run(const struct command *command, int argc, char **argv)
{
  static const struct option options[] = {{"prefix", required_argument, NULL, 'p'}, {0}};
  const char *prefix = "platter";
  int option;

  while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
    if (option != 'p')
      return option_error(command, option, argv);
    prefix = optarg;
  }
  if (argc > optind)
    return usage_error(command, "it takes no arguments");
  if (!is_prefix(prefix))
    return usage_error(command, "'%s' is no prefix: see telemetry.prefix", prefix);
  return restore(prefix);
}

const struct command command_restore = {
    .name = "restore",
    .summary = "give back what a killed platter has changed on interfaces",
    .help = "Usage: platter restore [--prefix PREFIX]\n"
            "\n"
            "Gives back what a platter that was killed (SIGKILL, the OOM killer) has left\n"
            "changed on the kernel's interfaces below its ports: MTU, offloads, a link taken\n"
            "down by link_follow. The next platter with the same prefix does so at its start;\n"
            "this is for when none follows. Nothing where nothing was left. Exit status 1\n"
            "where a platter runs with that prefix, or something could not be given back.\n"
            "\n"
            "  --prefix PREFIX     telemetry.prefix of the configuration (default: platter)\n"
            "\n"
            "Example: platter restore --prefix platter\n"
            "         ExecStopPost=/usr/local/bin/platter restore, in a unit of systemd\n",
    .run = run,
};
