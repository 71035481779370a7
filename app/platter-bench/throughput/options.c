// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "base/text.h"

enum {
  FLOWS = 256,
  NETWORKS_MAX = 256,
  VLAN_MAX = 4094,
  REPEAT = 5,
  REPEAT_SEARCH = 3, // of a load, with a search or --quick
};
static const double SECONDS = 1, SECONDS_QUICK = 0.3, QUIET = 0.05;
static const double LIMIT = 1200; // of a search, as FD.io CSIT has it
static const double RFC2544_WAIT = 2, RFC2544_SETTLE = 5;
static const char *const sizes_usual = "64,128,256,512,1024,1280,1518,imix",
                         *const sizes_search = "64,512,1518", *const sizes_quick = "64,1518",
                         *const loads_usual = "10%,50%,90%";

double kind_mean(const struct frames_wish *kind)
{
  double sum = 0;
  for (unsigned i = 0; i < kind->n_mix; i++)
    sum += kind->mix[i];
  return sum / kind->n_mix;
}

struct kind_text kind_show(const struct frames_wish *kind)
{
  struct kind_text text;
  if (kind->n_mix == 1)
    snprintf(text.text, sizeof(text.text), "%u bytes", kind->mix[0]);
  else
    snprintf(text.text, sizeof(text.text), "a mix of %.1f bytes on average", kind_mean(kind));
  return text;
}

static bool take_size(void *options, const char *word, size_t length)
{
  struct throughput_options *o = options;
  if (o->n_kinds == INSTRUMENT_KINDS_MAX)
    return false;
  struct frames_wish *kind = &o->kind[o->n_kinds];
  if (!frames_mix(word, length, kind)) {
    if (!text_number(word, length, 64, FRAMES_SIZE_MAX, &kind->mix[0]))
      return false;
    kind->n_mix = 1;
  }
  o->n_kinds++;
  return true;
}

// "2.5M", "100k", "50%".
static bool take_load(void *options, const char *word, size_t length)
{
  struct throughput_options *o = options;
  char text[32], *end;
  if (o->n_loads == LOADS_MAX || length == 0 || length >= sizeof(text))
    return false;
  memcpy(text, word, length);
  text[length] = '\0';
  double value = strtod(text, &end);
  struct load load = {.rate = value};
  if (strcmp(end, "%") == 0)
    load = (struct load){.share = value / 100};
  else if (strcmp(end, "k") == 0)
    load.rate *= 1e3;
  else if (strcmp(end, "M") == 0)
    load.rate *= 1e6;
  else if (*end != '\0')
    return false;
  bool good =
      end != text && (load.share > 0 ? load.share <= 1 : load.rate >= 1 && load.rate <= 1e9);
  o->load[o->n_loads] = load;
  o->n_loads += good;
  return good;
}

static enum status_code take_seconds(const struct command *command, const char *option,
                                     double least, double most, const char *value, double *seconds)
{
  char *end;
  *seconds = strtod(value, &end);
  if (end != value && *end == '\0' && *seconds >= least && *seconds <= most)
    return STATUS_OK;
  return usage_error(command, "%s: expected %g to %g, found '%s'", option, least, most,
                     text_show(value, strlen(value)).text);
}

static enum status_code take_number(const struct command *command, const char *option,
                                    unsigned least, unsigned most, const char *value,
                                    unsigned *number)
{
  if (text_number(value, strlen(value), least, most, number))
    return STATUS_OK;
  return usage_error(command, "%s: expected %u to %u, found '%s'", option, least, most,
                     text_show(value, strlen(value)).text);
}

static enum status_code take_goal(const struct command *command, const char *value,
                                  struct goal_list *goals)
{
  char error[400];
  return goals_add(goals, value, error, sizeof(error)) == 0
             ? STATUS_OK
             : usage_error(command, "--goal: %s", error);
}

static enum status_code take_search(const struct command *command, struct throughput_options *o,
                                    int option, const char *value)
{
  switch (option) {
  case 'g':
    return take_goal(command, value, &o->goals);
  case 'D':
    if (o->n_duts == DUTS_MAX)
      return usage_error(command, "--dut: there are at most %d devices", DUTS_MAX);
    o->dut[o->n_duts++] = value;
    return STATUS_OK;
  case 'N':
    return take_number(command, "--searches", 1, SAMPLES_MAX, value, &o->searches);
  case 'L':
    return take_seconds(command, "--limit", 1, 86400, value, &o->limit);
  default: // 'e'
    return take_seconds(command, "--settle", 0, 3600, value, &o->settle);
  }
}

static enum status_code take_short(const struct command *command, const char *value, double *share)
{
  char *end;
  double percent = strtod(value, &end);
  *share = percent / 100;
  if (end != value && *end == '\0' && percent > 0 && percent <= 50)
    return STATUS_OK;
  return usage_error(command, "--short: expected more than 0 and at most 50 percent, found '%s'",
                     text_show(value, strlen(value)).text);
}

static enum status_code take_traffic(const struct command *command, struct throughput_options *o,
                                     int option, const char *value)
{
  switch (option) {
  case 's':
    return list_option(command, "--sizes", "sizes of 64 to 9216, imix or imix:GENOME", value,
                       take_size, o);
  case 'f':
    return take_number(command, "--flows", 1, FRAMES_FLOWS_MAX, value, &o->flows);
  case 'n':
    return take_number(command, "--networks", 1, NETWORKS_MAX, value, &o->networks);
  case 'v':
    return take_number(command, "--vlan", 1, VLAN_MAX, value, &o->vlan);
  case 'l':
    return list_option(command, "--loads", "frames a second (100000, 100k, 2.5M) or shares (50%)",
                       value, take_load, o);
  default: // '6'
    o->ipv6 = true;
    return STATUS_OK;
  }
}

static enum status_code take_option(const struct command *command, void *options, int option,
                                    const char *value)
{
  struct throughput_options *o = options;
  switch (option) {
  case 'T':
    o->tx = value;
    return STATUS_OK;
  case 'R':
    o->rx = value;
    return STATUS_OK;
  case 'S':
    o->self = value;
    return STATUS_OK;
  case 't':
    return take_seconds(command, "--trial", 0.01, 3600, value, &o->seconds);
  case 'w':
    return take_seconds(command, "--wait", 0.01, 3600, value, &o->wait);
  case 'p':
    return take_short(command, value, &o->short_share);
  case 'r':
    return repeat_option(command, value, &o->repeat);
  case 'j':
    o->json = value;
    return STATUS_OK;
  case 'h':
    o->html = value;
    return STATUS_OK;
  case 'q':
    o->quick = true;
    return STATUS_OK;
  case 'C':
    o->csv = value;
    return STATUS_OK;
  case 'c':
    o->curve = true;
    return STATUS_OK;
  case 'g':
  case 'N':
  case 'L':
  case 'e':
  case 'D':
    return take_search(command, o, option, value);
  default:
    return take_traffic(command, o, option, value);
  }
}

// What was not asked for.
static void fill_in(struct throughput_options *o)
{
  bool rfc2544 = false;
  o->search = o->n_loads == 0 || o->goals.count > 0;
  for (unsigned i = 0; i < o->goals.count; i++)
    rfc2544 = rfc2544 || goal_is_rfc2544(&o->goals.goal[i]);
  if (o->goals.count == 0)
    goals_usual(&o->goals, o->quick);
  if (o->n_kinds == 0)
    list_take(o->quick ? sizes_quick : o->search ? sizes_search : sizes_usual, take_size, o);
  if (o->n_loads == 0)
    list_take(loads_usual, take_load, o);
  if (o->repeat == 0)
    o->repeat = o->quick || o->search ? REPEAT_SEARCH : REPEAT;
  if (o->searches == 0)
    o->searches = 1;
  if (o->seconds == 0)
    o->seconds = o->quick ? SECONDS_QUICK : SECONDS;
  if (o->wait == 0)
    o->wait = rfc2544 ? RFC2544_WAIT : QUIET;
  if (o->settle < 0)
    o->settle = rfc2544 ? RFC2544_SETTLE : 0;
  if (o->limit == 0)
    o->limit = LIMIT;
  if (o->flows == 0)
    o->flows = FLOWS;
}

static enum status_code finish(const struct command *command, struct throughput_options *o)
{
  if ((o->tx == NULL) != (o->rx == NULL))
    return usage_error(command, "--tx and --rx belong together");
  if (o->tx != NULL && o->n_duts > 0)
    return usage_error(command, "--dut has devices of its own: it goes without --tx and --rx");
  for (unsigned i = 0; i < o->n_duts; i++)
    if (strcmp(o->dut[i], DUT_PLATTER) != 0 &&
        (strstr(o->dut[i], "{in}") == NULL || strstr(o->dut[i], "{out}") == NULL))
      return usage_error(command,
                         "--dut: expected platter, or a command with {in} and {out} for its "
                         "memif sockets, found '%s'",
                         text_show(o->dut[i], strlen(o->dut[i])).text);
  if (o->tx == NULL && o->n_duts == 0)
    o->dut[o->n_duts++] = DUT_PLATTER;
  if (o->tx != NULL && o->self != NULL)
    return usage_error(command, "--self has its own devices: it goes without --tx and --rx");
  for (unsigned k = 0; k < o->n_kinds; k++) {
    struct frames_wish *kind = &o->kind[k];
    kind->flows = o->flows;
    kind->networks = o->networks;
    kind->vlan = o->vlan;
    kind->ipv6 = o->ipv6;
    for (unsigned i = 0; i < kind->n_mix; i++)
      if (kind->mix[i] < frames_least(kind))
        return usage_error(command,
                           "--sizes: frames of %u bytes have no room for headers and "
                           "stamp; %u have",
                           kind->mix[i], frames_least(kind));
  }
  return STATUS_OK;
}

enum status_code throughput_options_parse(const struct command *command, int argc, char **argv,
                                          struct throughput_options *o)
{
  static const struct option known[] = {
      {"tx", required_argument, NULL, 'T'},       {"rx", required_argument, NULL, 'R'},
      {"self", required_argument, NULL, 'S'},     {"sizes", required_argument, NULL, 's'},
      {"flows", required_argument, NULL, 'f'},    {"networks", required_argument, NULL, 'n'},
      {"ipv6", no_argument, NULL, '6'},           {"vlan", required_argument, NULL, 'v'},
      {"loads", required_argument, NULL, 'l'},    {"trial", required_argument, NULL, 't'},
      {"wait", required_argument, NULL, 'w'},     {"settle", required_argument, NULL, 'e'},
      {"dut", required_argument, NULL, 'D'},      {"goal", required_argument, NULL, 'g'},
      {"searches", required_argument, NULL, 'N'}, {"csv", required_argument, NULL, 'C'},
      {"curve", no_argument, NULL, 'c'},          {"limit", required_argument, NULL, 'L'},
      {"short", required_argument, NULL, 'p'},    {"repeat", required_argument, NULL, 'r'},
      {"json", required_argument, NULL, 'j'},     {"html", required_argument, NULL, 'h'},
      {"quick", no_argument, NULL, 'q'},          {0}};
  *o = (struct throughput_options){.settle = -1};
  enum status_code status = options_take(command, argc, argv, known, take_option, o);
  if (status != STATUS_OK)
    return status;
  fill_in(o);
  return finish(command, o);
}
