// SPDX-License-Identifier: BSD-3-Clause
#include "json.h"

#include "datapath/reason.h"

static json_t *dropped(const struct status_port *p)
{
  json_t *object = json_object();
  for (unsigned r = 0; r < drop_reasons.count; r++)
    if (p->dropped[r] > 0)
      json_object_set_new(object, drop_reasons.label[r]->name, json_integer(p->dropped[r]));
  return object;
}

static json_t *port(const struct status_port *p)
{
  return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",       //
                   "device", p->device, "driver", p->driver, "driver_copies", p->copies, //
                   "received", (json_int_t)p->received,                                  //
                   "received_bytes", (json_int_t)p->received_bytes,                      //
                   "sent", (json_int_t)p->transmitted,                                   //
                   "sent_bytes", (json_int_t)p->transmitted_bytes,                       //
                   "nic_missed", (json_int_t)p->missed,                                  //
                   "no_mbuf", (json_int_t)p->no_mbuf,                                    //
                   "receive_errors", (json_int_t)p->receive_errors,                      //
                   "transmit_errors", (json_int_t)p->transmit_errors,                    //
                   "dropped", dropped(p));
}

static json_t *worker(const struct status_worker *w)
{
  return json_pack("{s:i, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",      //
                   "core", w->cpu, "polls", w->polls, "owns", w->owns,             //
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

json_t *json_summary(const struct status *s)
{
  json_t *ports = json_object(), *workers = json_array();
  for (unsigned i = 0; i < s->n_ports; i++)
    json_object_set_new(ports, s->port[i].name, port(&s->port[i]));
  for (unsigned i = 0; i < s->n_workers; i++)
    json_array_append_new(workers, worker(&s->worker[i]));
  return json_pack("{s:f, s:b, s:o, s:o, s:o, s:o}", "seconds", s->seconds,       //
                   "hugepages", s->hugepages, "ports", ports, "workers", workers, //
                   "copied", copied(s), "accounting", accounting(s));
}
