// SPDX-License-Identifier: BSD-3-Clause
#include "zero_copy/session.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>

#include "base/notes.h"
#include "cli/wait.h"
#include "control/appliance.h"
#include "control/forwarding.h"
#include "zero_copy/child.h"
#include "zero_copy/copy_stage.h"

enum { CPUS = 2 }; // workers at most
static const double DRAIN_SECONDS = 2;

// For a worker's answer, or for a packet: where other programs have the cores, these take their
// time.
static const double PATIENCE_SECONDS = 10;

// After a switch: longer than a full handoff takes to leave.
static const double SETTLE_SECONDS = 0.02;

// What the workers have counted at one moment.
struct mark {
  uint64_t received, transmitted, dropped;
  uint64_t busy, idle;   // cycles, of all workers
  uint64_t sender;       // cycles of the worker that sends
  uint64_t cycles[CPUS]; // of each worker: its counters are newer where these are more
  struct copy_count copied;
};

struct running {
  const struct session *session;
  struct appliance *appliance;
  struct copy_stage copy;
  FILE *out;
};

void session_yaml(const struct session *s, const char *prefix, char *text, size_t size)
{
  char cores[64] = "";
  for (unsigned i = 0, at = 0; i < s->n_cpus && at < sizeof(cores); i++)
    at += snprintf(cores + at, sizeof(cores) - at, "%s%u", i > 0 ? ", " : "", s->cpus[i]);
  snprintf(text, size,
           "ports:\n"
           "  in:  { device: \"replay,file=%s,loop=0,memory=%lluMB\" }\n"
           "  out: { device: \"net_null0,no-rx=1\" }\n"
           "workers: { cores: [%s], layout: %s }\n"
           "forward: [wire: [in, out]]\n"
           "telemetry: { prefix: %s }\n",
           s->capture, (unsigned long long)(s->memory >> 20) + 1, cores, path_names[s->path],
           prefix);
}

static struct mark mark_of(const struct status *status)
{
  struct mark mark = {
      .received = status->received,
      .transmitted = status->transmitted,
      .dropped = status->dropped,
      .copied = status->copied[copy_site_hand_over.id],
  };
  for (unsigned i = 0; i < status->n_workers; i++) {
    const struct status_worker *w = &status->worker[i];
    mark.busy += w->busy_cycles;
    mark.idle += w->idle_cycles;
    mark.cycles[i % CPUS] = w->busy_cycles + w->idle_cycles;
    if (w->transmitted > 0)
      mark.sender = w->busy_cycles + w->idle_cycles;
  }
  return mark;
}

static bool all_newer(const struct running *r, const struct mark *mark, const struct mark *before)
{
  for (unsigned i = 0; i < r->session->n_cpus; i++)
    if (mark->cycles[i] == before->cycles[i])
      return false;
  return true;
}

// Every worker's counters, taken now: an update leaves the old ones of a worker that does not
// answer in time, and those of all where they did not fit together.
static int take_mark(struct running *r, struct mark *mark)
{
  double deadline = wait_now() + PATIENCE_SECONDS;
  struct mark before = mark_of(appliance_status(r->appliance));
  do
    *mark = mark_of(appliance_update(r->appliance));
  while (!all_newer(r, mark, &before) && wait_now() < deadline);
  if (all_newer(r, mark, &before))
    return 0;
  return child_error(r->out, -ETIMEDOUT, "the workers do not answer");
}

static void say_sample(const struct running *r, unsigned copies, unsigned repetition,
                       const struct mark *from, const struct mark *to)
{
  struct residence_times residence = appliance_residence(r->appliance);
  double hz = rte_get_tsc_hz();
  child_say(
      r->out,
      json_pack(
          "{s:i, s:i, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:{s:I, s:f, s:f, s:f, s:f}}",
          "copies", copies, "repetition", repetition, "tsc_hz", hz, "seconds",
          (to->sender - from->sender) / hz, "received", (json_int_t)(to->received - from->received),
          "transmitted", (json_int_t)(to->transmitted - from->transmitted), "dropped",
          (json_int_t)(to->dropped - from->dropped), "busy_cycles",
          (json_int_t)(to->busy - from->busy), "idle_cycles", (json_int_t)(to->idle - from->idle),
          "copied_packets", (json_int_t)(to->copied.packets - from->copied.packets), "copied_bytes",
          (json_int_t)(to->copied.bytes - from->copied.bytes), "residence", "packets",
          (json_int_t)residence.packets, "p50", residence.p50, "p99", residence.p99, "p999",
          residence.p999, "most", residence.most));
}

// Returns whether a signal asked to stop.
static bool sleeps(struct running *r, double seconds)
{
  return appliance_wait(r->appliance, wait_now() + seconds, wait_descriptor());
}

// Longer than a sample only where not one packet has left by then.
static int let_run(struct running *r, const struct mark *from, struct mark *to)
{
  double deadline = wait_now() + r->session->options->seconds + PATIENCE_SECONDS;
  int status = 0;
  do {
    if (sleeps(r, r->session->options->seconds))
      return CHILD_INTERRUPTED;
    status = take_mark(r, to);
  } while (status == 0 && to->transmitted == from->transmitted && wait_now() < deadline);
  return status;
}

static int sample(struct running *r, unsigned copies, unsigned repetition)
{
  struct mark from, to;
  copy_stage_set(&r->copy, copies);
  if (sleeps(r, SETTLE_SECONDS))
    return CHILD_INTERRUPTED;
  int status = take_mark(r, &from);
  if (status != 0)
    return status;
  appliance_residence_reset(r->appliance);
  status = let_run(r, &from, &to);
  if (status == 0)
    say_sample(r, copies, repetition, &from, &to);
  return status;
}

// Each repetition in another order, forwards and backwards in turn: what comes behind what is never
// the same.
static int measure(struct running *r)
{
  const struct session *s = r->session;
  unsigned n = s->options->n_copies;
  int status = sleeps(r, s->warm) ? CHILD_INTERRUPTED : 0;
  for (unsigned i = 0; i < s->repetitions; i++) {
    unsigned turn = s->first + i;
    for (unsigned c = 0; c < n && status == 0; c++) {
      unsigned at = (turn / 2 + (turn % 2 == 0 ? c : n - 1 - c)) % n;
      status = sample(r, s->options->copies[at], turn);
    }
  }
  return status;
}

static int finish(struct running *r)
{
  appliance_drain(r->appliance, DRAIN_SECONDS);
  const struct status *status = appliance_stop(r->appliance);
  if (status->running)
    return child_error(r->out, CHILD_ACCOUNTING, "a worker does not come back from a driver");
  if (!status_closed(status))
    return child_error(r->out, CHILD_ACCOUNTING,
                       "the accounting does not close: %llu received, %llu transmitted, %llu "
                       "dropped, pools %s",
                       (unsigned long long)status->received,
                       (unsigned long long)status->transmitted, (unsigned long long)status->dropped,
                       status->pools_full ? "full" : "not full");
  return 0;
}

// The configuration is made here: the first error tells enough.
static int refused(FILE *out, int status, struct config_errors *errors)
{
  const char *text = errors->kept > 0 ? errors->error[0].text : NULL;
  int code = child_error(out, status, "%s", text != NULL ? text : "no memory");
  config_errors_free(errors);
  return code;
}

static int run(struct running *r, const struct config *config)
{
  const struct trailing_stage copy = {&copy_stage, &r->copy};
  const struct appliance_options options = {
      .longest_frame = r->session->longest,
      .residence = true,
      .n_trailing = 1,
      .trailing = &copy,
  };
  struct notes notes = {0};
  struct config_errors errors = {0};
  int status = appliance_start(&r->appliance, config, &options, &notes, &errors);
  for (size_t i = 0; i < notes.count; i++)
    child_say(r->out, json_pack("{s:o}", "note",
                                json_stringn_nocheck(notes.text[i], strlen(notes.text[i]))));
  notes_free(&notes);
  if (status != 0)
    return refused(r->out, status, &errors);
  status = measure(r);
  int ended = finish(r);
  if (!appliance_status(r->appliance)->running)
    appliance_free(r->appliance);
  return status != 0 ? status : ended;
}

int session_run(const void *arg, FILE *out)
{
  struct running r = {.session = arg, .out = out};
  char prefix[48], yaml[2048];
  struct config_errors errors = {0};
  size_t n_kinds;
  const struct config_kind *kinds = forward_kinds(&n_kinds);

  snprintf(prefix, sizeof(prefix), "platter-bench-%d", (int)getpid());
  session_yaml(r.session, prefix, yaml, sizeof(yaml));
  struct config *config =
      config_parse("platter-bench", yaml, strlen(yaml), kinds, n_kinds, &errors);
  if (config == NULL)
    return refused(out, -EINVAL, &errors);
  int status = run(&r, config);
  config_free(config);
  return status;
}
