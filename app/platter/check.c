// SPDX-License-Identifier: BSD-3-Clause
// platter check: is the file valid, and what work would it make? No privileges, no devices.
#include <getopt.h>
#include <stdio.h>

#include "command.h"

static enum status_code show(const struct config *config, bool dot)
{
  struct layout *layout = guess_layout(config, false);
  if (layout == NULL)
    return STATUS_USAGE;
  if (dot)
    layout_dot(layout, stdout);
  else
    layout_print(layout, stdout);
  layout_free(layout);
  return STATUS_OK;
}

static enum status_code run(const struct command *command, int argc, char **argv)
{
  static const struct option options[] = {{"dot", no_argument, NULL, 'd'}, {0}};
  bool dot = false;
  int option;

  while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
    if (option != 'd')
      return option_error(command, option, argv);
    dot = true;
  }
  if (argc - optind != 1)
    return usage_error(command, "it takes one configuration file");
  struct config *config = load_config(argv[optind]);
  if (config == NULL)
    return STATUS_USAGE;
  enum status_code status = show(config, dot);
  config_free(config);
  return status;
}

const struct command command_check = {
    .name = "check",
    .summary = "validate a configuration and print the layout of work",
    .help = "Usage: platter check [--dot] CONFIG\n"
            "\n"
            "Validates CONFIG and prints who polls which receive queue, who owns which transmit\n"
            "queue and which handoffs carry packets between workers. Needs no privileges and no\n"
            "devices; what a device alone can tell (queues, NUMA node) is taken from its name and\n"
            "arguments, or as enough. Exit status 2 where the file is not valid.\n"
            "\n"
            "  --dot    the layout as a Graphviz graph\n"
            "\n"
            "Example: platter check config/wire.yaml\n"
            "         platter check --dot config/wire.yaml | dot -Tsvg > layout.svg\n",
    .run = run,
};
