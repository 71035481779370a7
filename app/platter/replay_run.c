// SPDX-License-Identifier: BSD-3-Clause
// A replay at work: captures in place of devices, until every frame has come through.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/console.h"
#include "cli/wait.h"
#include "control/appliance.h"
#include "datapath/reason.h"
#include "json.h"
#include "replay.h"
#include "show.h"

enum {
  STALL_SECONDS = 10, // without a frame: something is stuck
  DRAIN_SECONDS = 10,
};

static const double POLL_SECONDS = 0.002;

static int open_outputs(struct replay *r, char *error, size_t size)
{
  if (outputs_open(&r->outputs, r->out, r->config, error, size) != 0)
    return -1;
  for (unsigned i = 0; i < r->config->n_ports; i++)
    for (unsigned o = 0; o < r->config->n_ports; o++)
      if (r->inputs.file[i].path != NULL &&
          outputs_would_replace(&r->outputs, o, r->inputs.file[i].fd))
        return fail(error, size, -1, "the output %s would replace the input %s",
                    r->outputs.file[o].path, r->inputs.file[i].path);
  return 0;
}

// A file as a device string can name it: where its name would not go through, by descriptor.
static const char *in_device(const struct input *in, char *text, size_t size)
{
  if (strchr(in->path, ',') == NULL && strlen(in->path) < REPLAY_PATH_MAX)
    return in->path;
  snprintf(text, size, "/proc/self/fd/%d", in->fd);
  return text;
}

// What libpcap cannot read, or not whole, net_pcap cannot: such a file comes from a replay port.
static bool by_replay_port(const struct replay *r, const struct input *in)
{
  return r->fast || !in->capture.plain;
}

// By descriptor, not by name: DPDK's device arguments end at a comma, file names do not.
static void name_devices(struct replay *r)
{
  for (unsigned i = 0; i < r->config->n_ports; i++) {
    const struct input *in = &r->inputs.file[i];
    char *device = r->device[i], text[64];
    const size_t size = sizeof(r->device[i]);
    int out = r->outputs.file[i].fd;
    if (in->path == NULL)
      snprintf(device, size, "net_pcap%u,tx_pcap=/proc/self/fd/%d", i, out);
    else if (by_replay_port(r, in))
      snprintf(device, size, "replay,file=%s,out=/proc/self/fd/%d,start=wait%s%s%s",
               in_device(in, text, sizeof(text)), out, r->pace_text,
               r->terms.sound_part ? ",sound-part=yes" : "",
               r->terms.skip_long ? ",skip-long=yes" : "");
    else
      snprintf(device, size, "net_pcap%u,rx_pcap=/proc/self/fd/%d,tx_pcap=/proc/self/fd/%d", i,
               in->fd, out);
  }
}

static uint64_t wire_bits(const struct capture *capture)
{
  return 8 * (capture->bytes + capture->frames * REPLAY_WIRE_EXTRA);
}

// How long it will take: on standard error where standard output is for JSON alone.
static void show_times(const struct replay *r)
{
  for (unsigned i = 0; i < r->config->n_ports; i++) {
    const struct input *in = &r->inputs.file[i];
    if (in->path != NULL)
      show_replay_time(r->config->ports[i].name, &r->pace, &in->capture.times,
                       wire_bits(&in->capture), r->json ? stderr : stdout);
  }
}

// Where laps make more frames than can be counted, none of these numbers is ever reached.
static uint64_t expected(const struct replay *r, unsigned port)
{
  uint64_t frames;
  if (__builtin_mul_overflow(r->inputs.file[port].capture.frames, r->pace.loop, &frames))
    return UINT64_MAX;
  return frames;
}

static uint64_t expected_of_all(const struct replay *r)
{
  uint64_t sum = 0;
  for (unsigned i = 0; i < r->config->n_ports; i++)
    if (__builtin_add_overflow(sum, expected(r, i), &sum))
      return UINT64_MAX;
  return sum;
}

// A replay port whose file could not be read on, or NULL.
static const struct status_port *failed_port(const struct status *s)
{
  for (unsigned i = 0; i < s->n_ports; i++)
    if (s->port[i].replay != NULL && s->port[i].replay->state == REPLAY_FAILED)
      return &s->port[i];
  return NULL;
}

// Frames that have come in, or that net_pcap lost for want of an mbuf.
static uint64_t arrived(const struct status *s)
{
  uint64_t sum = 0;
  for (unsigned i = 0; i < s->n_ports; i++)
    sum += s->port[i].received + s->port[i].no_mbuf + s->port[i].receive_errors;
  return sum;
}

// net_pcap has no end of file: it is there when as many frames came in as libpcap counted.
static int wait_for_all(const struct replay *r, struct appliance *a, char *error, size_t size)
{
  bool lines = isatty(STDOUT_FILENO) && !r->json;
  bool timed = r->pace.rate != REPLAY_LINE; // then nothing may come for a long time
  uint64_t all = expected_of_all(r), seen = 0;
  double moved = wait_now();
  unsigned shown = 0;

  for (;;) {
    const struct status *s = appliance_update(a);
    uint64_t now = arrived(s);
    if (now >= all)
      return 0;
    if (now > seen)
      moved = wait_now();
    seen = now;
    const struct status_port *bad = failed_port(s);
    if (bad != NULL)
      return fail(error, size, -1, "port %s: %s", bad->name, bad->replay->error);
    if (!timed && wait_now() > moved + STALL_SECONDS)
      return fail(error, size, -1,
                  "stuck: for %d seconds no frame came in after %" PRIu64 " of %" PRIu64,
                  STALL_SECONDS, now, all);
    if (lines && s->seconds >= shown + 1) {
      show_progress(s, now, all, stdout);
      shown = s->seconds;
    }
    if (appliance_wait(a, wait_now() + POLL_SECONDS, wait_descriptor()))
      return fail(error, size, -1, "stopped by a signal after %" PRIu64 " of %" PRIu64 " frames",
                  now, all);
  }
}

// Whether each input came in whole. What is missing is said. net_pcap counts a frame that finds no
// mbuf under no_mbuf, or under errors where only a later segment finds none.
static bool complete(const struct replay *r, const struct status *s)
{
  bool all = true;
  for (unsigned i = 0; i < s->n_ports; i++) {
    uint64_t frames = expected(r, i);
    if (s->port[i].received == frames)
      continue;
    fprintf(stderr, "platter: port %s: %" PRIu64 " of %" PRIu64 " frames came in%s\n",
            s->port[i].name, s->port[i].received, frames,
            s->port[i].no_mbuf + s->port[i].receive_errors > 0
                ? "; the others found no mbuf: raise memory.mbufs"
                : "");
    all = false;
  }
  return all;
}

// Whether each output has all that it was to have: what nobody decided to drop is there. What is
// missing is said.
static bool outputs_whole(const struct status *s)
{
  bool all = true;
  for (unsigned i = 0; i < s->n_ports; i++)
    for (unsigned reason = 0; reason < drop_reasons.count; reason++) {
      uint64_t lost = s->port[i].dropped[reason];
      if (lost == 0 || !drop_reasons.label[reason]->lost)
        continue;
      fprintf(stderr, "platter: port %s: %" PRIu64 " frames are missing, dropped as %s: %s\n",
              s->port[i].name, lost, drop_reasons.label[reason]->name,
              drop_reasons.label[reason]->help);
      all = false;
    }
  return all;
}

static bool print_json(const struct replay *r, const struct appliance *a, double seconds,
                       bool whole)
{
  struct json_ends ends[CONFIG_PORTS_MAX] = {0};
  for (unsigned i = 0; i < r->config->n_ports; i++) {
    ends[i].files = true;
    ends[i].input = r->inputs.file[i].path;
    ends[i].output = r->out != NULL ? r->outputs.file[i].path : NULL;
  }
  json_t *summary = json_summary(appliance_status(a), ends);
  if (json_object_set_new(summary, "replay_seconds", json_real(seconds)) != 0 ||
      json_object_set_new(summary, "complete", json_boolean(whole)) != 0) {
    json_decref(summary);
    summary = NULL;
  }
  return json_print(summary);
}

// Runs the appliance to its end. `result` gets the last status.
static enum status_code forward(struct replay *r, struct appliance *a)
{
  char error[512] = "";
  uint64_t sent[CONFIG_PORTS_MAX];
  double start = wait_now();

  int failed = wait_for_all(r, a, error, sizeof(error));
  appliance_drain(a, DRAIN_SECONDS);
  double seconds = wait_now() - start;
  console_patient();
  const struct status *s = appliance_stop(a);
  bool whole = complete(r, s), all_left = outputs_whole(s);

  for (unsigned i = 0; i < s->n_ports; i++)
    sent[i] = s->port[i].transmitted;
  // Where the configuration says `overload: drop`, what got through is what was asked for.
  bool finish = !failed && whole && (all_left || r->config->overload == CONFIG_OVERLOAD_DROP);
  whole &= all_left;
  if (finish && outputs_finish(&r->outputs, sent, error, sizeof(error)) != 0)
    whole = false;
  if (r->json) {
    failed |= !print_json(r, a, seconds, whole);
  } else {
    show_summary(s, stdout);
    printf("time: %.3f seconds\n", seconds);
  }
  fflush(stdout);
  if (*error != '\0')
    fprintf(stderr, "platter: %s\n", error);
  if (!whole || s->running || !status_closed(s))
    return STATUS_ACCOUNTING;
  return failed ? STATUS_FAILED : STATUS_OK;
}

static enum status_code start_and_forward(struct replay *r)
{
  const char *devices[CONFIG_PORTS_MAX];
  struct appliance_options options = {
      .devices = devices, .longest_frame = inputs_longest(&r->inputs), .prefix = r->prefix};
  struct appliance *appliance;
  struct notes warnings = {0};
  struct config_errors errors = {0};

  for (unsigned i = 0; i < r->config->n_ports; i++)
    devices[i] = r->device[i];
  snprintf(r->prefix, sizeof(r->prefix), "%s_replay_%d", r->config->prefix, getpid());
  int failed = appliance_start(&appliance, r->config, &options, &warnings, &errors);
  print_warnings(&warnings);
  if (failed) {
    config_errors_print(&errors, r->config->file, stderr);
    config_errors_free(&errors);
    return STATUS_FAILED;
  }
  print_layout(appliance_layout(appliance), r->json);
  enum status_code status = forward(r, appliance);
  bool stuck = appliance_status(appliance)->running;
  appliance_free(appliance);
  if (stuck) {
    outputs_close(&r->outputs);
    leave(status);
  }
  return status;
}

enum status_code replay_run(struct replay *r)
{
  char error[1024];
  enum status_code status = STATUS_USAGE;

  if (r->config->overload == CONFIG_OVERLOAD_AUTO)
    r->config->overload = CONFIG_OVERLOAD_WAIT; // loses nothing, so that outputs are exact
  struct layout *layout = guess_layout(r->config, true);
  if (layout == NULL)
    return STATUS_USAGE;
  layout_free(layout);
  if (inputs_open(&r->inputs, r->config, &r->terms, error, sizeof(error)) != 0) {
    fprintf(stderr, "platter: %s\n", error);
  } else if (wait_init() != 0 || start_console() != 0) {
    status = STATUS_FAILED;
  } else if (open_outputs(r, error, sizeof(error)) == 0) {
    name_devices(r);
    if (!r->json)
      inputs_describe(&r->inputs, r->config);
    show_times(r);
    inputs_warn(&r->inputs, r->config);
    status = start_and_forward(r);
  } else {
    fprintf(stderr, "platter: %s\n", error);
  }
  outputs_close(&r->outputs);
  inputs_close(&r->inputs);
  return status;
}
