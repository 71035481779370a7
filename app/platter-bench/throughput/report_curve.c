// SPDX-License-Identifier: BSD-3-Clause
// How the device loses.
#include <math.h>
#include <stdio.h>

#include "report/report.h"
#include "throughput/report_parts.h"

enum { STEPS = 10 };
static const double MILLION = 1e6, PERCENT = 100;

static double greatest(const struct curve_result *c)
{
  return c->count > 0 ? c->point[0].load : 0;
}

static void put_rows(json_t *table, const struct measurement *m, const struct outcome *o)
{
  for (unsigned i = 0; i < o->curve.count; i++) {
    const struct curve_point *p = &o->curve.point[i];
    json_t *row = report_row(table);
    put_frame(row, m, o);
    json_array_append_new(row, json_real(p->load / MILLION));
    json_array_append_new(row, json_real(p->offered / MILLION));
    json_array_append_new(row, json_real(p->loss * PERCENT));
  }
}

// The point at so many steps below the greatest load; NULL: none.
static const struct curve_point *at_step(const struct curve_result *c, unsigned step)
{
  for (unsigned i = 0; i < c->count; i++)
    if (lround((1 - c->point[i].load / greatest(c)) * STEPS) == (long)step)
      return &c->point[i];
  return NULL;
}

static void put_chart(json_t *report, const struct measurement *m)
{
  json_t *chart =
      report_chart(report, "line", "Frames lost by load",
                   "load, % of the greatest that the instrument offered", "lost, %", false);
  report_chart_note(chart, "One trial each.");
  for (unsigned s = STEPS; s-- > 0;) {
    char label[16];
    snprintf(label, sizeof(label), "%u", (STEPS - s) * (unsigned)PERCENT / STEPS);
    report_label(chart, label);
  }
  for (unsigned i = 0; i < m->n_outcomes; i++) {
    const struct outcome *o = &m->outcome[i];
    json_t *series = report_series(chart, outcome_show(m, o).text);
    for (unsigned s = STEPS; s-- > 0;) {
      const struct curve_point *p = at_step(&o->curve, s);
      struct spread spread = {.conclusive = p != NULL};
      if (p != NULL)
        spread.median = spread.low = spread.high = p->loss * PERCENT;
      report_value(series, &spread);
    }
  }
}

void curve_report(json_t *report, const struct measurement *m)
{
  static const struct report_heading headings[] = {
      {"Frame", "bytes"}, {"Load", "Mpps"}, {"Offered", "Mpps"}, {"Lost", "%"}};
  json_t *table =
      report_table(report, "How it loses",
                   "From the greatest load that the instrument could offer down, until two trials "
                   "lost nothing (RFC 2544, section 26.3); one trial each, not repeated.");
  put_columns(table, headings, sizeof(headings) / sizeof(*headings));
  for (unsigned i = 0; i < m->n_outcomes; i++)
    put_rows(table, m, &m->outcome[i]);
  put_chart(report, m);
  for (unsigned i = 0; i < m->n_outcomes; i++)
    if (m->outcome[i].measured && !m->outcome[i].curve.whole)
      report_warn(report, "%s: the loss curve does not end with two trials without loss.",
                  outcome_show(m, &m->outcome[i]).text);
}
