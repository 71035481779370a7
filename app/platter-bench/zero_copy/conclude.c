// SPDX-License-Identifier: BSD-3-Clause
#include "zero_copy/conclude.h"

#include "report/report.h"
#include "zero_copy/ratio.h"
#include "zero_copy/words.h"

enum {
  SIZE_FULL = 1518, // the longest frame of an ordinary Ethernet, for which copies are judged
  COPIES_FOUR = 4,  // a file sent the traditional way
};
static const double FLAT = 0.9; // of the rate of short frames: from here on it does not fall

// One way to forward and one working set.
struct field {
  json_t *report;
  const struct grid *grid;
  const struct zero_copy_options *options;
  enum path path;
  enum working_set set;
};

static struct words where(const struct field *f)
{
  static const char *const titles[PATHS] = {"Run to completion", "Pipeline"};
  struct words words = {""};
  words_add(&words, "%s, %s", titles[f->path], set_titles[f->set]);
  return words;
}

static const struct spot *find(const struct field *f, unsigned size, unsigned copies)
{
  return grid_find(f->grid, f->path, f->set, size, copies);
}

// Rate without copies against the rate with one.
static struct ratio gain(const struct field *f, unsigned size)
{
  const struct spot *none = find(f, size, 0), *one = find(f, size, 1);
  return none != NULL && one != NULL ? ratio_paired(&none->mpps, &one->mpps)
                                     : (struct ratio){.known = false};
}

static void list_size(struct words *words, unsigned size)
{
  words_add(words, "%s%u", *words->text != '\0' ? ", " : "", size);
}

static unsigned count_sizes(const struct zero_copy_options *o) // without IMIX
{
  unsigned n = o->n_sizes;
  return n > 0 && o->size[n - 1] == TRAFFIC_IMIX ? n - 1 : n;
}

static void conclude_crossing(const struct field *f)
{
  const struct zero_copy_options *o = f->options;
  unsigned n = count_sizes(o), from = n;
  struct words unknown = {""}, lost = {""}, won = {""}, tail = {""};
  if (n == 0 || find(f, o->size[0], 0) == NULL || find(f, o->size[0], 1) == NULL)
    return;
  while (from > 0 && ratio_above(gain(f, o->size[from - 1]), 1))
    from--;
  for (unsigned i = 0; i < from; i++) {
    struct ratio ratio = gain(f, o->size[i]);
    if (ratio_below(ratio, 1))
      list_size(&lost, o->size[i]);
    else
      list_size(ratio_above(ratio, 1) ? &won : &unknown, o->size[i]);
  }
  if (*won.text != '\0')
    words_add(&tail, "; it does at %s bytes", won.text);
  if (*lost.text != '\0')
    words_add(&tail, "; one copy is faster at %s bytes", lost.text);
  if (*unknown.text != '\0')
    words_add(&tail, "; at %s bytes it cannot be told", unknown.text);
  if (from == n)
    report_conclude(f->report, "%s: no frame size from which by reference beats one copy%s.",
                    where(f).text, tail.text);
  else if (from == 0)
    report_conclude(f->report,
                    "%s: by reference beats one copy at every size measured, from %u bytes on.",
                    where(f).text, o->size[0]);
  else
    report_conclude(f->report, "%s: by reference beats one copy from %u bytes on%s.", where(f).text,
                    o->size[from], tail.text);
}

// "16", or "14 to 19" where one number says too much.
static void add_number(struct words *words, struct ratio ratio, double unit)
{
  if (ratio.narrow)
    words_add(words, "%.3g", unit * ratio.middle);
  else
    words_add(words, "%.3g to %.3g", unit * ratio.low, unit * ratio.high);
}

static void add_cost(struct words *words, const struct spot *none, const struct spot *some)
{
  struct ratio rate = ratio_paired(&some->mpps, &none->mpps);
  struct ratio cycles = ratio_paired(&some->cycles, &none->cycles);
  words_add(words, "%s%u %s ", *words->text != '\0' ? "; " : "", some->copies,
            some->copies == 1 ? "copy" : "copies");
  if (!rate.known) {
    words_add(words, "cannot be told");
    return;
  }
  if (ratio_below(rate, 1) || ratio_above(rate, 1)) {
    add_number(words, rate, 100);
    words_add(words, "%% of the rate, ");
  } else {
    words_add(words, "no difference in rate that can be told, ");
  }
  add_number(words, cycles, 1);
  words_add(words, " times the cycles");
}

static void conclude_costs(const struct field *f, unsigned size)
{
  const struct spot *none = find(f, size, 0);
  struct words costs = {""};
  for (unsigned c = 0; c < f->options->n_copies && none != NULL; c++)
    if (f->options->copies[c] > 0)
      add_cost(&costs, none, find(f, size, f->options->copies[c]));
  if (*costs.text != '\0')
    report_conclude(f->report, "%s, %s, compared with by reference: %s.", where(f).text,
                    traffic_show(size).text, costs.text);
}

// Cycles that four copies add, in units of what a packet without a copy costs.
static void conclude_four(const struct field *f)
{
  const struct spot *none = find(f, SIZE_FULL, 0), *four = find(f, SIZE_FULL, COPIES_FOUR);
  if (none == NULL || four == NULL)
    return;
  struct ratio ratio = ratio_paired(&four->cycles, &none->cycles);
  const char *verdict = "whether at least four passes cannot be told";
  if (!ratio.known) {
    report_conclude(f->report,
                    "%s: what four copies of %d bytes cost, in reference passes, cannot be told.",
                    where(f).text, SIZE_FULL);
    return;
  }
  if (ratio.low - 1 >= COPIES_FOUR)
    verdict = "at least four passes";
  else if (ratio.high - 1 < COPIES_FOUR)
    verdict = "fewer than four passes";
  report_conclude(f->report,
                  "%s: four copies of %d bytes cost %.1f times the cycles of one reference pass "
                  "(%.1f to %.1f): %s.",
                  where(f).text, SIZE_FULL, ratio.middle - 1, ratio.low - 1, ratio.high - 1,
                  verdict);
}

static void conclude_flat(const struct field *f)
{
  const struct zero_copy_options *o = f->options;
  unsigned n = count_sizes(o);
  const struct spot *shortest = n > 1 ? find(f, o->size[0], 0) : NULL;
  const struct spot *longest = n > 1 ? find(f, o->size[n - 1], 0) : NULL;
  if (shortest == NULL || longest == NULL)
    return;
  struct ratio ratio = ratio_paired(&longest->mpps, &shortest->mpps);
  const char *verdict = "whether the rate falls with the size cannot be told";
  if (!ratio.known) {
    report_conclude(f->report, "%s: by reference, %s.", where(f).text, verdict);
    return;
  }
  if (ratio_above(ratio, 1 / FLAT) && f->set == SET_OUT_OF_CACHE)
    verdict = "longer frames are fewer in the same memory, and so are their mbufs, which fit a "
              "cache then";
  else if (ratio.low >= FLAT)
    verdict = "the rate does not fall with the size";
  else if (ratio_below(ratio, FLAT))
    verdict = "the rate falls with the size";
  report_conclude(f->report,
                  "%s: by reference, frames of %u bytes go at %.2f times the rate of %u bytes "
                  "(%.2f to %.2f): %s.",
                  where(f).text, longest->size, ratio.middle, shortest->size, ratio.low, ratio.high,
                  verdict);
}

static void for_each_field(struct field *f, void (*conclude)(const struct field *f))
{
  for (unsigned path = 0; path < PATHS; path++)
    for (unsigned set = 0; set < SETS; set++) {
      f->path = path;
      f->set = set;
      if (f->options->path[path] && f->options->set[set])
        conclude(f);
    }
}

static void conclude_all_costs(const struct field *f)
{
  conclude_costs(f, SIZE_FULL);
  conclude_costs(f, TRAFFIC_IMIX);
}

void zero_copy_conclude(json_t *report, const struct grid *grid,
                        const struct zero_copy_options *options)
{
  struct field f = {.report = report, .grid = grid, .options = options};
  for_each_field(&f, conclude_crossing);
  for_each_field(&f, conclude_all_costs);
  for_each_field(&f, conclude_four);
  for_each_field(&f, conclude_flat);
}
