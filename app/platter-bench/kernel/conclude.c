// SPDX-License-Identifier: BSD-3-Clause
#include "kernel/conclude.h"

#include <stdio.h>
#include <string.h>

enum order spread_order(const struct spread *a, const struct spread *b)
{
  if (!a->conclusive || !b->conclusive)
    return ORDER_UNKNOWN;
  return a->high < b->low ? ORDER_LESS : a->low > b->high ? ORDER_MORE : ORDER_UNKNOWN;
}

const char *route_title(enum route route)
{
  return route == ROUTE_FILE ? "File to file" : "File to socket";
}

struct told_text told_show(const struct way *way, const struct told *told)
{
  struct told_text text = {""};
  if (!way->asks || told->asked == 0)
    return text;
  if (told->untold > 0)
    return (struct told_text){"not told"};
  if (told->copied == 0)
    return (struct told_text){"none"};
  if (told->copied == told->asked)
    return (struct told_text){"all"};
  snprintf(text.text, sizeof(text.text), "%.3g%%",
           100 * (double)told->copied / (double)told->asked);
  return text;
}

struct list { // of words, "a, b, c"
  char text[512];
};

static void list_add(struct list *list, const char *word)
{
  size_t length = strlen(list->text);
  snprintf(list->text + length, sizeof(list->text) - length, "%s%s", length > 0 ? ", " : "", word);
}

// The ways of one route at one size, by one figure of which less is better.
struct field {
  const struct points *points;
  enum route route;
  unsigned size;
};

static bool figure(const struct field *f, unsigned way, struct spread *spread)
{
  const struct point *p = points_find(f->points, f->size, f->route, ways[way]);
  if (p != NULL)
    *spread = point_cpu(p);
  return p != NULL;
}

// The way with the least CPU of those that are certain; -1: none is.
static int least(const struct field *f, struct spread *best)
{
  int found = -1;
  struct spread s;
  for (unsigned w = 0; w < WAYS; w++)
    if (figure(f, w, &s) && s.conclusive && (found < 0 || s.median < best->median)) {
      found = w;
      *best = s;
    }
  return found;
}

// The others that may cost as little, and those of which nothing can be told.
static void find_rivals(const struct field *f, int winner, const struct spread *best,
                        struct list *rivals, struct list *wide)
{
  struct spread s;
  for (int w = 0; w < WAYS; w++) {
    if (w == winner || !figure(f, w, &s))
      continue;
    if (!s.conclusive)
      list_add(wide, ways[w]->name);
    else if (spread_order(best, &s) != ORDER_LESS)
      list_add(rivals, ways[w]->name);
  }
}

// What read/write costs beside it.
static void beside(const struct field *f, int winner, const struct spread *best, char *text,
                   size_t size)
{
  struct spread base;
  *text = '\0';
  if (ways[winner] == &way_read_write || !figure(f, 0, &base))
    return;
  if (!base.conclusive)
    snprintf(text, size, "; what read/write costs spreads too wide to compare");
  else if (spread_order(best, &base) == ORDER_LESS && best->median > 0)
    snprintf(text, size, "; read/write costs %.3g s, %.3g times as much", base.median,
             base.median / best->median);
  else
    snprintf(text, size, "; read/write costs %.3g s, too near to tell them apart", base.median);
}

static void conclude_least(json_t *report, const struct field *f)
{
  struct spread best = {0};
  struct list rivals = {""}, wide = {""};
  char base[128];
  struct size_text size = size_show(f->points->options.size[f->size]);
  char where[64];
  snprintf(where, sizeof(where), "%s, %s", route_title(f->route), size.text);
  int winner = least(f, &best);
  if (winner < 0) {
    report_conclude(
        report, "%s: which way costs the least CPU cannot be told, all spread too wide.", where);
    return;
  }
  find_rivals(f, winner, &best, &rivals, &wide);
  beside(f, winner, &best, base, sizeof(base));
  report_conclude(report,
                  "%s: %s costs the least CPU of the sender, %.3g s per gigabyte (%.3g to %.3g)%s.",
                  where, ways[winner]->name, best.median, best.low, best.high, base);
  if (*rivals.text != '\0')
    report_conclude(report, "%s: too near to it to tell them apart: %s.", where, rivals.text);
  if (*wide.text != '\0')
    report_conclude(report, "%s: left out, for their samples spread too wide: %s.", where,
                    wide.text);
}

// How a way compares with read/write at one size.
static enum order against_base(struct field f, unsigned way, unsigned size)
{
  struct spread s, base;
  f.size = size;
  if (!figure(&f, way, &s) || !figure(&f, 0, &base))
    return ORDER_UNKNOWN;
  return spread_order(&s, &base);
}

// From which size on, up to the largest, the way costs less CPU than read/write.
static void describe_way(const struct field *f, unsigned way, struct list *list)
{
  const struct kernel_options *o = &f->points->options;
  unsigned from = o->n_sizes;
  char text[128];
  while (from > 0 && against_base(*f, way, from - 1) == ORDER_LESS)
    from--;
  if (from == 0)
    snprintf(text, sizeof(text), "%s at every size", ways[way]->name);
  else if (from < o->n_sizes)
    snprintf(text, sizeof(text), "%s from %s on", ways[way]->name, size_show(o->size[from]).text);
  else
    snprintf(text, sizeof(text), "%s %s", ways[way]->name,
             against_base(*f, way, o->n_sizes - 1) == ORDER_MORE ? "not at the largest size"
                                                                 : "cannot be told");
  list_add(list, text);
}

static void conclude_pays(json_t *report, const struct field *f)
{
  struct list list = {""};
  struct spread ignored;
  if (!figure(f, 0, &ignored))
    return;
  for (unsigned w = 1; w < WAYS; w++)
    if (ways[w]->zero_copy && figure(f, w, &ignored))
      describe_way(f, w, &list);
  if (*list.text != '\0')
    report_conclude(report, "%s, where avoiding copies costs less CPU than read/write: %s.",
                    route_title(f->route), list.text);
}

// Returns whether all of what went to a socket was copied.
static bool conclude_told(json_t *report, const struct points *points, unsigned way)
{
  struct told sum = {0};
  for (unsigned i = 0; i < points->n; i++)
    if (points->point[i].way == way) {
      struct told told = point_told(&points->point[i]);
      sum.asked += told.asked;
      sum.copied += told.copied;
      sum.untold += told.untold;
    }
  if (sum.asked == 0)
    return false;
  const char *name = ways[way]->name;
  const char *who = ways[way]->route[ROUTE_FILE] ? "the file system" : "the kernel";
  double gigabytes = (double)sum.asked * 1e-9, copied = (double)sum.copied * 1e-9;
  if (sum.untold > 0)
    report_conclude(report, "%s: %s does not say whether it copied; it cannot be told.", name, who);
  else if (sum.copied == 0)
    report_conclude(report, "%s: %s confirms that it copied none of %.3g GB.", name, who,
                    gigabytes);
  else if (sum.copied == sum.asked)
    report_conclude(report, "%s avoided no copy here: %s says that it copied all of %.3g GB.", name,
                    who, gigabytes);
  else
    report_conclude(report, "%s: %s says that it copied %.3g of %.3g GB (%.3g%%) after all.", name,
                    who, copied, gigabytes, 100 * copied / gigabytes);
  return sum.untold == 0 && sum.copied == sum.asked && ways[way]->route[ROUTE_SOCKET];
}

void kernel_conclude(json_t *report, const struct points *points)
{
  for (enum route r = 0; r < ROUTES; r++) {
    const struct field f = {points, r, points->options.n_sizes - 1};
    struct spread ignored;
    bool any = false;
    for (unsigned w = 0; w < WAYS; w++)
      any |= figure(&f, w, &ignored);
    if (!any)
      continue;
    conclude_least(report, &f);
    conclude_pays(report, &f);
  }
  bool fell_back = false;
  for (unsigned w = 0; w < WAYS; w++) {
    fell_back |= conclude_told(report, points, w);
    if (points->options.way[w] && points->why[w][0] != '\0')
      report_conclude(report, "%s was not measured, this kernel has none: %s.", ways[w]->name,
                      points->why[w]);
  }
  if (fell_back)
    report_conclude(report,
                    "Why the kernel copied: what is sent to a socket of the same machine is "
                    "copied when it is delivered, so that the sender gets its memory back. "
                    "A network card would have read it in place.");
}
