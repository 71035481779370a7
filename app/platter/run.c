// SPDX-License-Identifier: BSD-3-Clause
// platter run: forward until told to stop.
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/console.h"
#include "cli/journal.h"
#include "cli/wait.h"
#include "command.h"
#include "control/appliance.h"
#include "host/eal_arguments.h"
#include "host/eal_log.h"
#include "host/runtime_directory.h"
#include "json.h"
#include "service.h"
#include "show.h"

enum {
  DRAIN_SECONDS = 2,
  HEADING_EVERY = 20, // lines
};

static const double UPDATE_SECONDS = 0.2; // telemetry is as old as this at most

struct run {
  const char *config;
  double duration; // 0: until a signal
  bool json;
  bool watch;      // a status line a second
  uint64_t failed; // replay ports that were named as failed
  struct appliance_options options;
};

// Forwards until a signal comes or the duration is over.
static void forward(struct appliance *appliance, struct run *run)
{
  double start = wait_now(), next = start;
  struct show_links links = {0};
  double shown = appliance_status(appliance)->rates_end;
  unsigned lines = 0;
  struct show_circling circling = {0};

  do {
    next += UPDATE_SECONDS;
    if (run->duration > 0 && next > start + run->duration)
      next = start + run->duration;
    if (appliance_wait(appliance, next, wait_descriptor()))
      break;
    const struct status *status = appliance_update(appliance);
    service_update(status, wait_now());
    if (!run->json)
      show_link_changes(status, &links, stdout);
    show_circling(status, &circling, stderr);
    show_replay_failures(status, &run->failed, stderr);
    if (run->watch && status->rates_end > shown)
      show_line(status, lines++ % HEADING_EVERY == 0, stdout);
    shown = status->rates_end;
  } while (run->duration == 0 || wait_now() < start + run->duration);
}

static bool print_json(const struct appliance *appliance)
{
  const struct json_ends ends[CONFIG_PORTS_MAX] = {0};
  return json_print(json_summary(appliance_status(appliance), ends));
}

static enum status_code finish(struct appliance *appliance, struct run *run)
{
  bool printed = true;
  service_stopping();
  console_patient();
  if (!appliance_drain(appliance, DRAIN_SECONDS))
    fprintf(stderr, "platter: warning: not all packets left within %d seconds\n", DRAIN_SECONDS);
  const struct status *status = appliance_stop(appliance);
  if (run->json)
    printed = print_json(appliance);
  else
    show_summary(status, stdout);
  fflush(stdout);
  bool failed = show_replay_failures(status, &run->failed, stderr);
  if (status->running || !status_closed(status))
    return STATUS_ACCOUNTING;
  return printed && !failed ? STATUS_OK : STATUS_FAILED;
}

// The command works as it stands, for whoever may ask: `platter telemetry` looks for a prefix below
// /var/run first, unless it has a RUNTIME_DIRECTORY of its own.
static void print_hint(const struct config *config)
{
  char usual[PATH_MAX];
  snprintf(usual, sizeof(usual), "/var/run/dpdk/%s", config->prefix);
  printf("forwarding; Ctrl-C stops; `%s telemetry ", program_invocation_name);
  if (strcmp(usual, runtime_directory()) == 0)
    printf("--prefix %s` looks inside\n", config->prefix);
  else
    printf("--socket %s/dpdk_telemetry.v2` looks inside\n", runtime_directory());
}

static enum status_code start_and_forward(const struct config *config, struct run *run)
{
  struct appliance *appliance;
  struct notes warnings = {0};
  struct config_errors errors = {0};

  if (wait_init() != 0 || start_console() != 0)
    return STATUS_FAILED;
  if (journal_reads(STDERR_FILENO))
    eal_log_with_levels();
  int failed = appliance_start(&appliance, config, &run->options, &warnings, &errors);
  print_warnings(&warnings);
  if (failed) {
    config_errors_print(&errors, config->file, stderr);
    service_failed(errors.kept > 0 ? errors.error[0].text : "it could not start");
    config_errors_free(&errors);
    return STATUS_FAILED;
  }
  print_layout(appliance_layout(appliance), run->json);
  if (!run->json) {
    show_ports(appliance_status(appliance), stdout);
    show_replay_times(appliance_status(appliance), stdout);
    print_hint(config);
    fflush(stdout);
  }
  service_ready(appliance_status(appliance), wait_now());
  forward(appliance, run);
  enum status_code status = finish(appliance, run);
  bool stuck = appliance_status(appliance)->running;
  appliance_free(appliance);
  if (stuck)
    leave(status);
  return status;
}

static enum status_code parse(const struct command *command, int argc, char **argv, struct run *run)
{
  static const struct option options[] = {{"duration", required_argument, NULL, 'd'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"watch", no_argument, NULL, 'w'},
                                          {0}};
  int own = 0, option;
  char *end, error[256];

  while (own < argc && strcmp(argv[own], "--") != 0)
    own++;
  if (own < argc) {
    run->options.n_extra = argc - own - 1;
    run->options.extra = argv + own + 1;
  }
  while ((option = getopt_long(own, argv, ":", options, NULL)) != -1)
    switch (option) {
    case 'd':
      run->duration = strtod(optarg, &end);
      if (*end != '\0' || end == optarg || !(run->duration > 0) || run->duration > 1e9)
        return usage_error(command, "--duration: expected seconds over 0, found '%s'", optarg);
      break;
    case 'j':
      run->json = true;
      break;
    case 'w':
      run->watch = true;
      break;
    default:
      return option_error(command, option, argv);
    }
  if (own - optind != 1)
    return usage_error(command, "it takes one configuration file");
  if (eal_arguments_check(run->options.n_extra, run->options.extra, error, sizeof(error)) != 0)
    return usage_error(command, "%s", error);
  run->config = argv[optind];
  run->watch = (run->watch || isatty(STDOUT_FILENO)) && !run->json;
  return STATUS_OK;
}

static enum status_code run_command(const struct command *command, int argc, char **argv)
{
  struct run run = {0};
  enum status_code status = parse(command, argc, argv, &run);
  if (status != STATUS_OK)
    return status;
  struct config *config = load_config(run.config);
  if (config == NULL)
    return STATUS_USAGE;
  status = start_and_forward(config, &run);
  config_free(config);
  return status;
}

const struct command command_run = {
    .name = "run",
    .summary = "forward until Ctrl-C",
    .help = "Usage: platter run [OPTIONS] CONFIG [-- EAL ARGUMENTS]\n"
            "\n"
            "Starts the ports and workers of CONFIG, prints the layout and, on a terminal,\n"
            "one status line a second. SIGINT or SIGTERM stops receiving, lets what is under\n"
            "way leave (two seconds at most), prints the summary and ends: status 0, 1 where\n"
            "a replay port could not read its file on, or 3 where the accounting does not\n"
            "close. If ports do not start, each is named, and nothing is left behind: 1.\n"
            "\n"
            "  --duration SECONDS   stop by itself after this time\n"
            "  --watch              the status line also where standard output is no terminal\n"
            "  --json               the summary as JSON on standard output, and nothing else\n"
            "                       there\n"
            "\n"
            "Arguments behind -- go to DPDK's EAL as they are (see DPDK's Linux guide). With\n"
            "--log-level among them DPDK's log is shown on standard error: all of it while\n"
            "platter starts, then a hundred lines at once and ten a second in the long run.\n"
            "Virtual devices need no privileges; NICs need access to their VFIO group.\n"
            "\n"
            "Example: platter run config/veth-af-packet.yaml\n"
            "         platter run config/demo.yaml -- --log-level=pmd.net.null:info\n",
    .run = run_command,
};
