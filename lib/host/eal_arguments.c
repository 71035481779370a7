// SPDX-License-Identifier: BSD-3-Clause
// The words are read as getopt_long does (lib/eal/common/eal_common_options.c has the lists), which
// takes any beginning of a long name: a name is refused with all its beginnings. Those that are
// too short to be clear EAL refuses anyway. EAL of 25.11 takes whole names only.
#include "host/eal_arguments.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/notes.h"
#include "host/dpdk_release.h"

static const struct refused {
  char letter; // 0: none
  const char *name;
  const char *instead;
  bool argparse; // what DPDK has only with its own reader of arguments
} refused[] = {
    {'h', "help", "DPDK's Linux guide lists EAL's arguments"},
    {'v', "version", "`dpdk-telemetry.py` shows DPDK's version"},
    {'l', "lcores", "workers.cores in the configuration names the cores"},
    {'c', "lcores", "workers.cores in the configuration names the cores"},
    {'s', "lcores", "workers.cores in the configuration names the cores"},
    {'S', "lcores", "workers.cores in the configuration names the cores"},
    {0, "main-lcore", "control runs where no worker does"},
    {0, "file-prefix", "telemetry.prefix in the configuration names it"},
    {0, "proc-type", "platter is a primary process"},
    {'m', "socket-mem", "memory.mbufs in the configuration sets how much"},
    {0, "no-huge", "memory.hugepages in the configuration chooses"},
    {0, "in-memory", "memory.hugepages in the configuration chooses"},
    {0, "no-shconf", "platter shares nothing already"},
    {0, "telemetry", "platter answers at DPDK's telemetry socket itself"},
    {0, "no-telemetry", "platter answers at DPDK's telemetry socket itself"},
    {0, "coremask", "workers.cores in the configuration names the cores", true},
    {0, "service-coremask", "workers.cores in the configuration names the cores", true},
    {0, "service-corelist", "workers.cores in the configuration names the cores", true},
    {'R', "remap-lcore-ids", "workers.cores in the configuration names the cores", true},
    {0, "memory-size", "memory.mbufs in the configuration sets how much", true},
    {0, "numa-mem", "memory.mbufs in the configuration sets how much", true},
};

enum { N_REFUSED = sizeof(refused) / sizeof(*refused) };

static bool is(const struct refused *option, const char *word)
{
  if (word[0] != '-' || word[1] == '\0' || (option->argparse && !DPDK_ARGPARSE))
    return false;
  if (word[1] != '-')
    return option->letter != 0 && word[1] == option->letter;
  size_t length = strcspn(word + 2, "=");
  return length > 0 && strncmp(word + 2, option->name, length) == 0;
}

static bool is_log_level(const char *word)
{
  size_t length = strcspn(word, "=");
  return length > strlen("--l") && strncmp(word, "--log-level", length) == 0;
}

// EAL prints the levels and ends the process.
static bool asks_for_levels(const char *word, const char *next)
{
  const char *equals = strchr(word, '=');
  const char *value = equals != NULL ? equals + 1 : next;
  return is_log_level(word) && value != NULL && strcmp(value, "help") == 0;
}

bool eal_arguments_set_log_level(int n, char *const *arguments)
{
  for (int i = 0; i < n && strcmp(arguments[i], "--") != 0; i++)
    if (is_log_level(arguments[i]))
      return true;
  return false;
}

int eal_arguments_check(int n, char *const *arguments, char *error, size_t size)
{
  for (int i = 0; i < n && strcmp(arguments[i], "--") != 0; i++) {
    for (unsigned r = 0; r < N_REFUSED; r++)
      if (is(&refused[r], arguments[i]))
        return fail(error, size, -EINVAL, "the EAL argument '%s' is refused: %s", arguments[i],
                    refused[r].instead);
    if (asks_for_levels(arguments[i], i + 1 < n ? arguments[i + 1] : NULL))
      return fail(error, size, -EINVAL,
                  "the EAL argument '%s' is refused: a level goes there, as in "
                  "--log-level=pmd.net.pcap:debug",
                  arguments[i]);
  }
  return 0;
}
