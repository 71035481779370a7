// SPDX-License-Identifier: BSD-3-Clause
// Kinds are counted by name in an array sorted by name. VLAN tags and EtherTypes make many names
// possible, so that there is an end to it: KINDS_COUNTED names, then everything new is "other".
#include "replay/capture.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/notes.h"
#include "packet/headers.h"

enum { KINDS_COUNTED = 1024 };

struct tally {
  struct capture_kind *kinds; // KINDS_COUNTED, of which count are used
  size_t count;
  uint64_t other;
};

static void tally_add(struct tally *tally, const char *name)
{
  size_t low = 0;
  size_t high = tally->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    int order = strcmp(tally->kinds[middle].name, name);
    if (order == 0) {
      tally->kinds[middle].frames++;
      return;
    }
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  if (tally->count == KINDS_COUNTED) {
    tally->other++;
    return;
  }
  struct capture_kind *kind = &tally->kinds[low];
  memmove(kind + 1, kind, (tally->count - low) * sizeof(*kind));
  snprintf(kind->name, sizeof(kind->name), "%s", name);
  kind->frames = 1;
  tally->count++;
}

static void tally_frame(struct tally *tally, const uint8_t *frame, size_t length)
{
  char name[sizeof(tally->kinds->name)] = "under 14 bytes"; // not even an Ethernet header
  struct headers headers;
  if (headers_read(frame, length, &headers) != 0)
    headers_describe(&headers, name, sizeof(name));
  tally_add(tally, name);
}

static int compare_kinds(const void *left, const void *right)
{
  const struct capture_kind *a = left;
  const struct capture_kind *b = right;
  if (a->frames != b->frames)
    return a->frames > b->frames ? -1 : 1;
  return strcmp(a->name, b->name);
}

// Sorts the tally and moves it to the capture, with the last place for all that has none.
static void tally_finish(struct tally *tally, struct capture *capture)
{
  qsort(tally->kinds, tally->count, sizeof(*tally->kinds), compare_kinds);
  bool all = tally->count <= CAPTURE_KINDS_MAX && tally->other == 0;
  size_t shown = all ? tally->count : CAPTURE_KINDS_MAX - 1;
  memcpy(capture->kinds, tally->kinds, shown * sizeof(*tally->kinds));
  capture->n_kinds = shown;
  if (all)
    return;
  struct capture_kind *other = &capture->kinds[capture->n_kinds++];
  *other = (struct capture_kind){.name = "other", .frames = tally->other};
  for (size_t i = shown; i < tally->count; i++)
    other->frames += tally->kinds[i].frames;
}

static int scan_frames(struct capture_reader *reader, struct tally *tally, struct capture *capture)
{
  struct capture_frame frame;
  int found;
  while ((found = capture_next(reader, &frame)) == 1) {
    capture->bytes += frame.length;
    schedule_note(&capture->times, frame.stamp);
    capture->shortened += frame.length < frame.whole;
    if (capture_frames(reader) == 1 || frame.length < capture->shortest)
      capture->shortest = frame.length;
    if (frame.length > capture->longest)
      capture->longest = frame.length;
    tally_frame(tally, frame.bytes, frame.length);
  }
  capture->frames = capture_frames(reader);
  capture->left = *capture_left(reader);
  capture->plain = capture_plain(reader);
  capture->packed = capture_packed(reader);
  return found;
}

int capture_scan(const char *path, const struct capture_terms *terms, struct capture *capture,
                 char *error, size_t size)
{
  *capture = (struct capture){0};
  struct capture_reader *reader;
  int code = capture_open(&reader, path, terms, error, size);
  if (code != 0)
    return code;
  struct tally tally = {.kinds = calloc(KINDS_COUNTED, sizeof(*tally.kinds))};
  if (tally.kinds == NULL)
    code = fail(error, size, -ENOMEM, "%s: no memory to read it", path);
  if (code == 0)
    code = scan_frames(reader, &tally, capture);
  if (code == 0 && capture->frames == 0)
    code = fail(error, size, -EINVAL, "%s: no frames in it", path);
  if (code == 0)
    tally_finish(&tally, capture);
  free(tally.kinds);
  capture_close(reader);
  return code;
}

int capture_count(const char *path, uint64_t *frames, char *error, size_t size)
{
  struct capture_reader *reader;
  struct capture_frame frame;
  const struct capture_terms terms = {.any = true};
  int code = capture_open(&reader, path, &terms, error, size);
  if (code != 0)
    return code;
  do
    code = capture_next(reader, &frame);
  while (code == 1);
  *frames = capture_frames(reader);
  capture_close(reader);
  return code;
}
