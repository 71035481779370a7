// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/report.h"

#include <stdio.h>

#include "report/report.h"
#include "throughput/report_parts.h"

enum { LINK_OVERHEAD = 20, BYTE = 8 }; // bytes of preamble and gap (IEEE 802.3); bits
static const double SHORT_USUAL = 0.005;

double link_bits(const struct frames_wish *kind, double rate)
{
  return rate * (kind_mean(kind) + LINK_OVERHEAD) * BYTE;
}

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
      "A trial at a load is %g seconds of sending; it ends when nothing has come for %g, and the "
      "next begins %g later. A trial in which too few of the frames left in time is void, and "
      "taken again. Nothing is caught up on; what was offered stands beside the load asked for.%s",
      o->seconds, o->wait, o->settle,
      o->search ? ""
                : " RFC 2544 (section 23) asks for 60 seconds, 2 and 5: this is none of its "
                  "tests.");
  if (o->search)
    search_about(report, m);
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

void put_columns(json_t *table, const struct report_heading *headings, size_t n)
{
  for (size_t i = 0; i < n; i++)
    report_column(table, headings[i].name, headings[i].unit);
}

void put_frame(json_t *row, const struct measurement *m, const struct outcome *o)
{
  const struct frames_wish *kind = &m->options.kind[o->kind];
  char size[16] = "mix", text[64];
  if (kind->n_mix == 1)
    snprintf(size, sizeof(size), "%u", kind->mix[0]);
  snprintf(text, sizeof(text), "%s, %s", size, m->dut[o->device].name);
  if (m->options.n_duts > 1)
    json_array_append_new(row, json_string(text));
  else if (kind->n_mix == 1)
    json_array_append_new(row, json_integer(kind->mix[0]));
  else
    json_array_append_new(row, json_string(size));
}

// What it is in millions, or in other units.
json_t *scaled(const struct samples *from, double factor)
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

static void put_row(json_t *table, const struct measurement *m, const struct outcome *o,
                    const struct series *s)
{
  json_t *row = report_row(table);
  put_frame(row, m, o);
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
  static const struct report_heading columns[] = {{"Frame", "bytes"},   {"Load", "Mpps"},
                                                  {"Offered", "Mpps"},  {"Trials", ""},
                                                  {"Received", "Mpps"}, {"Lost", "%"},
                                                  {"Lost", "frames"},   {"Damaged", "frames"},
                                                  {"Twice", "frames"},  {"Out of order", "frames"}};
  json_t *table =
      report_table(report, "What came through",
                   "Lost frames, of all trials, are those that did not come back whole: "
                   "damaged ones are among them.");
  put_columns(table, columns, sizeof(columns) / sizeof(*columns));
  for (unsigned k = 0; k < m->n_outcomes; k++) {
    const struct outcome *o = &m->outcome[k];
    if (!o->measured)
      continue;
    put_row(table, m, o, &o->full);
    for (unsigned l = 0; l < o->n_loads; l++)
      if (o->load[l].asked > 0)
        put_row(table, m, o, &o->load[l]);
  }
}

static void put_delay_row(json_t *table, const struct measurement *m, const struct outcome *o,
                          const char *what, const struct series *s)
{
  const struct samples *const columns[] = {&s->p50,   &s->p90,  &s->p99, &s->p999,
                                           &s->p9999, &s->most, &s->pdv, &s->jitter};
  json_t *row = report_row(table);
  put_frame(row, m, o);
  json_array_append_new(row, json_string(what));
  for (unsigned c = 0; c < sizeof(columns) / sizeof(*columns); c++)
    json_array_append_new(row, middle(columns[c], 1));
}

struct load_text {
  char text[96];
};

// "2.5 Mpps, 50% of PDR".
static struct load_text load_show(const struct measurement *m, const struct outcome *o, unsigned l)
{
  const struct throughput_options *options = &m->options;
  struct load_text t;
  int n = snprintf(t.text, sizeof(t.text), "%.4g Mpps", o->load[l].asked / 1e6);
  if (options->load[l].share > 0 && options->search)
    snprintf(t.text + n, sizeof(t.text) - n, ", %g%% of %s", 100 * options->load[l].share,
             options->goals.goal[goals_base(options)].name);
  return t;
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
  for (unsigned k = 0; k < m->n_outcomes; k++) {
    const struct outcome *o = &m->outcome[k];
    if (!o->measured)
      continue;
    put_delay_row(table, m, o, "bridged out", &o->floor);
    for (unsigned l = 0; l < o->n_loads; l++) {
      const struct load_text what = load_show(m, o, l);
      if (o->load[l].valid > 0)
        put_delay_row(table, m, o, what.text, &o->load[l]);
    }
  }
}

// The worst of the trials at loads.
static double worst(const struct outcome *o, bool away)
{
  double most = 0;
  for (unsigned l = 0; l < o->n_loads; l++) {
    struct spread s = samples_spread(away ? &o->load[l].away : &o->load[l].latest);
    most = s.count > 0 && s.most > most ? s.most : most;
  }
  return most;
}

static void put_instrument_row(json_t *table, const struct measurement *m, const struct outcome *o)
{
  const struct series *highest = NULL;
  unsigned voids = 0;
  for (unsigned l = 0; l < o->n_loads; l++) {
    const struct series *s = &o->load[l];
    voids += s->voids;
    if (s->valid > 0 && (highest == NULL || s->asked > highest->asked))
      highest = s;
  }
  json_t *row = report_row(table);
  put_frame(row, m, o);
  json_array_append_new(row, scaled(&o->before.received, 1e-6));
  json_array_append_new(row, scaled(&o->after.received, 1e-6));
  json_array_append_new(row, json_real(worst(o, false)));
  json_array_append_new(row, json_real(worst(o, true)));
  json_array_append_new(row, highest != NULL ? json_real(highest->last.gaps.p50) : json_null());
  json_array_append_new(row, highest != NULL ? json_real(highest->last.gaps.p99) : json_null());
  json_array_append_new(row, highest != NULL ? json_real(highest->last.gaps.most) : json_null());
  json_array_append_new(row, json_integer(voids));
  json_array_append_new(row, json_real(o->short_share * 100));
}

static void put_instrument(json_t *report, const struct measurement *m)
{
  static const struct report_heading columns[] = {
      {"Frame", "bytes"}, {"Alone before", "Mpps"}, {"Alone after", "Mpps"}, {"Late", "s"},
      {"Away", "s"},      {"Gap p50", "s"},         {"Gap p99", "s"},        {"Gap most", "s"},
      {"Void", "trials"}, {"May lack", "%"}};
  json_t *table = report_table(
      report, "The instrument",
      "Alone: what it sends, receives and checks by a port that is connected to itself. Late: how "
      "long the sender, and away: how long the receiver did not come to it, at worst of all trials "
      "at loads; meanwhile frames wait in the device. Gap: between frames as they left, of the "
      "last trial at the highest load; many at once are a gap of 0. Void: trials that were taken "
      "again, because more frames than a trial may lack were not sent in time.");
  put_columns(table, columns, sizeof(columns) / sizeof(*columns));
  for (unsigned k = 0; k < m->n_outcomes; k++)
    if (m->outcome[k].before.valid > 0)
      put_instrument_row(table, m, &m->outcome[k]);
}

void throughput_report(json_t *report, const struct measurement *m)
{
  const struct throughput_options *o = &m->options;
  report_setting(report, "seconds of a trial", json_real(o->seconds));
  report_setting(report, "seconds without a frame that end it", json_real(o->wait));
  report_setting(report, "valid trials of each load", json_integer(o->repeat));
  report_setting(report, "seconds between trials", json_real(o->settle));
  if (o->search)
    report_setting(report, "searches of each size", json_integer(o->searches));
  report_setting(report, "flows", json_integer(o->flows));
  report_setting(report, "networks of destinations",
                 json_integer(o->networks > 0 ? o->networks : 1));
  if (o->search)
    search_report(report, m);
  if (o->curve)
    curve_report(report, m);
  put_rates(report, m);
  put_delays(report, m);
  put_instrument(report, m);
  throughput_figures(report, m);
}

static void conclude_full(json_t *report, const struct measurement *m, const struct outcome *o)
{
  double rate = series_rate(&o->full), limit = outcome_limit(o);
  double bits = link_bits(&m->options.kind[o->kind], rate);
  const struct kind_text text = outcome_show(m, o);
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

static void conclude_loads(json_t *report, const struct measurement *m, const struct outcome *o)
{
  const struct kind_text kind = outcome_show(m, o);
  const struct series *best = NULL;
  bool known = false;
  for (unsigned l = 0; l < o->n_loads; l++) {
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
        kind.text, worst(o, true) * 1e3);
}

static void warn(json_t *report, const struct measurement *m)
{
  uint64_t foreign = 0;
  double lacks = 0;
  for (unsigned k = 0; k < m->n_outcomes; k++) {
    const struct outcome *o = &m->outcome[k];
    lacks = o->short_share > lacks ? o->short_share : lacks;
    foreign += o->full.foreign;
    for (unsigned l = 0; l < o->n_loads; l++)
      foreign += o->load[l].foreign;
  }
  if (m->options.short_share == 0 && lacks > SHORT_USUAL)
    report_warn(report,
                "The machine takes the sender off its core: with the device bridged out, too, "
                "frames do not leave in time. Trials that lack up to %.2g%% count, and figures are "
                "of what was offered; the pace was not even.",
                lacks * 100);
  if (foreign > 0)
    report_warn(report,
                "%llu frames came in that are not the instrument's: the network is not "
                "isolated. They are counted nowhere else.",
                (unsigned long long)foreign);
  if (m->options.search && m->options.searches == 1)
    report_warn(report, "Each search ran once: what it found was not repeated (--searches).");
  if (m->options.repeat == 1)
    report_warn(report, "Each load was tried once: no figure was repeated.");
  if (m->interrupted)
    report_warn(report, "Interrupted: what stands here was measured until then.");
}

void throughput_conclude(json_t *report, const struct measurement *m)
{
  warn(report, m);
  for (unsigned k = 0; k < m->n_outcomes; k++) {
    const struct outcome *o = &m->outcome[k];
    if (!o->measured)
      continue;
    conclude_full(report, m, o);
    search_conclude(report, m, o);
    if (o->n_loads > 0 && !m->options.search)
      conclude_loads(report, m, o);
  }
  if (m->options.search && m->options.n_duts > 1)
    devices_conclude(report, m);
  if (!m->options.search)
    report_conclude(report, "These are loads that were tried, not a search: none of them is a "
                            "throughput as RFC 2544 defines it.");
}
