// SPDX-License-Identifier: BSD-3-Clause
// platter check: is the file valid, and what work would it make? No privileges, no devices.
#include <getopt.h>
#include <stdio.h>

#include "command.h"
#include "config/rules_lint.h"
#include "explain.h"
#include "show.h"
#include "show_forwarding.h"

static void show_link_follow(const struct config *config)
{
  bool first = true;
  for (unsigned i = 0; i < config->n_forward; i++) {
    const struct config_forward *entry = &config->forward[i];
    if (!entry->link_follow)
      continue;
    printf("%slink_follow: %s and %s\n", first ? "\n" : "", config->ports[entry->ports[0]].name,
           config->ports[entry->ports[1]].name);
    first = false;
  }
}

static enum status_code show(const struct config *config, bool dot)
{
  struct layout *layout = guess_layout(config, false);
  if (layout == NULL)
    return STATUS_USAGE;
  bool shown = true;
  if (dot) {
    layout_dot(layout, stdout);
  } else {
    show_forwarding(config, stdout);
    shown = layout_print(layout, stdout);
    show_notes(layout, stdout);
    show_link_follow(config);
  }
  layout_free(layout);
  if (!shown)
    fprintf(stderr, "platter: the layout cannot be shown: out of memory\n");
  return shown ? STATUS_OK : STATUS_FAILED;
}

// What is allowed and yet most likely not meant: said, and no error.
// False: memory is out, and warnings are missing.
static bool lint(const struct config *config)
{
  struct config_errors findings = {0};
  config_rules_lint(config, &findings);
  config_errors_list(&findings, config->file, "warning: ", stderr);
  bool whole = findings.kept == findings.count || findings.kept == CONFIG_ERRORS_MAX;
  for (size_t i = 0; i < findings.kept; i++)
    whole &= findings.error[i].text != NULL;
  config_errors_free(&findings);
  return whole;
}

static enum status_code run(const struct command *command, int argc, char **argv)
{
  static const struct option options[] = {
      {"dot", no_argument, NULL, 'd'}, {"explain", required_argument, NULL, 'e'}, {0}};
  const char *filter = NULL;
  bool dot = false;
  int option;

  while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
    if (option == 'd')
      dot = true;
    else if (option == 'e')
      filter = optarg;
    else
      return option_error(command, option, argv);
  }
  if (filter != NULL && dot)
    return usage_error(command, "--explain takes no --dot");
  if (filter != NULL && argc - optind > 1)
    return usage_error(command, "--explain takes one capture at most");
  if (filter != NULL)
    return explain(filter, argv[optind]);
  if (argc - optind != 1)
    return usage_error(command, "it takes one configuration file");
  struct config *config = load_config(argv[optind]);
  if (config == NULL)
    return STATUS_USAGE;
  bool linted = lint(config);
  enum status_code status = show(config, dot);
  if (status == STATUS_OK && !linted)
    status = STATUS_FAILED;
  config_free(config);
  return status;
}

const struct command command_check = {
    .name = "check",
    .summary = "validate a configuration and print the layout of work",
    .help = "Usage: platter check [--dot] CONFIG\n"
            "       platter check --explain FILTER [CAPTURE]\n"
            "\n"
            "Validates CONFIG and prints what is forwarded where, what rules do, who polls which "
            "receive queue, who owns which transmit\n"
            "queue and which handoffs carry packets between workers. Needs no privileges and no\n"
            "devices; what a device alone can tell (queues, NUMA node) is taken from its name and\n"
            "arguments, or as enough. Exit status 2 where the file is not valid.\n"
            "\n"
            "Warns of rules that cannot have been meant so: one that never matches, a loop, a\n"
            "balance over one port.\n"
            "\n"
            "  --dot               the layout as a Graphviz graph\n"
            "  --explain FILTER    what libpcap makes of FILTER, whether it runs as native code,\n"
            "                      and how many frames of CAPTURE match in how long\n"
            "\n"
            "Example: platter check config/wire.yaml\n"
            "         platter check --dot config/wire.yaml | dot -Tsvg > layout.svg\n"
            "         platter check --explain \"udp port 53\" pcaps/dns.pcapng\n",
    .run = run,
};
