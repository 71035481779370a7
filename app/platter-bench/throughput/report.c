// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/report.h"

#include <stdio.h>

#include "report/report.h"
#include "throughput/options.h"

enum { LINK_OVERHEAD = 20, BYTE = 8 }; // bytes of preamble and gap (IEEE 802.3); bits

void throughput_about(json_t *report, const struct measurement *m)
{
  const struct throughput_options *o = &m->options;
  report_paragraph(report,
                   "Frames of UDP over %s, %u flows%s, each with its own addresses and ports, "
                   "leave at an even pace; each carries its number and the moment it was sent, and "
                   "is looked at in every byte when it comes back. Sizes are with the frame check "
                   "sequence. %s",
                   o->ipv6 ? "IPv6" : "IPv4", o->flows, o->vlan > 0 ? " in one VLAN" : "",
                   m->instrument.one_segment
                       ? "The device sends frames of one segment only: their payload lies ready in "
                         "each."
                       : "Nothing of a payload is copied.");
  report_paragraph(
      report,
      "A trial is %g seconds of sending; it ends when nothing has come for %g. RFC "
      "2544 (section 23) asks for 60 and 2, and waits before it: this is none of its "
      "tests. A trial in which less than %g%% of the frames left in time is void, and "
      "taken again. Nothing is caught up on; what was offered stands beside the load asked for.",
      o->seconds, o->wait, 100 * (1 - o->short_share));
  if (m->instrument.tester.together)
    report_paragraph(report, "Sender and receiver take turns on one core, which leaves one to the "
                             "device under test.");
  if (!m->instrument.port[0].facts.pci)
    report_paragraph(report,
                     "A frame that the device has no room for when it is due counts as lost, "
                     "but for full speed, where the sender waits for room.");
  report_paragraph(report,
                   "Figures are medians of the valid trials, with the quartiles in brackets "
                   "where they differ.");
}

static void put_size(json_t *row, const struct frames_wish *kind)
{
  if (kind->n_mix == 1)
    json_array_append_new(row, json_integer(kind->mix[0]));
  else
    json_array_append_new(row, json_string("mix"));
}

// What it is in millions, or in other units.
static json_t *scaled(const struct samples *from, double factor)
{
  struct samples to = *from;
  for (size_t i = 0; i < to.count; i++)
    to.value[i] *= factor;
  struct spread spread = samples_spread(&to);
  if (spread.count > 0 && spread.least == spread.most)
    return json_real(spread.median);
  return spread.count > 0 ? report_spread(&spread) : json_null();
}

// Three samples or fewer are shown as they are: nothing is concluded from their spread.
static json_t *middle(const struct samples *from, double factor)
{
  struct spread spread = samples_spread(from);
  return spread.count > 0 ? json_real(spread.median * factor) : json_null();
}

static void put_row(json_t *table, const struct frames_wish *kind, const struct series *s)
{
  json_t *row = report_row(table);
  put_size(row, kind);
  json_array_append_new(row, s->asked > 0 ? json_real(s->asked / 1e6) : json_string("full"));
  json_array_append_new(row, scaled(&s->offered, 1e-6));
  json_array_append_new(row, json_integer(s->valid));
  json_array_append_new(row, scaled(&s->received, 1e-6));
  json_array_append_new(row, middle(&s->loss, 100));
  json_array_append_new(row, json_integer(s->missing));
  json_array_append_new(row, json_integer(s->corrupted));
  json_array_append_new(row, json_integer(s->duplicates));
  json_array_append_new(row, json_integer(s->reordered));
}

static void put_rates(json_t *report, const struct measurement *m)
{
  static const struct {
    const char *name, *unit;
  } columns[] = {{"Frame", "bytes"},   {"Load", "Mpps"},
                 {"Offered", "Mpps"},  {"Trials", ""},
                 {"Received", "Mpps"}, {"Lost", "%"},
                 {"Lost", "frames"},   {"Damaged", "frames"},
                 {"Twice", "frames"},  {"Out of order", "frames"}};
  json_t *table =
      report_table(report, "What came through",
                   "Lost frames, of all trials, are those that did not come back whole: "
                   "damaged ones are among them.");
  for (unsigned c = 0; c < sizeof(columns) / sizeof(*columns); c++)
    report_column(table, columns[c].name, columns[c].unit);
  for (unsigned k = 0; k < m->options.n_kinds; k++) {
    const struct outcome *o = &m->outcome[k];
    if (!o->measured)
      continue;
    put_row(table, &m->options.kind[k], &o->full);
    for (unsigned l = 0; l < m->options.n_loads; l++)
      if (o->load[l].asked > 0)
        put_row(table, &m->options.kind[k], &o->load[l]);
  }
}

static void put_delay_row(json_t *table, const struct frames_wish *kind, const char *what,
                          const struct series *s)
{
  const struct samples *const columns[] = {&s->p50,   &s->p90,  &s->p99, &s->p999,
                                           &s->p9999, &s->most, &s->pdv, &s->jitter};
  json_t *row = report_row(table);
  put_size(row, kind);
  json_array_append_new(row, json_string(what));
  for (unsigned c = 0; c < sizeof(columns) / sizeof(*columns); c++)
    json_array_append_new(row, middle(columns[c], 1));
}

static void put_delays(json_t *report, const struct measurement *m)
{
  static const char *const columns[] = {"p50",    "p90",  "p99",       "p99.9",
                                        "p99.99", "Most", "PDV p99.9", "Jitter p99"};
  json_t *table = report_table(
      report, "How long it took",
      "From just before the sender gave a frame to its device until the receiver had it, on one "
      "clock; each figure is the median of the trials'. PDV: p99.9 less the least (RFC 8219). "
      "Jitter: the difference between neighbours (RFC 3393). Bridged out: the instrument alone, at "
      "a tenth of its speed; this is in all other rows.");
  report_column(table, "Frame", "bytes");
  report_column(table, "Load", "");
  for (unsigned c = 0; c < sizeof(columns) / sizeof(*columns); c++)
    report_column(table, columns[c], "s");
  for (unsigned k = 0; k < m->options.n_kinds; k++) {
    const struct outcome *o = &m->outcome[k];
    if (!o->measured)
      continue;
    put_delay_row(table, &m->options.kind[k], "bridged out", &o->floor);
    for (unsigned l = 0; l < m->options.n_loads; l++) {
      char what[48];
      snprintf(what, sizeof(what), "%.4g Mpps", o->load[l].asked / 1e6);
      if (o->load[l].valid > 0)
        put_delay_row(table, &m->options.kind[k], what, &o->load[l]);
    }
  }
}

// The worst of the trials at loads.
static double worst(const struct measurement *m, const struct outcome *o, bool away)
{
  double most = 0;
  for (unsigned l = 0; l < m->options.n_loads; l++) {
    struct spread s = samples_spread(away ? &o->load[l].away : &o->load[l].latest);
    most = s.count > 0 && s.most > most ? s.most : most;
  }
  return most;
}

static void put_instrument_row(json_t *table, const struct measurement *m, unsigned k)
{
  const struct outcome *o = &m->outcome[k];
  const struct series *highest = NULL;
  unsigned voids = 0;
  for (unsigned l = 0; l < m->options.n_loads; l++) {
    const struct series *s = &o->load[l];
    voids += s->voids;
    if (s->valid > 0 && (highest == NULL || s->asked > highest->asked))
      highest = s;
  }
  json_t *row = report_row(table);
  put_size(row, &m->options.kind[k]);
  json_array_append_new(row, scaled(&o->before.received, 1e-6));
  json_array_append_new(row, scaled(&o->after.received, 1e-6));
  json_array_append_new(row, json_real(worst(m, o, false)));
  json_array_append_new(row, json_real(worst(m, o, true)));
  json_array_append_new(row, highest != NULL ? json_real(highest->last.gaps.p50) : json_null());
  json_array_append_new(row, highest != NULL ? json_real(highest->last.gaps.p99) : json_null());
  json_array_append_new(row, highest != NULL ? json_real(highest->last.gaps.most) : json_null());
  json_array_append_new(row, json_integer(voids));
}

static void put_instrument(json_t *report, const struct measurement *m)
{
  static const struct {
    const char *name, *unit;
  } columns[] = {
      {"Frame", "bytes"}, {"Alone before", "Mpps"}, {"Alone after", "Mpps"}, {"Late", "s"},
      {"Away", "s"},      {"Gap p50", "s"},         {"Gap p99", "s"},        {"Gap most", "s"},
      {"Void", "trials"}};
  json_t *table = report_table(
      report, "The instrument",
      "Alone: what it sends, receives and checks by a port that is connected to itself. Late: how "
      "long the sender, and away: how long the receiver did not come to it, at worst of all trials "
      "at loads; meanwhile frames wait in the device. Gap: between frames as they left, of the "
      "last "
      "trial at the highest load; many at once are a gap of 0. Void: trials that were taken "
      "again.");
  for (unsigned c = 0; c < sizeof(columns) / sizeof(*columns); c++)
    report_column(table, columns[c].name, columns[c].unit);
  for (unsigned k = 0; k < m->options.n_kinds; k++)
    if (m->outcome[k].before.valid > 0)
      put_instrument_row(table, m, k);
}

void throughput_report(json_t *report, const struct measurement *m)
{
  const struct throughput_options *o = &m->options;
  report_setting(report, "seconds of a trial", json_real(o->seconds));
  report_setting(report, "seconds without a frame that end it", json_real(o->wait));
  report_setting(report, "valid trials of each load", json_integer(o->repeat));
  report_setting(report, "flows", json_integer(o->flows));
  report_setting(report, "networks of destinations",
                 json_integer(o->networks > 0 ? o->networks : 1));
  put_rates(report, m);
  put_delays(report, m);
  put_instrument(report, m);
}

static void conclude_full(json_t *report, const struct frames_wish *kind, const struct outcome *o)
{
  double rate = series_rate(&o->full), limit = outcome_limit(o);
  double bits = rate * (kind_mean(kind) + LINK_OVERHEAD) * BYTE;
  const struct kind_text text = kind_show(kind);
  if (rate > INSTRUMENT_SHARE * limit)
    report_conclude(report,
                    "%s: %.3g Mpps came through (%.3g Gbit/s on a link), and the instrument alone "
                    "does %.3g: the device carries at least that, and its own limit is not known.",
                    text.text, rate / 1e6, bits / 1e9, limit / 1e6);
  else
    report_conclude(
        report,
        "%s: at full speed %.3g Mpps came through (%.3g Gbit/s on a link, with preamble "
        "and gap); the instrument alone does %.3g.",
        text.text, rate / 1e6, bits / 1e9, limit / 1e6);
}

static void conclude_loads(json_t *report, const struct measurement *m, unsigned k)
{
  const struct outcome *o = &m->outcome[k];
  const struct kind_text kind = kind_show(&m->options.kind[k]);
  const struct series *best = NULL;
  bool known = false;
  for (unsigned l = 0; l < m->options.n_loads; l++) {
    const struct series *s = &o->load[l];
    if (s->valid == 0 && s->voids > 0)
      report_conclude(report,
                      "%s at %.4g Mpps: not one trial was valid (%s, by up to %.2g ms at once), so "
                      "nothing is said of the device; --short allows more.",
                      kind.text, s->asked / 1e6, trial_void_text(s->why),
                      samples_spread(&s->latest).most * 1e3);
    known = known || s->valid > 0;
    if (s->valid > 0 && s->missing == 0 && (best == NULL || s->asked > best->asked))
      best = s;
  }
  if (best != NULL)
    report_conclude(report,
                    "%s: of the loads tried, %.4g Mpps (%.4g were offered) is the highest of which "
                    "nothing was lost, in "
                    "%u trial%s of %g s; p99 of the delay is then %.3g µs.",
                    kind.text, best->asked / 1e6, samples_spread(&best->offered).median / 1e6,
                    best->valid, best->valid == 1 ? "" : "s", m->options.seconds,
                    samples_spread(&best->p99).median * 1e6);
  else if (known)
    report_conclude(
        report,
        "%s: frames were lost at every load that could be tried. The receiver was away for "
        "up to %.2g ms: what the device then had no room for is among them.",
        kind.text, worst(m, o, true) * 1e3);
}

static void warn(json_t *report, const struct measurement *m)
{
  uint64_t foreign = 0;
  for (unsigned k = 0; k < m->options.n_kinds; k++) {
    foreign += m->outcome[k].full.foreign;
    for (unsigned l = 0; l < m->options.n_loads; l++)
      foreign += m->outcome[k].load[l].foreign;
  }
  if (foreign > 0)
    report_warn(report,
                "%llu frames came in that are not the instrument's: the network is not "
                "isolated. They are counted nowhere else.",
                (unsigned long long)foreign);
  if (m->options.repeat == 1)
    report_warn(report, "Each load was tried once: no figure was repeated.");
  if (m->interrupted)
    report_warn(report, "Interrupted: what stands here was measured until then.");
}

void throughput_conclude(json_t *report, const struct measurement *m)
{
  warn(report, m);
  for (unsigned k = 0; k < m->options.n_kinds; k++) {
    if (!m->outcome[k].measured)
      continue;
    conclude_full(report, &m->options.kind[k], &m->outcome[k]);
    if (m->options.n_loads > 0)
      conclude_loads(report, m, k);
  }
  report_conclude(report, "These are loads that were tried, not a search: none of them is a "
                          "throughput as RFC 2544 defines it.");
}
