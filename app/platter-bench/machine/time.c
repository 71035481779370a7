// SPDX-License-Identifier: BSD-3-Clause
#include "machine/time.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "machine/files.h"

static double used(int who)
{
  struct rusage usage;
  getrusage(who, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

struct machine_time machine_time_read(const char *root)
{
  enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, KINDS };
  char line[512];
  unsigned long long ticks[KINDS] = {0};
  struct timespec clock;
  clock_gettime(CLOCK_MONOTONIC, &clock);
  machine_line(line, sizeof(line), root, "/proc/stat");
  sscanf(line, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &ticks[USER], &ticks[NICE],
         &ticks[SYSTEM], &ticks[IDLE], &ticks[IOWAIT], &ticks[IRQ], &ticks[SOFTIRQ], &ticks[STEAL]);
  double all = 0, hz = sysconf(_SC_CLK_TCK);
  for (unsigned kind = 0; kind < KINDS; kind++)
    all += ticks[kind];
  return (struct machine_time){
      .clock = clock.tv_sec + clock.tv_nsec * 1e-9,
      .all = all / hz,
      .steal = ticks[STEAL] / hz,
      .ran = (ticks[USER] + ticks[NICE] + ticks[SYSTEM]) / hz,
      .own = used(RUSAGE_SELF) + used(RUSAGE_CHILDREN),
  };
}
