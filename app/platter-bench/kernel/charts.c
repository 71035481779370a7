// SPDX-License-Identifier: BSD-3-Clause
#include <stdio.h>

#include "kernel/conclude.h"
#include "kernel/report.h"

// A share of something whose spread is known: as certain as the whole.
static void add_share(json_t *series, const struct point *p, double (*of)(const struct sample *))
{
  struct spread whole = point_cpu(p);
  double value = point_per_gigabyte(p, of);
  report_value(series, &(struct spread){.count = whole.count,
                                        .median = value,
                                        .low = value,
                                        .high = value,
                                        .least = value,
                                        .most = value,
                                        .conclusive = whole.conclusive});
}

static void cpu_by_way(json_t *report, const struct points *points, enum route route)
{
  const struct kernel_options *o = &points->options;
  char title[96];
  snprintf(title, sizeof(title), "%s, %s: CPU time per gigabyte", route_title(route),
           size_show(o->size[o->n_sizes - 1]).text);
  json_t *chart = report_chart(report, "bar", title, "way", "CPU seconds per GB", false);
  json_t *user = report_series(chart, "user");
  json_t *system = report_series(chart, "system");
  json_t *receiver = route == ROUTE_SOCKET ? report_series(chart, "the receiver's") : NULL;
  for (unsigned w = 0; w < WAYS; w++) {
    const struct point *p = points_find(points, o->n_sizes - 1, route, ways[w]);
    if (p == NULL)
      continue;
    report_label(chart, ways[w]->name);
    add_share(user, p, sample_user);
    add_share(system, p, sample_system);
    if (receiver != NULL)
      add_share(receiver, p, sample_receiver);
  }
}

// A line for each way over the sizes.
static void by_size(json_t *report, const struct points *points, enum route route, const char *what,
                    const char *unit, bool log, struct spread (*of)(const struct point *point))
{
  const struct kernel_options *o = &points->options;
  char title[96];
  snprintf(title, sizeof(title), "%s: %s by size", route_title(route), what);
  json_t *chart = report_chart(report, "line", title, "size", unit, log);
  for (unsigned s = 0; s < o->n_sizes; s++)
    report_label(chart, size_show(o->size[s]).text);
  for (unsigned w = 0; w < WAYS; w++) {
    if (points_find(points, 0, route, ways[w]) == NULL)
      continue;
    json_t *series = report_series(chart, ways[w]->name);
    for (unsigned s = 0; s < o->n_sizes; s++) {
      struct spread spread = of(points_find(points, s, route, ways[w]));
      report_value(series, &spread);
    }
  }
}

void kernel_charts(json_t *report, const struct points *points, enum route route)
{
  cpu_by_way(report, points, route);
  by_size(report, points, route, "throughput", "GB/s", false, point_throughput);
  by_size(report, points, route, "CPU time per gigabyte", "CPU seconds per GB", true, point_cpu);
}
