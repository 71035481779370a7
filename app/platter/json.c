// SPDX-License-Identifier: BSD-3-Clause
#include "json.h"

#include <stdio.h>

#include "config/utf8.h"
#include "datapath/reason.h"

static json_t *text(const char *bytes)
{
  return bytes != NULL ? utf8_string(bytes) : json_null();
}

static json_t *dropped(const struct status_port *p)
{
  json_t *object = json_object();
  for (unsigned r = 0; r < drop_reasons.count; r++)
    if (p->dropped[r] > 0)
      json_object_set_new(object, drop_reasons.label[r]->name, json_integer(p->dropped[r]));
  return object;
}

static json_t *replay(const struct replay_status *r)
{
  char asked[64];
  config_replay_describe(&r->asked, asked, sizeof(asked));
  return json_pack(
      "{s:o, s:s, s:o, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f}",
      "file", text(r->asked.file), "state", replay_state_name(r->state), //
      "error", text(r->state == REPLAY_FAILED ? r->error : NULL),        //
      "asked", asked, "loop", (json_int_t)r->asked.loop,                 //
      "laps", (json_int_t)r->laps, "frames", (json_int_t)r->frames,      //
      "sent", (json_int_t)r->sent, "bytes", (json_int_t)r->bytes,        //
      "stalls", (json_int_t)r->stalls, "seconds", r->seconds,            //
      "frames_per_second", r->frames_per_second,                         //
      "bits_per_second", r->bits_per_second,                             //
      "late_p50", r->late_p50, "late_p99", r->late_p99,                  //
      "late_p999", r->late_p999, "late_most", r->late_most);
}

static json_t *known(uint64_t number, bool is_known)
{
  return is_known ? json_integer(number) : json_null();
}

static json_t *port(const struct status_port *p, const struct json_ends *ends)
{
  json_t *figures = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:o}", //
                              "driver", p->driver, "driver_copies", p->copies,                //
                              "received", (json_int_t)p->received,                            //
                              "received_bytes", (json_int_t)p->received_bytes,                //
                              "sent", (json_int_t)p->transmitted,                             //
                              "sent_bytes", (json_int_t)p->transmitted_bytes,                 //
                              "nic_missed", known(p->missed, !p->missed_uncounted),           //
                              "no_mbuf", (json_int_t)p->no_mbuf,                              //
                              "receive_errors", (json_int_t)p->receive_errors,                //
                              "transmit_errors", (json_int_t)p->transmit_errors,              //
                              "circling_seconds", (json_int_t)p->circling_seconds,            //
                              "dropped", dropped(p));
  int failed = 0;
  if (ends->device != NULL) {
    failed = json_object_set_new(figures, "device", text(ends->device));
  } else {
    failed |= json_object_set_new(figures, "input", text(ends->input));
    failed |= json_object_set_new(figures, "output", text(ends->output));
  }
  if (p->replays)
    failed |= json_object_set_new(figures, "replay", replay(&p->replay));
  if (failed == 0)
    return figures;
  json_decref(figures);
  return NULL;
}

json_t *json_queues(const struct layout *layout, const struct layout_queue *queue, unsigned n)
{
  json_t *list = json_array();
  for (unsigned i = 0; i < n; i++)
    if (json_array_append_new(
            list, json_sprintf("%s/%u", layout->ports[queue[i].port].name, queue[i].queue)) != 0) {
      json_decref(list);
      return NULL;
    }
  return list;
}

static json_t *worker(const struct status_worker *w, const struct layout *layout,
                      const struct layout_worker *plan)
{
  return json_pack("{s:i, s:b, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", //
                   "core", (int)w->cpu, "answers", w->answers,                     //
                   "polls", json_queues(layout, plan->rx, plan->n_rx),             //
                   "owns", json_queues(layout, plan->tx, plan->n_tx),              //
                   "received", (json_int_t)w->received,                            //
                   "transmitted", (json_int_t)w->transmitted,                      //
                   "handed", (json_int_t)w->handed, "taken", (json_int_t)w->taken, //
                   "bursts", (json_int_t)w->bursts, "waits", (json_int_t)w->waits, //
                   "busy_cycles", (json_int_t)w->busy_cycles,                      //
                   "idle_cycles", (json_int_t)w->idle_cycles);
}

static json_t *copied(const struct status *s)
{
  json_t *object = json_object();
  for (unsigned i = 0; i < copy_sites.count; i++)
    json_object_set_new(object, copy_sites.label[i]->name,
                        json_pack("{s:I, s:I}", "packets", (json_int_t)s->copied[i].packets,
                                  "bytes", (json_int_t)s->copied[i].bytes));
  return object;
}

static json_t *accounting(const struct status *s)
{
  return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b}",                               //
                   "received", (json_int_t)s->received, "cloned", (json_int_t)s->cloned,     //
                   "transmitted", (json_int_t)s->transmitted,                                //
                   "dropped", (json_int_t)s->dropped, "in_flight", (json_int_t)s->in_flight, //
                   "difference", (json_int_t)s->difference, "pools_full", s->pools_full,     //
                   "closed", status_closed(s));
}

static json_t *bridge(const struct status_bridge *b)
{
  return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:{s:I, s:I, s:I}}", //
                   "capacity", (json_int_t)b->capacity, "entries", (json_int_t)b->entries,  //
                   "static", (json_int_t)b->statics, "learned", (json_int_t)b->learned,     //
                   "moved", (json_int_t)b->moved, "aged", (json_int_t)b->aged,              //
                   "flushed", (json_int_t)b->flushed,                                       //
                   "rejected_full", (json_int_t)b->rejected_full,                           //
                   "rejected_limit", (json_int_t)b->rejected_limit,                         //
                   "lost", (json_int_t)b->lost,                                             //
                   "flooded", "broadcast", (json_int_t)b->flooded_broadcast,                //
                   "multicast", (json_int_t)b->flooded_multicast,                           //
                   "unknown", (json_int_t)b->flooded_unknown);
}

static json_t *rule(const struct status_rule *r)
{
  return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:f}", "name", r->name,           //
                   "direction", r->egress ? "leaving" : "received",                  //
                   "filter", status_filter_name(r->filter),                          //
                   "packets", (json_int_t)r->packets, "bytes", (json_int_t)r->bytes, //
                   "lost", (json_int_t)r->lost, "cycles_per_packet", r->cycles_per_packet);
}

json_t *json_summary(const struct status *s, const struct layout *layout,
                     const struct json_ends *ends)
{
  json_t *ports = json_object(), *workers = json_array(), *bridges = json_object();
  json_t *rules = json_array();
  int failed = 0;
  for (unsigned i = 0; i < s->n_ports; i++)
    failed |= json_object_set_new(ports, s->port[i].name, port(&s->port[i], &ends[i]));
  for (unsigned i = 0; i < s->n_workers; i++)
    failed |= json_array_append_new(workers, worker(&s->worker[i], layout, &layout->workers[i]));
  for (unsigned i = 0; i < s->n_bridges; i++)
    failed |= json_object_set_new(bridges, s->bridge[i].name, bridge(&s->bridge[i]));
  for (unsigned i = 0; i < s->n_rules; i++)
    failed |= json_array_append_new(rules, rule(&s->rule[i]));
  json_t *summary = json_pack("{s:f, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "seconds", s->seconds, //
                              "hugepages", s->hugepages, "ports", ports, "workers", workers,     //
                              "bridges", bridges, "rules", rules,                                //
                              "copied", copied(s), "accounting", accounting(s));
  if (failed == 0)
    return summary;
  json_decref(summary);
  return NULL;
}

bool json_print(json_t *object)
{
  if (object == NULL) {
    fprintf(stderr, "platter: the JSON cannot be made: out of memory\n");
    return false;
  }
  bool written = json_dumpf(object, stdout, JSON_INDENT(2)) == 0;
  putchar('\n');
  json_decref(object);
  if (!written && !ferror(stdout)) // which main reports
    fprintf(stderr, "platter: the JSON cannot be written: out of memory\n");
  return written;
}
