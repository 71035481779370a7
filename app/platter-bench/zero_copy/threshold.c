// SPDX-License-Identifier: BSD-3-Clause
#include "zero_copy/threshold.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_mbuf.h>

#include "base/notes.h"
#include "cli/wait.h"
#include "host/eal.h"
#include "packet/copy.h"
#include "report/report.h"
#include "zero_copy/child.h"
#include "zero_copy/ratio.h"
#include "zero_copy/words.h"

const char *const threshold_sets[THRESHOLD_SETS] = {"the second-level cache",
                                                    "the last-level cache", "memory"};

enum {
  SLACK = 48 * 1024 * 1024, // the pool of private bytes, and EAL's own
  FEWEST = 255,             // frames
};

struct measuring {
  const struct threshold_run *run;
  FILE *out;
  int status;
};

// Frames of a working set: half of the second-level cache, a third of the last-level one, two and a
// half times that.
static unsigned frames(const struct threshold_run *run, unsigned set)
{
  const double bytes[THRESHOLD_SETS] = {run->caches.second / 2.0, run->caches.last / 3.0,
                                        run->caches.last * 2.5};
  double most = run->memory > SLACK ? (double)(run->memory - SLACK) : 0;
  unsigned n = RTE_MIN(bytes[set], most) / SHORT_FRAME_BYTES;
  return RTE_MAX(n, (unsigned)FEWEST);
}

static int measure_round(const struct measuring *m, unsigned set, unsigned length, unsigned round,
                         struct rte_mempool *from, struct rte_mempool *headers)
{
  double cycles[SHORT_WAYS];
  for (unsigned i = 0; i < SHORT_WAYS; i++) {
    unsigned way = (i + round) % SHORT_WAYS;
    cycles[way] = short_cycles(way, from, headers, short_length[length]);
    if (cycles[way] < 0)
      return child_error(m->out, -ENOMEM, "too few mbufs for the short-frame rule");
  }
  if (round > 0) // the first warms up
    child_say(m->out, json_pack("{s:i, s:i, s:f, s:f}", "set", set, "length", length, "whole",
                                cycles[SHORT_WHOLE], "header", cycles[SHORT_HEADER]));
  return 0;
}

static int measure_set(const struct measuring *m, unsigned set, struct rte_mempool *headers)
{
  unsigned n = frames(m->run, set);
  struct rte_mempool *from = short_frames("short_frames", n);
  int status = 0;
  if (from == NULL)
    return child_error(m->out, -ENOMEM, "no memory for %u frames (%s)", n, rte_strerror(rte_errno));
  for (unsigned length = 0; length < SHORT_LENGTHS; length++)
    for (unsigned round = 0; round <= m->run->repetitions && status == 0; round++)
      status = wait_until(wait_now()) ? CHILD_INTERRUPTED
                                      : measure_round(m, set, length, round, from, headers);
  rte_mempool_free(from);
  return status;
}

static int measure_all(void *arg)
{
  struct measuring *m = arg;
  struct rte_mempool *headers = short_headers();
  if (headers == NULL)
    m->status = child_error(m->out, -ENOMEM, "no memory for headers (%s)", rte_strerror(rte_errno));
  for (unsigned set = 0; set < THRESHOLD_SETS && m->status == 0; set++)
    m->status = measure_set(m, set, headers);
  rte_mempool_free(headers);
  return 0;
}

static int body(const void *arg, FILE *out)
{
  const struct threshold_run *run = arg;
  struct measuring m = {.run = run, .out = out};
  struct notes notes = {0};
  char prefix[48], error[1024];
  size_t bytes = (size_t)frames(run, THRESHOLD_SETS - 1) * SHORT_FRAME_BYTES + SLACK;
  snprintf(prefix, sizeof(prefix), "platter-bench-%d", (int)getpid());
  struct eal_request request = {
      .prefix = prefix,
      .n_cpus = 1,
      .cpus = &run->cpu,
      .huge_bytes = {bytes},
      .ordinary_bytes = bytes * 2,
  };
  int status = eal_start(&request, &notes, error, sizeof(error));
  notes_free(&notes);
  if (status != 0)
    return child_error(out, status, "%s", error);
  rte_eal_remote_launch(measure_all, &m, 0);
  rte_eal_wait_lcore(0);
  eal_stop();
  return m.status;
}

static int take(void *arg, const json_t *line, char *error, size_t size)
{
  struct threshold *t = arg;
  json_int_t set = json_integer_value(json_object_get(line, "set"));
  json_int_t length = json_integer_value(json_object_get(line, "length"));
  if (set < 0 || set >= THRESHOLD_SETS || length < 0 || length >= SHORT_LENGTHS)
    return fail(error, size, -EPROTO, "a measuring process wrote nonsense");
  struct samples *cycles = t->cycles[set][length];
  samples_add(&cycles[SHORT_WHOLE], json_number_value(json_object_get(line, "whole")));
  samples_add(&cycles[SHORT_HEADER], json_number_value(json_object_get(line, "header")));
  return 0;
}

int threshold_measure(const struct threshold_run *run, struct threshold *threshold, char *error,
                      size_t size)
{
  return child_run(body, run, take, threshold, error, size);
}

// The whole copy against the header and a reference: below 1, the copy is cheaper.
static struct ratio compare(const struct threshold *t, unsigned set, unsigned length)
{
  const struct samples *cycles = t->cycles[set][length];
  return ratio_paired(&cycles[SHORT_WHOLE], &cycles[SHORT_HEADER]);
}

// The longest length up to which copying is cheaper without a doubt, 0: none; and the shortest from
// which on the reference is, 0: none.
struct crossing {
  unsigned below, above;
};

static struct crossing find_crossing(const struct threshold *t, unsigned set)
{
  struct crossing c = {0};
  for (unsigned i = 0; i < SHORT_LENGTHS && ratio_below(compare(t, set, i), 1); i++)
    c.below = short_length[i];
  for (unsigned i = SHORT_LENGTHS; i-- > 0 && ratio_above(compare(t, set, i), 1);)
    c.above = short_length[i];
  return c;
}

static void conclude_set(json_t *report, const struct threshold *t, unsigned set)
{
  struct crossing c = find_crossing(t, set);
  const char *from = threshold_sets[set];
  unsigned longest = short_length[SHORT_LENGTHS - 1];
  if (c.below == longest)
    report_conclude(report,
                    "Rewriting shared frames that come from %s: copying the whole frame is cheaper "
                    "than a private header and a reference at every length, up to %u bytes.",
                    from, longest);
  else if (c.below == 0 && c.above == 0)
    report_conclude(report,
                    "Rewriting shared frames that come from %s: where copying the whole frame "
                    "stops being cheaper cannot be told.",
                    from);
  else if (c.above == 0)
    report_conclude(report,
                    "Rewriting shared frames that come from %s: copying the whole frame is cheaper "
                    "up to %u bytes; from where on a private header and a reference are cannot be "
                    "told.",
                    from, c.below);
  else
    report_conclude(report,
                    "Rewriting shared frames that come from %s: copying the whole frame is cheaper "
                    "up to %u bytes, a private header and a reference from %u bytes on.",
                    from, c.below, c.above);
}

// What all sets together say about a rule.
struct verdict {
  unsigned safe; // the longest length up to which copying is cheaper wherever the bytes come from
  bool too_long; // it is dearer at a length that the rule has copied, from somewhere
};

static struct verdict judge(const struct threshold *t, unsigned rule)
{
  struct verdict v = {0};
  bool unbroken = true;
  for (unsigned i = 0; i < SHORT_LENGTHS; i++) {
    for (unsigned set = 0; set < THRESHOLD_SETS; set++) {
      struct ratio ratio = compare(t, set, i);
      unbroken &= ratio_below(ratio, 1);
      v.too_long |= short_length[i] <= rule && ratio_above(ratio, 1);
    }
    v.safe = unbroken ? short_length[i] : v.safe;
  }
  return v;
}

void threshold_conclude(json_t *report, const struct threshold *t, unsigned rule)
{
  struct verdict v = judge(t, rule);
  struct words words = {""};
  for (unsigned set = 0; set < THRESHOLD_SETS; set++)
    conclude_set(report, t, set);
  if (v.too_long)
    words_add(&words, "That is too many on this machine: it could be %u", v.safe);
  else if (v.safe > rule)
    words_add(&words,
              "On this machine that would pay up to %u bytes, wherever the frames come from: it "
              "could be raised",
              v.safe);
  else if (v.safe == rule)
    words_add(&words, "That is right on this machine: up to there copying is cheaper wherever the "
                      "frames come from, and at the next length measured no longer for certain");
  else
    words_add(&words, "Whether that is right on this machine cannot be told");
  report_conclude(report,
                  "platter copies shared frames of up to %u bytes whole (PACKET_SHORT_MAX in "
                  "lib/packet/copy.h). %s.",
                  rule, words.text);
}

static void put_cells(json_t *row, const struct samples *cycles)
{
  for (unsigned way = 0; way < SHORT_WAYS; way++) {
    struct spread spread = samples_spread(&cycles[way]);
    json_array_append_new(row, report_spread(&spread));
  }
}

void threshold_report(json_t *report, const struct threshold *t)
{
  json_t *table = report_table(
      report, "Rewriting a frame that others read: whole copy, or header and reference",
      "Cycles per packet, with the freeing of everything, by where the frame's bytes come from.");
  report_column(table, "Frame", "bytes");
  static const char *const sets[THRESHOLD_SETS] = {"L2", "L3", "Memory"};
  for (unsigned set = 0; set < THRESHOLD_SETS; set++) {
    char name[64];
    snprintf(name, sizeof(name), "%s: whole", sets[set]);
    report_column(table, name, "cycles");
    snprintf(name, sizeof(name), "%s: reference", sets[set]);
    report_column(table, name, "cycles");
  }
  for (unsigned i = 0; i < SHORT_LENGTHS; i++) {
    json_t *row = report_row(table);
    json_array_append_new(row, json_integer(short_length[i]));
    for (unsigned set = 0; set < THRESHOLD_SETS; set++)
      put_cells(row, t->cycles[set][i]);
  }
  threshold_conclude(report, t, PACKET_SHORT_MAX);
}
