// SPDX-License-Identifier: BSD-3-Clause
#include "replay/capture_reader.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/notes.h"
#include "replay/capture_format.h"

struct capture_reader {
  const char *path;
  struct capture_terms terms;
  struct capture_bytes *bytes;
  struct capture_pcap *pcap; // one of the two
  struct capture_pcapng *pcapng;
  uint64_t records; // read so far
  uint64_t frames;  // of them, those that were not left out
  uint32_t longest;
  struct capture_left left;
  char *error;
  size_t size;
};

static int open_format(struct capture_reader *r)
{
  char why[CAPTURE_WHY] = "no memory to read it";
  size_t n;
  const uint8_t *head = capture_bytes_head(r->bytes, &n);
  if (capture_pcapng_is(head, n))
    r->pcapng = capture_pcapng_open(r->bytes);
  else
    r->pcap = capture_pcap_open(r->bytes, why);
  if (r->pcap != NULL || r->pcapng != NULL)
    return 0;
  return fail(r->error, r->size, -EINVAL, "%s: not a capture file: %s", r->path, why);
}

static int check_link_type(const struct capture_reader *r, int type)
{
  if (type == DLT_EN10MB || r->terms.any)
    return 0;
  char where[40] = "";
  const char *name = pcap_datalink_val_to_name(type);
  const char *description = pcap_datalink_val_to_description(type);
  if (r->records > 0)
    snprintf(where, sizeof(where), "frame %" PRIu64 ": ", r->records);
  if (name == NULL || description == NULL)
    return fail(r->error, r->size, -EINVAL, "%s: %snot Ethernet but link type %d", r->path, where,
                type);
  return fail(r->error, r->size, -EINVAL, "%s: %snot Ethernet but %s (%s)", r->path, where,
              description, name);
}

int capture_open(struct capture_reader **opened, const char *path,
                 const struct capture_terms *terms, char *error, size_t size)
{
  struct capture_reader *r = malloc(sizeof(*r));
  if (r == NULL)
    return fail(error, size, -ENOMEM, "%s: no memory to read it", path);
  *r = (struct capture_reader){.path = path, .terms = *terms, .error = error, .size = size};
  int code = capture_bytes_open(&r->bytes, path, error, size);
  if (code == 0)
    code = open_format(r);
  if (code == 0 && r->pcap != NULL) // one for all frames
    code = check_link_type(r, capture_pcap_link(r->pcap));
  if (code != 0) {
    capture_close(r);
    return code;
  }
  *opened = r;
  return 0;
}

// The end of the file where none should be.
static int stopped(struct capture_reader *r, bool cut, const char *why)
{
  char where[40] = "before the first frame", hint[80] = "";
  if (r->records > 0)
    snprintf(where, sizeof(where), "after frame %" PRIu64, r->records);
  if (cut && r->terms.sound_part) {
    r->left.cut = true;
    snprintf(r->left.how, sizeof(r->left.how), "it ends too early %s: %s", where, why);
    return 0;
  }
  if (cut && r->frames > 0 && !r->terms.any)
    snprintf(hint, sizeof(hint), "; %s takes what is before",
             r->terms.typed ? "--sound-part" : "the option sound-part=yes");
  return fail(r->error, r->size, -EINVAL, "%s: damaged %s: %s%s", r->path, where, why, hint);
}

// Returns 1 where the frame is to be taken, 0 where it is left out, or -errno.
static int check_frame(struct capture_reader *r, uint32_t length, int link)
{
  int code = check_link_type(r, link);
  if (code != 0 || r->terms.any)
    return code == 0 ? 1 : code;
  if (length == 0)
    return fail(r->error, r->size, -EINVAL, "%s: frame %" PRIu64 ": no bytes", r->path, r->records);
  if (length <= CAPTURE_FRAME_MAX)
    return 1;
  if (!r->terms.skip_long)
    return fail(r->error, r->size, -EINVAL,
                "%s: frame %" PRIu64 ": %u bytes; platter forwards frames of up to %d; %s leaves "
                "longer ones out",
                r->path, r->records, length, CAPTURE_FRAME_MAX,
                r->terms.typed ? "--skip-long" : "the option skip-long=yes");
  r->left.long_frames++;
  r->left.longest = length > r->left.longest ? length : r->left.longest;
  return 0;
}

int capture_next(struct capture_reader *r, struct capture_frame *frame)
{
  char why[CAPTURE_WHY];
  int link, taken = 0;
  while (taken == 0 && !r->left.cut) {
    enum capture_found found = r->pcapng != NULL ? capture_pcapng_next(r->pcapng, frame, &link, why)
                                                 : capture_pcap_next(r->pcap, frame, &link, why);
    if (found == CAPTURE_END)
      return 0;
    if (found != CAPTURE_FRAME)
      return stopped(r, found == CAPTURE_CUT, why);
    r->records++;
    taken = check_frame(r, frame->length, link);
  }
  if (taken != 1)
    return taken;
  r->frames++;
  r->longest = frame->length > r->longest ? frame->length : r->longest;
  return 1;
}

uint64_t capture_frames(const struct capture_reader *r)
{
  return r->frames;
}

const struct capture_left *capture_left(const struct capture_reader *r)
{
  return &r->left;
}

bool capture_left_describe(const struct capture_left *left, char *text, size_t size)
{
  int used = 0;
  if (left->long_frames > 0)
    used = snprintf(text, size,
                    "%" PRIu64 " frames of more than %d bytes are left out, the longest of %u%s",
                    left->long_frames, CAPTURE_FRAME_MAX, left->longest, left->cut ? "; " : "");
  if (left->cut && used >= 0 && (size_t)used < size)
    snprintf(text + used, size - used, "%s; what is before is taken", left->how);
  return left->long_frames > 0 || left->cut;
}

bool capture_plain(const struct capture_reader *r)
{
  if (r->pcap == NULL || capture_bytes_packed(r->bytes) || r->left.long_frames > 0 || r->left.cut)
    return false;
  uint32_t most = capture_pcap_snap_length(r->pcap);
  return most == 0 || r->longest <= most;
}

bool capture_packed(const struct capture_reader *r)
{
  return capture_bytes_packed(r->bytes);
}

void capture_close(struct capture_reader *r)
{
  if (r == NULL)
    return;
  capture_pcap_close(r->pcap);
  capture_pcapng_close(r->pcapng);
  capture_bytes_close(r->bytes);
  free(r);
}
