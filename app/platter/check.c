// SPDX-License-Identifier: BSD-3-Clause
// platter check: is the file valid, and what work would it make? No privileges, no devices.
#include <getopt.h>
#include <stdio.h>

#include "check_json.h"
#include "command.h"
#include "config/rules_lint.h"
#include "control/here.h"
#include "dot.h"
#include "explain.h"
#include "show.h"
#include "show_forwarding.h"

struct check {
  bool dot, json, here;
  const char *filter; // to explain; else NULL
};

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

static bool show_text_form(const struct config *config, const struct layout *layout)
{
  bool shown = show_forwarding(config, stdout);
  shown = layout_print(layout, stdout) && shown;
  show_notes(layout, stdout);
  show_link_follow(config);
  return shown;
}

// False: memory is out, and something is missing.
static bool show_valid(const struct check_findings *found, bool dot)
{
  bool shown = dot ? dot_print(found->config, found->layout, stdout)
                   : show_text_form(found->config, found->layout);
  if (!shown)
    fprintf(stderr, "platter: the layout cannot be shown: out of memory\n");
  return shown;
}

// What is allowed and yet most likely not meant: said, and no error.
// False: memory is out, and warnings are missing.
static bool lint(const struct config *config, struct config_errors *warnings)
{
  config_rules_lint(config, warnings);
  bool whole = warnings->kept == warnings->count || warnings->kept == CONFIG_ERRORS_MAX;
  for (size_t i = 0; i < warnings->kept; i++)
    whole &= warnings->error[i].text != NULL;
  return whole;
}

static enum status_code show(struct check_findings *found, const struct check *check)
{
  if (check->json)
    return check_json(found) ? STATUS_OK : STATUS_FAILED;
  config_errors_print(&found->errors, found->file, stderr);
  config_errors_list(&found->warnings, found->file, "warning: ", stderr);
  print_warnings(&found->notes);
  if (found->errors.count > 0)
    return STATUS_OK;
  if (!show_valid(found, check->dot))
    return STATUS_FAILED;
  if (check->here && !check->dot)
    puts("\nhere: nothing on this machine stands in the way");
  return STATUS_OK;
}

static enum status_code check_file(const char *file, const struct check *check)
{
  struct check_findings found = {.file = file};
  struct layout *layout;
  enum status_code status = STATUS_OK;
  struct config *config = read_config(file, &layout, &found.errors);
  found.config = config;
  found.layout = layout;
  if (config == NULL)
    status = STATUS_USAGE;
  else if (!lint(config, &found.warnings))
    status = STATUS_FAILED;
  if (config != NULL && check->here)
    here_check(config, &found.errors, &found.notes);
  if (status == STATUS_OK && found.errors.count > 0)
    status = STATUS_FAILED;
  enum status_code shown = show(&found, check);
  config_errors_free(&found.errors);
  config_errors_free(&found.warnings);
  notes_free(&found.notes);
  layout_free(layout);
  config_free(config);
  return status != STATUS_OK ? status : shown;
}

static enum status_code run(const struct command *command, int argc, char **argv)
{
  static const struct option options[] = {{"dot", no_argument, NULL, 'd'},
                                          {"explain", required_argument, NULL, 'e'},
                                          {"here", no_argument, NULL, 'h'},
                                          {"json", no_argument, NULL, 'j'},
                                          {0}};
  struct check check = {0};
  int option;

  while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
    if (option == 'd')
      check.dot = true;
    else if (option == 'e')
      check.filter = optarg;
    else if (option == 'h')
      check.here = true;
    else if (option == 'j')
      check.json = true;
    else
      return option_error(command, option, argv);
  }
  if (check.dot && check.json)
    return usage_error(command, "it takes either --dot or --json");
  if (check.filter != NULL && (check.dot || check.json))
    return usage_error(command, "--explain takes no --%s", check.dot ? "dot" : "json");
  if (check.filter != NULL && check.here)
    return usage_error(command, "--explain takes no --here");
  if (check.filter != NULL && argc - optind > 1)
    return usage_error(command, "--explain takes one capture at most");
  if (check.filter != NULL)
    return explain(check.filter, argv[optind]);
  if (argc - optind != 1)
    return usage_error(command, "it takes one configuration file");
  return check_file(argv[optind], &check);
}

const struct command command_check = {
    .name = "check",
    .summary = "validate a configuration and print the layout of work",
    .help = "Usage: platter check [--here] [--dot | --json] CONFIG\n"
            "       platter check --explain FILTER [CAPTURE]\n"
            "\n"
            "Validates CONFIG and prints what is forwarded where, what rules do, who polls\n"
            "which receive queue, who owns which transmit queue and which handoffs carry\n"
            "packets between workers. Needs no privileges and no devices; what a device\n"
            "alone can tell (queues, NUMA node) is taken from its name and arguments, or as\n"
            "enough. Exit status 2 where the file is not valid.\n"
            "\n"
            "Warns of rules that cannot have been meant so: one that never matches, a loop, a\n"
            "balance over one port.\n"
            "\n"
            "  --here              also whether this machine has what CONFIG needs: cores,\n"
            "                      devices and their drivers, interfaces, sockets, files,\n"
            "                      memory, permissions. Nothing is made or changed; run it\n"
            "                      as the user who will run platter. Exit status 1 where a\n"
            "                      start would fail\n"
            "  --dot               a Graphviz graph of the same: ports with their devices,\n"
            "                      what forwards between them, rules, who does the work\n"
            "  --json              all of it as JSON on standard output, errors and warnings\n"
            "                      included, each with its line and column\n"
            "  --explain FILTER    what libpcap makes of FILTER, whether it runs as native\n"
            "                      code, and how many frames of CAPTURE match in how long\n"
            "\n"
            "Example: platter check config/wire.yaml\n"
            "         platter check --here config/demo.yaml\n"
            "         platter check --dot config/rules.yaml | dot -Tsvg > forwarding.svg\n"
            "         platter check --explain \"udp port 53\" pcaps/dns.pcapng\n",
    .run = run,
};
