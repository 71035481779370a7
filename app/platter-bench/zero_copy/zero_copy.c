// SPDX-License-Identifier: BSD-3-Clause
// platter-bench zero-copy: what passing references is worth against copying.
//
// Read copy_stage.h (what is compared), then session.h (how one comparison is measured), measure.h
// (how all are), grid.h (what is kept of it) and conclude.h (what is said about it).
#include <stdio.h>

#include "bench.h"
#include "cli/wait.h"
#include "report/report.h"
#include "zero_copy/child.h"
#include "zero_copy/conclude.h"
#include "zero_copy/measure.h"
#include "zero_copy/report.h"

static void put_about(json_t *report, const struct bench *b)
{
  report_paragraph(
      report,
      "One platter forwards frames from memory to a device that takes everything at once: by "
      "reference, and with whole copies of every packet in its path, as at each hand-over of the "
      "traditional way. Everything else is the same code in the same process, switched between "
      "the two every %.2g seconds.",
      b->options.seconds);
  report_paragraph(
      report,
      "In cache: frames and their mbufs fill half of a core's second-level cache of %llu KiB, but "
      "there are at least %d of them, which is more than that cache holds where they are long. Out "
      "of cache: they are four times the last-level cache of %llu MiB, as far as memory goes. A "
      "copy is made into buffers that have just been used, which are in the cache: it is as cheap "
      "as copies get. IMIX is 7 frames of 64 bytes to 4 of 594 and 1 of 1518, %.1f bytes on "
      "average.",
      (unsigned long long)b->caches.second >> 10, TRAFFIC_FEWEST,
      (unsigned long long)b->caches.last >> 20, traffic_mean(TRAFFIC_IMIX));
  report_paragraph(report,
                   "No network card takes part. By reference nobody touches the bytes of a frame, "
                   "so that the bits per second grow with the frame size beyond what any link "
                   "carries: they say what forwarding leaves room for, not what a link would do.");
  report_paragraph(report,
                   "Figures are the median of the samples, with the quartiles in brackets, where "
                   "they differ. "
                   "Where the quartiles are too far apart, there is no number, for it would "
                   "be the machine's and not platter's.");
}

static int measure(struct bench *b, json_t *report, char *error, size_t size)
{
  int status = report_check_files(b->options.json, b->options.html, error, size);
  if (status == 0)
    status = bench_prepare(b, report, error, size);
  if (status != 0)
    return status;
  double seconds = bench_seconds(b);
  if (seconds < 100)
    fprintf(stderr, "This takes about %.0f seconds.\n", seconds);
  else
    fprintf(stderr, "This takes about %.0f minutes%s.\n", seconds / 60,
            b->options.quick ? "" : "; --quick takes less than one");
  return bench_measure(b, report, error, size);
}

static enum status_code measure_and_report(struct bench *b)
{
  char error[1024] = "";
  json_t *report = report_new("zero-copy", "What zero copy is worth");
  int status = measure(b, report, error, sizeof(error));
  if (status == 0) {
    put_about(report, b);
    zero_copy_report(report, &b->grid, &b->options);
    zero_copy_conclude(report, &b->grid, &b->options);
    threshold_report(report, &b->threshold);
    report_end(report);
    status = report_publish(report, b->options.json, b->options.html, error, sizeof(error));
  }
  if (status != 0)
    fprintf(stderr, "platter-bench: %s\n", error);
  json_decref(report);
  grid_free(&b->grid);
  return status == 0 ? STATUS_OK : status == CHILD_ACCOUNTING ? STATUS_ACCOUNTING : STATUS_FAILED;
}

static enum status_code run(const struct command *command, int argc, char **argv)
{
  static struct bench bench; // too large for the stack
  enum status_code status = zero_copy_options_parse(command, argc, argv, &bench.options);
  if (status != STATUS_OK)
    return status;
  return wait_init() == 0 ? measure_and_report(&bench) : STATUS_FAILED;
}

const struct command command_zero_copy = {
    .name = "zero-copy",
    .summary = "platter by reference against platter with copies of each packet",
    .help = "Usage: platter-bench zero-copy [OPTIONS]\n"
            "\n"
            "Forwards the same frames from memory to a device that takes everything, by\n"
            "reference and with whole copies of each packet on the way, in turn in one\n"
            "process, and shows what the copies cost: rate, cycles, and how long packets\n"
            "stay inside. Then it says what follows on this machine: from which frame size\n"
            "on references win, what copies cost at 1518 bytes and at IMIX, whether the\n"
            "rate depends on the frame size, and whether platter's rule for short frames\n"
            "is right here.\n"
            "\n"
            "  --quick           few sizes, frames in cache only, short samples: less than\n"
            "                    a minute\n"
            "  --sizes LIST      of 60 to 9216 bytes, and imix\n"
            "                    (64,128,256,512,1024,1518,9000,imix)\n"
            "  --copies LIST     of each packet (0,1,2,4); 0 is by reference\n"
            "  --layouts LIST    run-to-completion (one core), pipeline (two cores) or both\n"
            "  --sets LIST       in-cache, out-of-cache or both: where the frames lie\n"
            "  --repeat N        samples of each point, 1 to 64 (9; 6 with --quick); from\n"
            "                    3 on, conclusions\n"
            "  --seconds S       of a sample (0.15; 0.08 with --quick)\n"
            "  --json FILE       all figures, sample by sample\n"
            "  --html FILE       one page with charts that needs no network\n"
            "\n"
            "How to read it: a line is one frame size and number of copies. By reference,\n"
            "the rate should hardly depend on the frame size, for nobody touches the\n"
            "frames; with copies it falls. Two figures differ where the ranges in brackets\n"
            "do not overlap.\n"
            "\n"
            "For figures that mean something: a quiet machine, hugepages, and cores that\n"
            "nothing else uses (isolcpus). What is missing stands in the report as a\n"
            "warning. No network card and no privileges are needed.\n"
            "\n"
            "Exit status: 1 where a measuring process failed; 3 where packets or copied\n"
            "bytes were unaccounted for.\n"
            "\n"
            "Example: platter-bench zero-copy --quick --html zero-copy.html\n"
            "         platter-bench zero-copy --sizes 64,1518 --layouts pipeline --repeat 21\n",
    .run = run,
};
