// SPDX-License-Identifier: BSD-3-Clause
// What the searches found.
#include <stdio.h>

#include "report/report.h"
#include "throughput/report_parts.h"

static const double MILLION = 1e6, PERCENT = 100;

static const char *title(const struct measurement *m, const struct outcome *o, unsigned goal)
{
  const struct throughput_options *options = &m->options;
  return goal_title(&options->goals.goal[goal], options->wait, options->settle, o->short_share);
}

void search_about(json_t *report, const struct measurement *m)
{
  const struct throughput_options *o = &m->options;
  bool all = true;
  for (unsigned i = 0; i < o->goals.count; i++) {
    const struct goal *g = &o->goals.goal[i];
    const char *name = title(m, &m->outcome[0], i);
    all = all && name == goal_rfc2544.name;
    report_paragraph(report, "%s: %s.", name, goal_show(g).text);
  }
  report_paragraph(
      report,
      "Each is found by MLRsearch (RFC 9971): its conditional throughput, of the frames a second "
      "that were really offered. The duration of a trial is that of its sending. A trial at the "
      "greatest load comes first, and counts for nothing; learning frames are not sent.%s",
      all ? ""
          : " What is not called so is no RFC 2544 throughput: that takes trials of 60 s, none of "
            "which may lose a frame, with 2 s for the rest and then 5 s before the next (section "
            "23).");
}

static const char *result_text(const struct finding *f)
{
  static const char *const text[] = {
      [GOAL_REGULAR] = "found",
      [GOAL_WIDE] = "cut short",
      [GOAL_AT_MOST] = "at least: the instrument's limit",
      [GOAL_AT_REACH] = "at least: the instrument's limit",
      [GOAL_BELOW_LEAST] = "misses at the least load",
      [GOAL_UNKNOWN] = "not known",
  };
  return text[f->last.outcome];
}

static json_t *megas(double rate)
{
  return rate > 0 ? json_real(rate / MILLION) : json_null();
}

static void put_row(json_t *table, const struct measurement *m, const struct outcome *o,
                    unsigned goal)
{
  const struct finding *f = &o->finding[goal];
  const struct frames_wish *kind = &m->options.kind[o->kind];
  double rate = samples_spread(&f->conditional).median;
  json_t *row = report_row(table);
  put_frame(row, m, o);
  json_array_append_new(row, json_string(title(m, o, goal)));
  json_array_append_new(row, scaled(&f->conditional, 1 / MILLION));
  json_array_append_new(row, json_real(link_bits(kind, rate) / 1e9));
  json_array_append_new(row, megas(f->last.lower.load));
  json_array_append_new(row, megas(f->last.lower.offered));
  json_array_append_new(row, megas(f->last.upper.load));
  json_array_append_new(row, f->last.upper.load > 0 ? json_real(f->last.upper.loss * PERCENT)
                                                    : json_null());
  json_array_append_new(row, json_string(result_text(f)));
}

static void put_cost(json_t *table, const struct measurement *m, const struct outcome *o,
                     unsigned goal)
{
  const struct search_cost *c = &o->finding[goal].cost;
  json_t *row = report_row(table);
  put_frame(row, m, o);
  json_array_append_new(row, json_string(title(m, o, goal)));
  json_array_append_new(row, json_integer(o->searches));
  json_array_append_new(row, json_integer(c->trials));
  json_array_append_new(row, json_integer(c->voids));
  json_array_append_new(row, json_real(c->seconds));
  json_array_append_new(row, megas(c->reach));
}

void search_report(json_t *report, const struct measurement *m)
{
  static const struct report_heading found[] = {
      {"Frame", "bytes"},      {"Goal", ""},        {"Carried", "Mpps"},
      {"On a link", "Gbit/s"}, {"Lower", "Mpps"},   {"Offered", "Mpps"},
      {"Upper", "Mpps"},       {"Lost there", "%"}, {"Result", ""}};
  static const struct report_heading cost[] = {
      {"Frame", "bytes"}, {"Goal", ""},  {"Searches", ""},         {"Trials", ""},
      {"Void", "trials"}, {"Time", "s"}, {"Generator did", "Mpps"}};
  json_t *table = report_table(
      report, "What it carries",
      "Carried: conditional throughput. Lower and upper: the bounds, as asked, of the last search, "
      "and what was really offered at the lower one.");
  put_columns(table, found, sizeof(found) / sizeof(*found));
  for (unsigned i = 0; i < m->n_outcomes; i++)
    for (unsigned g = 0; g < m->options.goals.count && m->outcome[i].searches > 0; g++)
      put_row(table, m, &m->outcome[i], g);
  table = report_table(report, "The searches",
                       "Of the last one each: its valid trials, those that were void, its time in "
                       "all, and, if the generator fell short of a load for good, what it did.");
  put_columns(table, cost, sizeof(cost) / sizeof(*cost));
  for (unsigned i = 0; i < m->n_outcomes; i++)
    for (unsigned g = 0; g < m->options.goals.count && m->outcome[i].searches > 0; g++)
      put_cost(table, m, &m->outcome[i], g);
}

// What cut it short.
static const char *why(const struct search_cost *c)
{
  switch (c->end) {
  case SEARCH_TIME_UP:
    return "its time was up";
  case SEARCH_INTERRUPTED:
    return "it was interrupted";
  default:
    return c->reach > 0 ? "the generator could not send more" : "it came to no end";
  }
}

static void conclude_found(json_t *report, const struct measurement *m, const struct outcome *o,
                           unsigned goal, const char *name)
{
  const struct finding *f = &o->finding[goal];
  const struct spread rate = samples_spread(&f->conditional);
  double limit = outcome_limit(o);
  char repeated[96] = "", limited[160] = "";
  if (rate.count > 1)
    snprintf(repeated, sizeof(repeated), " (median of %zu searches, %.4g to %.4g)", rate.count,
             rate.least / MILLION, rate.most / MILLION);
  if (rate.median > INSTRUMENT_SHARE * limit)
    snprintf(limited, sizeof(limited),
             "; the instrument alone does %.4g: the device may well carry more", limit / MILLION);
  else if (m->instrument.tester.together && rate.median > INSTRUMENT_SHARE * series_rate(&o->full))
    snprintf(limited, sizeof(limited),
             "; sender and receiver share a core, and at full speed get no more through it: the "
             "limit may be theirs");
  report_conclude(report, "%s: %s is %.4g Mpps%s, %.3g Gbit/s on a link%s.",
                  outcome_show(m, o).text, name, rate.median / MILLION, repeated,
                  link_bits(&m->options.kind[o->kind], rate.median) / 1e9, limited);
}

static void conclude_goal(json_t *report, const struct measurement *m, const struct outcome *o,
                          unsigned goal)
{
  const struct finding *f = &o->finding[goal];
  const struct goal_result *r = &f->last;
  const struct kind_text kind = outcome_show(m, o);
  const char *name = title(m, o, goal);
  switch (r->outcome) {
  case GOAL_REGULAR:
    conclude_found(report, m, o, goal, name);
    return;
  case GOAL_AT_MOST:
  case GOAL_AT_REACH:
    report_conclude(report,
                    "%s: %s is at least %.4g Mpps: the instrument sends no more to this device, "
                    "whose own limit is not known.",
                    kind.text, name, r->conditional / MILLION);
    return;
  case GOAL_BELOW_LEAST:
    report_conclude(report, "%s: %s: missed at the least load too, of %.4g frames a second.",
                    kind.text, name, r->upper.load);
    return;
  case GOAL_WIDE:
    report_conclude(
        report, "%s: %s lies between %.4g and %.4g Mpps; it is not known better, for %s.",
        kind.text, name, r->lower.load / MILLION, r->upper.load / MILLION, why(&f->cost));
    return;
  default:
    report_conclude(report, "%s: %s is not known: %s.", kind.text, name, why(&f->cost));
  }
}

void search_conclude(json_t *report, const struct measurement *m, const struct outcome *o)
{
  for (unsigned g = 0; g < m->options.goals.count && o->searches > 0; g++)
    conclude_goal(report, m, o, g);
}

static bool is_found(const struct finding *f)
{
  return f->last.outcome == GOAL_REGULAR && f->conditional.count > 0;
}

static void conclude_ratio(json_t *report, const struct measurement *m, const struct outcome *first,
                           const struct outcome *other, unsigned goal)
{
  const struct finding *a = &first->finding[goal], *b = &other->finding[goal];
  const struct kind_text kind = kind_show(&m->options.kind[first->kind]);
  const char *name = title(m, first, goal);
  const char *one = m->dut[first->device].name, *two = m->dut[other->device].name;
  if (!is_found(a) || !is_found(b)) {
    report_conclude(report, "%s: %s of %s and %s cannot be compared: not both were found.",
                    kind.text, name, one, two);
    return;
  }
  struct spread x = samples_spread(&a->conditional), y = samples_spread(&b->conditional);
  bool apart = x.least > y.most || y.least > x.most;
  report_conclude(report, "%s: %s of %s is %.3g times that of %s; %s.", kind.text, name, one,
                  x.median / y.median, two,
                  x.count < FIGURE_REPEATED || y.count < FIGURE_REPEATED
                      ? "from so few searches nothing follows"
                  : apart ? "the searches' results do not overlap"
                          : "the searches' results overlap: no difference is shown");
}

void devices_conclude(json_t *report, const struct measurement *m)
{
  for (unsigned i = 0; i < m->n_outcomes; i += m->options.n_duts)
    for (unsigned d = 1; d < m->options.n_duts; d++)
      for (unsigned g = 0; g < m->options.goals.count; g++)
        if (m->outcome[i].searches > 0 && m->outcome[i + d].searches > 0)
          conclude_ratio(report, m, &m->outcome[i], &m->outcome[i + d], g);
}
