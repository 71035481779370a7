// SPDX-License-Identifier: BSD-3-Clause
// platter-bench kernel: the ways that the operating system offers to move bytes, on the same bytes.
//
// Read transfer.h, then any way (read_write.c is the first), then sample.c, which measures one,
// points.c, which goes through all, and conclude.c, which says what came out. The sender is this
// process; the receiver of the socket is another.
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "base/notes.h"
#include "bench.h"
#include "kernel/files.h"
#include "kernel/options.h"
#include "kernel/points.h"
#include "kernel/report.h"

static const uint64_t SEED = 0x706c6174746572;

struct cpus { // where the two processes run; -1: anywhere
  int sender, receiver;
};

// The two ends on cores of their own, always the same: the scheduler would put them on one at times
// and so measure something else.
static struct cpus choose_cpus(void)
{
  struct cpus cpus = {-1, -1};
  cpu_set_t usable;
  if (sched_getaffinity(0, sizeof(usable), &usable) != 0 || CPU_COUNT(&usable) < 2)
    return cpus;
  for (int i = 0; i < CPU_SETSIZE; i++)
    if (CPU_ISSET(i, &usable)) {
      cpus.sender = cpus.sender < 0 ? i : cpus.sender;
      cpus.receiver = i;
    }
  return cpus;
}

static void stay_on(int cpu)
{
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (cpu >= 0)
    sched_setaffinity(0, sizeof(set), &set);
}

// Says no before anything is made, rather than in the middle.
static int check_room(const struct kernel_options *o, const struct file_system *system, char *error,
                      size_t size)
{
  const double mega = 1e-6;
  uint64_t input = o->size[o->n_sizes - 1], output = points_longest(o);
  uint64_t disk = input + (o->route[ROUTE_FILE] ? output : 0);
  uint64_t memory =
      input + (o->route[ROUTE_FILE] ? output : 0) + (o->route[ROUTE_SOCKET] ? output : 0);
  if (system->space < disk)
    return fail(error, size, -ENOSPC,
                "%s has %.0f MB of space and these sizes take %.0f MB: choose smaller --sizes or "
                "another --dir",
                o->directory, (double)system->space * mega, (double)disk * mega);
  if (files_memory() < memory)
    return fail(error, size, -ENOMEM,
                "%.0f MB of memory are free and these sizes take %.0f MB, for all of it has to "
                "stay in the page cache: choose smaller --sizes",
                (double)files_memory() * mega, (double)memory * mega);
  return 0;
}

static int prepare(const struct kernel_options *o, const struct cpus *cpus, struct stand *stand,
                   char *error, size_t size)
{
  *stand =
      (struct stand){.in = files_new(o->directory, error, size), .out = -1, .buffer = o->buffer};
  if (stand->in < 0)
    return stand->in;
  stand->out = files_new(o->directory, error, size);
  if (stand->out < 0)
    return stand->out;
  int status = files_fill(stand->in, o->size[o->n_sizes - 1], SEED, error, size);
  if (status == 0 && o->route[ROUTE_SOCKET])
    status =
        receiver_start(&stand->receiver, stand->in, points_longest(o), cpus->receiver, error, size);
  stay_on(cpus->sender);
  return status;
}

static void clear(struct stand *stand)
{
  receiver_stop(&stand->receiver);
  if (stand->in >= 0)
    close(stand->in);
  if (stand->out >= 0)
    close(stand->out);
}

static int measure(struct points *points, const struct cpus *cpus, struct file_system *system,
                   char *error, size_t size)
{
  const struct kernel_options *o = &points->options;
  struct stand stand = {.in = -1, .out = -1};
  int status = report_check_files(o->json, o->html, error, size);
  if (status == 0)
    status = files_system(o->directory, system, error, size);
  if (status == 0)
    status = check_room(o, system, error, size);
  if (status != 0)
    return status;
  status = prepare(o, cpus, &stand, error, size);
  if (status == 0)
    status = points_measure(points, &stand, error, size);
  clear(&stand);
  return status;
}

static void report_cpus(json_t *report, const struct cpus *cpus)
{
  if (cpus->sender < 0) {
    report_warn(report,
                "Sender and receiver share one core: to a socket, each waits for the other.");
    return;
  }
  report_setting(report, "sender's core", json_integer(cpus->sender));
  report_setting(report, "receiver's core", json_integer(cpus->receiver));
}

static int measure_and_report(const struct kernel_options *options, char *error, size_t size)
{
  struct points points;
  struct file_system system = {0};
  const struct cpus cpus = choose_cpus();
  json_t *report = report_new("kernel", "The kernel's ways to move bytes");
  int status = points_new(&points, options, error, size);
  if (status == 0)
    status = measure(&points, &cpus, &system, error, size);
  if (status == 0) {
    kernel_report(report, &points, &system);
    report_cpus(report, &cpus);
    report_end(report);
    status = report_publish(report, options->json, options->html, error, size);
  }
  json_decref(report);
  points_free(&points);
  return status;
}

static enum status_code run(const struct command *command, int argc, char **argv)
{
  struct kernel_options options;
  char error[1024] = "";
  enum status_code parsed = kernel_options_parse(command, argc, argv, &options);
  if (parsed != STATUS_OK)
    return parsed;
  transfer_catch_signals();
  int status = measure_and_report(&options, error, sizeof(error));
  if (status == 0)
    return STATUS_OK;
  fprintf(stderr, "platter-bench: %s\n", error);
  return status == SAMPLE_DIFFERS ? STATUS_ACCOUNTING : STATUS_FAILED;
}

const struct command command_kernel = {
    .name = "kernel",
    .summary = "the kernel's ways to move a file: read/write, sendfile, io_uring…",
    .help = "Usage: platter-bench kernel [OPTIONS]\n"
            "\n"
            "Moves the same bytes from a file to a file, and from a file into a TCP\n"
            "connection on 127.0.0.1, by every way that the kernel offers, and shows what\n"
            "each costs: throughput, CPU seconds per gigabyte, context switches, page\n"
            "faults, and whether the kernel copied what it was asked not to copy. Every\n"
            "output is compared with its input. Points alternate and repeat; one whose\n"
            "samples spread too wide says so instead of a number.\n"
            "\n"
            "  --quick          few sizes, short: some seconds instead of some minutes\n"
            "  --sizes LIST     such as 4K,1M,1G (that is 4096 bytes, …); usually ten from\n"
            "                   4K to 1G\n"
            "  --ways LIST      of read/write, sendfile, splice, mmap/write,\n"
            "                   copy_file_range, MSG_ZEROCOPY, mmap/MSG_ZEROCOPY,\n"
            "                   io_uring, io_uring/SEND_ZC\n"
            "  --routes LIST    file, socket or both\n"
            "  --repeat N       samples of each point, 1 to 64 (5); from 3 on, conclusions\n"
            "  --buffer SIZE    of the ways that have buffers (128K)\n"
            "  --dir DIR        where the files are, which have no names and are gone at\n"
            "                   the end: a directory on the disk that is to be judged\n"
            "                   ($TMPDIR, else /tmp, or /var/tmp where /tmp is in memory)\n"
            "  --json FILE      all figures, sample by sample\n"
            "  --html FILE      one page with charts that needs no network\n"
            "\n"
            "How to read it: read/write is what the others are compared with. A way is\n"
            "worth its effort where its CPU seconds per gigabyte are below those of\n"
            "read/write and the quartiles behind them do not overlap. Everything is in the\n"
            "page cache: no disk is measured.\n"
            "\n"
            "Exit status: 3 where an output differed from its input.\n"
            "\n"
            "Example: platter-bench kernel --quick --html kernel.html\n"
            "         platter-bench kernel --ways read/write,sendfile --routes socket \\\n"
            "           --sizes 64K,16M\n",
    .run = run,
};
