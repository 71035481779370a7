// SPDX-License-Identifier: BSD-3-Clause
// platter-bench throughput: what a device between two ports carries, and how long it takes.
//
// Read stamp.h and frames.h (what is sent), sender.h, receiver.h (what is looked at), tester.h (a
// trial), instrument.h (the ports), then measure.h and report.c.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "cli/wait.h"
#include "control/forwarding.h"
#include "host/cpu.h"
#include "report/file.h"
#include "report/report.h"
#include "throughput/dut/platter_dut.h"
#include "throughput/measure.h"
#include "throughput/priority.h"
#include "throughput/report.h"

static const char *const WIRE = "ports:\n"
                                "  in:  { device: net_null0 } # memif devices stand in\n"
                                "  out: { device: net_null1 }\n"
                                "forward: [wire: [in, out]]\n";

// Who runs where. Two cores: one for each side. More: sender and receiver have their own.
struct division {
  unsigned n_own, own[INSTRUMENT_CPUS_MAX];
  unsigned n_dut, dut[CPU_SET_MAX];
};

struct session {
  struct measurement measurement;
  struct config *config; // of the platter under test
  struct division cpus;
};

static int divide(struct division *d, bool self, char *error, size_t size)
{
  unsigned cpus[CPU_SET_MAX], n = cpu_workers(cpus, CPU_SET_MAX);
  if (self && n < 2) // all but control's
    n = cpu_usable(cpus, CPU_SET_MAX);
  if (self && n < 2)
    return fail(error, size, -ENODEV,
                "platter and the instrument take a core each, and one is "
                "usable here");
  d->n_own = n > 1 && (!self || n > 2) ? 2 : 1;
  memcpy(d->own, cpus, d->n_own * sizeof(*cpus));
  for (unsigned i = d->n_own; i < n; i++)
    d->dut[d->n_dut++] = cpus[i];
  return 0;
}

static int read_config(struct session *s, char *error, size_t size)
{
  const struct throughput_options *o = &s->measurement.options;
  struct config_errors errors = {0};
  size_t n_kinds;
  const struct config_kind *kinds = forward_kinds(&n_kinds);
  s->config = o->self != NULL
                  ? config_load(o->self, kinds, n_kinds, &errors)
                  : config_parse("platter-bench", WIRE, strlen(WIRE), kinds, n_kinds, &errors);
  if (s->config != NULL)
    return 0;
  config_errors_print(&errors, o->self != NULL ? o->self : "platter-bench", stderr);
  config_errors_free(&errors);
  return fail(error, size, -EINVAL, "the configuration is not valid");
}

static void put_configuration(json_t *report, const char *path)
{
  char text[65536] = "";
  FILE *in = path != NULL ? fopen(path, "re") : NULL;
  if (in != NULL) {
    size_t n = fread(text, 1, sizeof(text) - 1, in);
    text[n] = '\0';
    fclose(in);
  }
  report_configuration(report, path != NULL ? text : WIRE);
}

static unsigned longest(const struct throughput_options *o)
{
  unsigned most = 0;
  for (unsigned k = 0; k < o->n_kinds; k++)
    for (unsigned i = 0; i < o->kind[k].n_mix; i++)
      most = o->kind[k].mix[i] > most ? o->kind[k].mix[i] : most;
  return most;
}

// Two of one name are told apart by a number.
static void name_dut(struct measurement *m, unsigned d)
{
  struct dut *dut = &m->dut[d];
  unsigned same = 0;
  dut_name(dut, m->options.dut[d]);
  size_t used = strlen(dut->name);
  for (unsigned i = 0; i < d; i++)
    same += strncmp(m->dut[i].name, dut->name, used) == 0;
  if (same > 0)
    snprintf(dut->name + used, sizeof(dut->name) - used, " %u", same + 1);
}

static int start_dut(struct session *s, unsigned d, char *error, size_t size)
{
  const struct throughput_options *o = &s->measurement.options;
  struct dut *dut = &s->measurement.dut[d];
  name_dut(&s->measurement, d);
  int status = dut_prepare(dut, d, longest(o), error, size);
  if (status != 0)
    return status;
  if (strcmp(o->dut[d], DUT_PLATTER) == 0)
    return platter_dut_start(dut, s->config, longest(o), s->cpus.n_dut, s->cpus.dut, error, size);
  return dut_command(dut, o->dut[d], s->cpus.n_dut, s->cpus.dut, error, size);
}

static int start(struct session *s, json_t *report, char *error, size_t size)
{
  const struct throughput_options *o = &s->measurement.options;
  bool self = o->tx == NULL;
  struct notes notes = {0};
  int status = divide(&s->cpus, self, error, size);
  if (status == 0 && self)
    status = read_config(s, error, size);
  if (status == 0 && self)
    put_configuration(report, o->self);
  for (unsigned d = 0; d < o->n_duts && status == 0; d++)
    status = start_dut(s, d, error, size);
  if (status != 0)
    return status;
  struct instrument_wish wish = {
      .n_pairs = self ? o->n_duts : 1,
      .pair = {{o->tx, o->rx}},
      .n_kinds = o->n_kinds,
      .kind = o->kind,
      .n_cpus = s->cpus.n_own,
      .cpus = {s->cpus.own[0], s->cpus.own[s->cpus.n_own - 1]},
      .quiet = o->wait,
      .short_share = o->short_share,
  };
  for (unsigned d = 0; d < o->n_duts; d++)
    wish.pair[d] = (struct device_pair){s->measurement.dut[d].tx, s->measurement.dut[d].rx};
  status = instrument_start(&s->measurement.instrument, &wish, &notes, error, size);
  for (size_t i = 0; i < notes.count; i++)
    report_warn(report, "%s", notes.text[i]);
  notes_free(&notes);
  return status;
}

static int measure(struct session *s, json_t *report, char *error, size_t size)
{
  const struct throughput_options *o = &s->measurement.options;
  int status = report_check_files(o->json, o->html, error, size);
  if (status == 0 && o->csv != NULL)
    status = file_check(o->csv, error, size);
  if (status != 0)
    return status;
  fprintf(stderr, "This takes about %.0f seconds.\n", measure_seconds(o));
  status = start(s, report, error, size);
  if (status == 0)
    status = measure_all(&s->measurement, report, error, size);
  return status;
}

static void put_device(const struct session *s, json_t *report)
{
  const struct throughput_options *o = &s->measurement.options;
  if (o->tx != NULL) {
    report_setting(report, "sends by", report_text(o->tx));
    report_setting(report, "receives by", report_text(o->rx));
    return;
  }
  for (unsigned d = 0; d < o->n_duts; d++)
    report_setting(report, s->measurement.dut[d].name, report_text(o->dut[d]));
  report_paragraph(report, "%s a process of its own, joined by two memif devices, which copy.%s",
                   o->n_duts > 1 ? "Each device under test is" : "The device under test is",
                   o->n_duts > 1
                       ? " They take turns on the same cores, step by step and search by search: "
                         "one runs, and the others are stopped."
                       : "");
}

static enum status_code measure_and_report(struct session *s)
{
  char error[1024] = "", ending[1024] = "";
  struct measurement *m = &s->measurement;
  json_t *report = report_new("throughput", "What the device carries");
  int status = measure(s, report, error, sizeof(error));
  if (status == 0) {
    put_device(s, report);
    throughput_about(report, m);
    throughput_report(report, m);
    throughput_conclude(report, m);
  }
  instrument_stop(&m->instrument);
  int ended = 0;
  for (unsigned d = 0; d < DUTS_MAX; d++) {
    int one = dut_stop(&m->dut[d], ending, sizeof(ending));
    ended = one != 0 ? one : ended;
  }
  if (ended != 0 && status == 0)
    report_warn(report, "%s", ending);
  if (status == 0) {
    report_end(report);
    status = report_publish(report, m->options.json, m->options.html, error, sizeof(error));
    if (status == 0 && m->options.csv != NULL)
      status = report_write_csv(report, m->options.csv, error, sizeof(error));
  }
  if (status != 0)
    fprintf(stderr, "platter-bench: %s\n", error);
  json_decref(report);
  config_free(s->config);
  if (status != 0 || m->interrupted)
    return STATUS_FAILED;
  return ended != 0 ? STATUS_ACCOUNTING : STATUS_OK;
}

static enum status_code run(const struct command *command, int argc, char **argv)
{
  static struct session session; // too large for the stack
  enum status_code status =
      throughput_options_parse(command, argc, argv, &session.measurement.options);
  if (status != STATUS_OK)
    return status;
  if (wait_init() != 0)
    return STATUS_FAILED;
  int other = priority_fork();
  return other < 0 ? measure_and_report(&session) : (enum status_code)other;
}

const struct command command_throughput = {
    .name = "throughput",
    .summary = "what a device between two ports carries, and how long it takes",
    .help = "Usage: platter-bench throughput [OPTIONS]\n"
            "       platter-bench throughput --self CONFIG [OPTIONS]\n"
            "       platter-bench throughput --tx DEVICE --rx DEVICE [OPTIONS]\n"
            "\n"
            "Sends frames by one port and looks at every one that comes back by the other:\n"
            "what is lost, damaged, doubled or out of order, and how long each took. First\n"
            "as fast as it goes, then in search of the rate that it carries (MLRsearch, RFC\n"
            "9971), then at shares of that rate. Without devices, platter is measured, in a\n"
            "process of its own: no network card and no privileges are needed.\n"
            "\n"
            "  --self CONFIG     platter with this configuration; its first two ports are\n"
            "                    between the instrument's. Without: a wire\n"
            "  --dut COMMAND     another forwarder, the server of two memif sockets, {in} and\n"
            "                    {out} in the command, {cores} for its cores; or platter. Of\n"
            "                    several, up to 4, one runs at a time (platter-bench(1))\n"
            "  --tx DEVICE       the device to send by, as in a configuration\n"
            "  --rx DEVICE       the device to receive by; may be the same\n"
            "  --sizes LIST      of 64 to 9216 bytes, with the frame check sequence; imix (7\n"
            "                    of 64, 4 of 594, 1 of 1518); imix:GENOME, as imix:aaafg\n"
            "                    (RFC 6985) (64,512,1518)\n"
            "  --goal GOAL       to search for: ndr, pdr (FD.io CSIT's: none or 0.5% lost in\n"
            "                    half of 21 trials of 1 s), rfc2544 (60 s without loss),\n"
            "                    tst009, or your own, in percent and seconds: NAME:loss=0.1:\n"
            "                    exceed=20:width=1:trial=5:sum=30; may be repeated (ndr, pdr)\n"
            "  --searches N      of each size, 1 to 64; from 3 on, with a spread (1)\n"
            "  --limit S         seconds that a search may take (1200)\n"
            "  --loads LIST      frames a second (100000, 100k, 2.5M), or shares of what was\n"
            "                    found for the goal that allows most loss (10%,50%,90%).\n"
            "                    Without --goal: no search, shares of full speed\n"
            "  --curve           how much is lost from the greatest load down, in tenths (RFC\n"
            "                    2544, section 26.3)\n"
            "  --flows N         1 to 65536, addresses and ports at random (256)\n"
            "  --networks N      that destinations lie in, 1 to 256 (1)\n"
            "  --ipv6            instead of IPv4\n"
            "  --vlan ID         a tag on every frame\n"
            "  --trial S         seconds of sending at one of the loads (1; --quick: 0.3)\n"
            "  --wait S          without a frame that end a trial (0.05; 2 with rfc2544)\n"
            "  --settle S        from there to the next trial (0; 5 with rfc2544)\n"
            "  --short PERCENT   of a trial's frames that may not have been sent in time: if\n"
            "                    more were not, it is void (0.5, or twice what the\n"
            "                    instrument alone lacks on this machine)\n"
            "  --repeat N        valid trials of each load, 1 to 64 (3; 5 without a search)\n"
            "  --quick           64 and 1518 bytes, a tenth of the time, wider bounds: less\n"
            "                    than a minute\n"
            "  --json FILE       all figures, trial by trial\n"
            "  --html FILE       one page that needs no network\n"
            "  --csv FILE        what it comes to, one figure a line\n"
            "\n"
            "How to read it: each figure has its own name; an NDR, which half of the trials\n"
            "may miss, is no RFC 2544 throughput. Of a device that is as fast as the\n"
            "instrument the limit is not known. A trial in which the instrument fell behind\n"
            "is void.\n"
            "\n"
            "An interface that carries the default route is refused (RFC 6815). Ctrl-C ends\n"
            "it; what was measured is shown.\n"
            "\n"
            "Exit status: 1 something could not be measured, or interrupted; 3 the\n"
            "accounting of platter under test did not close.\n"
            "\n"
            "Example: platter-bench throughput --quick\n"
            "         platter-bench throughput --sizes imix,imix:aaafg --loads 500k,2M\n"
            "         platter-bench throughput --sizes 64 --goal rfc2544 --limit 3600\n",
    .run = run,
};
