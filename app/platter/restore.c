// SPDX-License-Identifier: BSD-3-Clause
// platter restore: what a platter that was killed has left changed on the kernel's interfaces.
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "host/interface/changes.h"
#include "host/runtime_directory.h"

// `idle`: one that runs is no failure, and left alone.
static enum status_code restore(const char *prefix, bool idle)
{
  char error[512];
  struct notes notes = {0};
  int taken = runtime_directory_take(prefix, error, sizeof(error));
  if (taken == -EBUSY && idle)
    return STATUS_OK;
  if (taken != 0) {
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

static enum status_code restore_all(void)
{
  char path[256];
  enum status_code status = STATUS_OK;
  const struct dirent *entry;
  runtime_directory_parent(path, sizeof(path));
  DIR *parent = opendir(path);
  if (parent == NULL && errno != ENOENT) {
    fprintf(stderr, "platter: cannot look into %s (%s)\n", path, strerror(errno));
    return STATUS_FAILED;
  }
  while (parent != NULL && (entry = readdir(parent)) != NULL)
    if (is_prefix(entry->d_name) && changes_recorded(dirfd(parent), entry->d_name) &&
        restore(entry->d_name, true) != STATUS_OK)
      status = STATUS_FAILED;
  if (parent != NULL)
    closedir(parent);
  return status;
}

static enum status_code run(const struct command *command, int argc, char **argv)
{
  static const struct option options[] = {
      {"all", no_argument, NULL, 'a'}, {"prefix", required_argument, NULL, 'p'}, {0}};
  const char *prefix = NULL;
  bool all = false;
  int option;

  while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1)
    switch (option) {
    case 'a':
      all = true;
      break;
    case 'p':
      prefix = optarg;
      break;
    default:
      return option_error(command, option, argv);
    }
  if (argc > optind)
    return usage_error(command, "it takes no arguments");
  if (all && prefix != NULL)
    return usage_error(command, "--all goes without --prefix");
  if (prefix != NULL && !is_prefix(prefix))
    return usage_error(command, "'%s' is no prefix: see telemetry.prefix", prefix);
  return all ? restore_all() : restore(prefix != NULL ? prefix : "platter", false);
}

const struct command command_restore = {
    .name = "restore",
    .summary = "give back what a killed platter has changed on interfaces",
    .help = "Usage: platter restore [--prefix PREFIX | --all]\n"
            "\n"
            "Gives back what a platter that was killed (SIGKILL, the OOM killer) has left\n"
            "changed on the kernel's interfaces below its ports: MTU, offloads, a link taken\n"
            "down by link_follow. The next platter with the same prefix does so at its start;\n"
            "this is for when none follows. Nothing where nothing was left. Exit status 1\n"
            "where a platter runs with that prefix, or something could not be given back.\n"
            "\n"
            "  --prefix PREFIX     telemetry.prefix of the configuration (default: platter)\n"
            "  --all               all prefixes in this user's runtime directory but those of\n"
            "                      platters that run; what platter@.service does at its end\n"
            "\n"
            "Example: platter restore --prefix platter\n",
    .run = run,
};
