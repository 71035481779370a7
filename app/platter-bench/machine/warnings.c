// SPDX-License-Identifier: BSD-3-Clause
#include "machine/machine.h"

#include <string.h>

#include "machine/files.h"
#include "report/member.h"

// Time is counted in ticks: a run shorter than this has too few of them to tell shares.
static const double SECONDS_MIN = 2;
static const double STEAL_MAX = 0.01, OTHERS_MAX = 0.05, LOAD_MAX = 0.5;

static double number(const json_t *machine, const char *key)
{
  return json_number_value(json_object_get(machine, key)); // 0 for null
}

static bool listed(const char *list, int cpu)
{
  return machine_next(list, cpu - 1) == cpu;
}

static void warn_siblings(const json_t *machine, json_t *warnings)
{
  const char *usable = member_text(machine, "cores_usable");
  size_t i;
  json_t *siblings;
  json_array_foreach(json_object_get(machine, "siblings"), i, siblings)
  {
    const char *list = json_string_value(siblings);
    unsigned both = 0;
    for (int cpu = machine_next(list, -1); cpu >= 0; cpu = machine_next(list, cpu))
      both += listed(usable, cpu);
    if (both < 2)
      continue;
    json_array_append_new(
        warnings, json_sprintf("Cores are hardware threads that share one (as %s do): what runs on "
                               "one of them slows the other.",
                               list));
    return;
  }
}

static void warn_hugepages(const json_t *machine, json_t *warnings)
{
  size_t i;
  json_t *pages;
  json_int_t total = 0;
  json_array_foreach(json_object_get(machine, "hugepages"), i, pages)
  {
    total += json_integer_value(json_object_get(pages, "total"));
  }
  if (total == 0)
    json_array_append_new(warnings,
                          json_string("There are no hugepages: with ordinary pages, addresses are "
                                      "translated more often, which costs time."));
}

static void warn_governor(const json_t *machine, json_t *warnings)
{
  const char *governor = member_text(machine, "governor");
  if (strcmp(governor, "performance") != 0 && strcmp(governor, "none to set") != 0)
    json_array_append_new(warnings,
                          json_sprintf("The cores' frequency governor is %s, not performance: "
                                       "their clock may change from one figure to the next.",
                                       governor));
}

static void warn_company(const json_t *machine, json_t *warnings)
{
  double load = number(machine, "load"), steal = number(machine, "steal"),
         others = number(machine, "others");
  if (load > LOAD_MAX)
    json_array_append_new(
        warnings, json_sprintf("The machine was not idle before the start: its load was %.2f over "
                               "the last minute.",
                               load));
  if (number(machine, "seconds") < SECONDS_MIN)
    return;
  if (steal > STEAL_MAX)
    json_array_append_new(
        warnings, json_sprintf("The hypervisor gave %.1f%% of the cores' time to other machines "
                               "(steal time) during the run.",
                               100 * steal));
  if (others > OTHERS_MAX)
    json_array_append_new(
        warnings,
        json_sprintf("Other programs had %.1f%% of the cores' time during the run.", 100 * others));
}

json_t *machine_warnings(const json_t *machine)
{
  json_t *warnings = json_array();
  const char *virtual = member_text(machine, "virtual");
  if (*virtual != '\0')
    json_array_append_new(
        warnings, json_sprintf("This is a virtual machine (%s): who else uses its cores, caches "
                               "and memory cannot be seen from here.",
                               virtual));
  warn_company(machine, warnings);
  warn_siblings(machine, warnings);
  if (*member_text(machine, "cores_isolated") == '\0')
    json_array_append_new(warnings, json_string("No core is isolated: the kernel may run other "
                                                "programs on those that are measured."));
  warn_governor(machine, warnings);
  warn_hugepages(machine, warnings);
  return warnings;
}
