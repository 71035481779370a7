// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/series.h"

double series_rate(const struct series *s)
{
  return samples_spread(&s->received).median;
}

static void count(struct series *s, const struct trial *t)
{
  s->sent += t->sent;
  s->refused += t->refused;
  s->missing += trial_missing(t);
  s->corrupted += t->corrupted;
  s->duplicates += t->duplicates;
  s->reordered += t->reordered;
  s->extent = t->extent > s->extent ? t->extent : s->extent;
  s->foreign += t->foreign;
  s->earlier += t->earlier;
  s->last = *t;
}

void series_add(struct series *s, const struct trial *t)
{
  samples_add(&s->latest, t->latest);
  samples_add(&s->away, t->away);
  if (t->void_reason != TRIAL_VALID) {
    s->voids++;
    s->why = t->void_reason;
    return;
  }
  s->valid++;
  count(s, t);
  samples_add(&s->offered, t->offered);
  samples_add(&s->received, t->received / t->seconds);
  samples_add(&s->loss, trial_loss_ratio(t));
  if (t->received == 0)
    return;
  samples_add(&s->p50, t->delay.p50);
  samples_add(&s->p90, t->delay.p90);
  samples_add(&s->p99, t->delay.p99);
  samples_add(&s->p999, t->delay.p999);
  samples_add(&s->p9999, t->delay.p9999);
  samples_add(&s->most, t->delay.most);
  samples_add(&s->pdv, t->delay.p999 - t->delay.least);
  samples_add(&s->jitter, t->jitter.p99);
}

static json_t *times(const struct times *t)
{
  return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "least", t->least, "p50", t->p50,
                   "p90", t->p90, "p99", t->p99, "p99.9", t->p999, "p99.99", t->p9999, "most",
                   t->most, "mean", t->mean);
}

json_t *trial_point(const struct trial *t, const char *what, double mean_bytes)
{
  json_t *point = json_pack(
      "{s:s, s:f, s:f, s:f, s:f, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:I, s:I, s:I}",
      "what", what, "mean_bytes", mean_bytes, "asked", t->asked, "seconds", t->seconds, "offered",
      t->offered, "verdict",
      t->void_reason == TRIAL_VALID ? "valid" : trial_void_text(t->void_reason), "sent",
      (json_int_t)t->sent, "refused", (json_int_t)t->refused, "received", (json_int_t)t->received,
      "lost", (json_int_t)t->lost, "corrupted", (json_int_t)t->corrupted, "duplicates",
      (json_int_t)t->duplicates, "reordered", (json_int_t)t->reordered, "extent",
      (json_int_t)t->extent, "extent_more", t->extent_more, "earlier", (json_int_t)t->earlier,
      "foreign", (json_int_t)t->foreign, "stalls", (json_int_t)t->stalls);
  json_object_set_new(point, "latest", json_real(t->latest));
  json_object_set_new(point, "away", json_real(t->away));
  json_object_set_new(point, "delay", times(&t->delay));
  json_object_set_new(point, "jitter", times(&t->jitter));
  json_object_set_new(point, "gaps", times(&t->gaps));
  return point;
}
