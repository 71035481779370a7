// SPDX-License-Identifier: BSD-3-Clause
#include "control/stall.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <rte_log.h>

#include "control/appliance_internal.h"

static const double SAY_SECONDS = 1, SAY_NO_TIME_SECONDS = 5, CERTAIN_CPU_SECONDS = 0.5;

static const struct port *inside(const struct appliance *a, unsigned number)
{
  const struct worker *w = a->datapath.worker[number];
  for (unsigned i = 0; i < w->n_receive; i++)
    if (__atomic_load_n(&w->receive[i].inside, __ATOMIC_RELAXED))
      return &a->port[w->receive[i].port];
  for (unsigned i = 0; i < w->n_transmit; i++)
    if (__atomic_load_n(&w->transmit[i].inside, __ATOMIC_RELAXED))
      return &a->port[w->transmit[i].port];
  return NULL;
}

void stall_place(const struct appliance *a, unsigned number, char *text, size_t size)
{
  const struct port *port = inside(a, number);
  text[0] = '\0';
  if (port != NULL)
    snprintf(text, size, "the driver of port %s (%s)", port->config->name, port->info.driver_name);
}

// As /proc shows it: R runs or would like to, S and D sleep in the kernel. '?': cannot be told.
static char state_of(const struct worker *w)
{
  char path[64], text[256] = "";
  int thread = __atomic_load_n(&w->thread, __ATOMIC_RELAXED);
  snprintf(path, sizeof(path), "/proc/self/task/%d/stat", thread);
  FILE *file = thread != 0 ? fopen(path, "re") : NULL;
  if (file == NULL)
    return '?';
  size_t n = fread(text, 1, sizeof(text) - 1, file);
  fclose(file);
  const char *name_end = n > 0 ? strrchr(text, ')') : NULL; // a name may hold anything
  return name_end != NULL && name_end[1] == ' ' ? name_end[2] : '?';
}

// The clock of a thread's processor time, by its kernel id (clock_getcpuclockid(3), for threads as
// glibc's pthread_getcpuclockid makes it).
double stall_cpu(const struct worker *w)
{
  struct timespec t;
  int thread = __atomic_load_n(&w->thread, __ATOMIC_RELAXED);
  clockid_t clock = (~(clockid_t)thread << 3) | 6;
  if (thread == 0 || clock_gettime(clock, &t) != 0)
    return 0;
  return t.tv_sec + t.tv_nsec * 1e-9;
}

bool stall_certain(const struct appliance *a, unsigned number)
{
  const struct worker *w = a->datapath.worker[number];
  return state_of(w) != 'R' || stall_cpu(w) >= a->stall[number].cpu + CERTAIN_CPU_SECONDS;
}

void stall_say(struct appliance *a, unsigned number, double now)
{
  char place[128];
  struct stall *stall = &a->stall[number];
  if (stall->said)
    return;
  stall->said = true;
  stall_place(a, number, place, sizeof(place));
  rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1,
          "platter: worker %u on core %u has not come back%s%s for %.1f seconds; until it does, it "
          "forwards nothing\n",
          number, a->layout->workers[number].cpu, *place != '\0' ? " from " : "", place,
          now - stall->answered);
}

static void look_at(struct appliance *a, unsigned number, double now)
{
  struct stall *stall = &a->stall[number];
  if (stall->answered == 0)
    stall->answered = a->started;
  if (!a->answers[number]) {
    double away = now - stall->answered;
    if (away >= SAY_NO_TIME_SECONDS || (away >= SAY_SECONDS && stall_certain(a, number)))
      stall_say(a, number, now);
    return;
  }
  if (stall->said)
    rte_log(RTE_LOG_WARNING, RTE_LOGTYPE_USER1, "platter: worker %u is back after %.1f seconds\n",
            number, now - stall->answered);
  *stall = (struct stall){.answered = now, .cpu = stall_cpu(a->datapath.worker[number])};
}

void stall_update(struct appliance *a, double now)
{
  for (unsigned i = 0; a->running && !a->stuck && i < a->datapath.n_workers; i++)
    look_at(a, i, now);
}
