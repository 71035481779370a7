// SPDX-License-Identifier: BSD-3-Clause
// libpcap does the reading and bounds what a length in the file can make it allocate or read. What
// it hands out is taken as it is, since a capture is replayed through libpcap, too.
//
// Kinds are counted by name in an array sorted by name. VLAN tags and EtherTypes make many names
// possible, so that there is an end to it: KINDS_COUNTED names, then everything new is "other".
#include "control/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/notes.h"
#include "packet/headers.h"

enum { KINDS_COUNTED = 1024 };

struct reader {
  const char *path;
  pcap_t *pcap;
  uint64_t frames; // read so far
  char *error;
  size_t size;
};

struct tally {
  struct capture_kind *kinds; // KINDS_COUNTED, of which count are used
  size_t count;
  uint64_t other;
};

static int open_regular(const struct reader *reader)
{
  // Looked at before it is opened: opening a fifo or a device can wait or have effects. Should one
  // take the file's place in between, O_NONBLOCK keeps us from waiting.
  struct stat status;
  if (stat(reader->path, &status) != 0)
    return fail(reader->error, reader->size, -errno, "%s: %s", reader->path, strerror(errno));
  if (S_ISDIR(status.st_mode))
    return fail(reader->error, reader->size, -EISDIR, "%s: a directory", reader->path);
  if (!S_ISREG(status.st_mode))
    return fail(reader->error, reader->size, -EINVAL, "%s: not a regular file", reader->path);
  int fd = open(reader->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return fail(reader->error, reader->size, -errno, "%s: %s", reader->path, strerror(errno));
  return fd;
}

static int reader_open(struct reader *reader)
{
  int fd = open_regular(reader);
  if (fd < 0)
    return fd;
  FILE *file = fdopen(fd, "rb");
  if (file == NULL) {
    int code = -errno;
    close(fd);
    return fail(reader->error, reader->size, code, "%s: %s", reader->path, strerror(-code));
  }
  char detail[PCAP_ERRBUF_SIZE] = "";
  reader->pcap = pcap_fopen_offline(file, detail); // pcap_close closes the file, too
  if (reader->pcap == NULL) {
    fclose(file);
    return fail(reader->error, reader->size, -EINVAL, "%s: not a capture file: %s", reader->path,
                detail);
  }
  return 0;
}

static int reader_stopped(const struct reader *reader)
{
  const char *detail = pcap_geterr(reader->pcap);
  // libpcap can read a pcapng file whose interfaces differ only up to where they do: such a file is
  // sound.
  const char *state = strncmp(detail, "an interface has ", 17) == 0 ? "unreadable" : "damaged";
  if (reader->frames == 0)
    return fail(reader->error, reader->size, -EINVAL, "%s: %s before the first frame: %s",
                reader->path, state, detail);
  return fail(reader->error, reader->size, -EINVAL, "%s: %s after frame %" PRIu64 ": %s",
              reader->path, state, reader->frames, detail);
}

// Returns 1, 0 at the end, or -errno with the sentence written.
static int reader_next(struct reader *reader, struct pcap_pkthdr **header, const uint8_t **frame)
{
  int found = pcap_next_ex(reader->pcap, header, frame);
  if (found == PCAP_ERROR_BREAK)
    return 0;
  if (found != 1)
    return reader_stopped(reader);
  reader->frames++;
  return 1;
}

static int check_link_type(const struct reader *reader)
{
  int type = pcap_datalink(reader->pcap);
  if (type == DLT_EN10MB)
    return 0;
  const char *name = pcap_datalink_val_to_name(type);
  const char *description = pcap_datalink_val_to_description(type);
  if (name == NULL || description == NULL)
    return fail(reader->error, reader->size, -EINVAL, "%s: not Ethernet but link type %d",
                reader->path, type);
  return fail(reader->error, reader->size, -EINVAL, "%s: not Ethernet but %s (%s)", reader->path,
              description, name);
}

static int check_frame(const struct reader *reader, uint32_t length)
{
  if (length == 0)
    return fail(reader->error, reader->size, -EINVAL, "%s: frame %" PRIu64 ": no bytes",
                reader->path, reader->frames);
  if (length > CAPTURE_FRAME_MAX)
    return fail(reader->error, reader->size, -EINVAL,
                "%s: frame %" PRIu64 ": %u bytes; platter forwards frames of up to %d",
                reader->path, reader->frames, length, CAPTURE_FRAME_MAX);
  return 0;
}

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

static int scan_frames(struct reader *reader, struct tally *tally, struct capture *capture)
{
  struct pcap_pkthdr *header;
  const uint8_t *frame;
  int found;
  while ((found = reader_next(reader, &header, &frame)) == 1) {
    uint32_t length = header->caplen;
    int code = check_frame(reader, length);
    if (code != 0)
      return code;
    capture->bytes += length;
    capture->shortened += length < header->len;
    if (reader->frames == 1 || length < capture->shortest)
      capture->shortest = length;
    if (length > capture->longest)
      capture->longest = length;
    tally_frame(tally, frame, length);
  }
  if (found == 0 && reader->frames == 0)
    return fail(reader->error, reader->size, -EINVAL, "%s: no frames in it", reader->path);
  capture->frames = reader->frames;
  return found;
}

int capture_scan(const char *path, struct capture *capture, char *error, size_t size)
{
  *capture = (struct capture){0};
  struct reader reader = {.path = path, .error = error, .size = size};
  int code = reader_open(&reader);
  if (code != 0)
    return code;
  struct tally tally = {.kinds = calloc(KINDS_COUNTED, sizeof(*tally.kinds))};
  if (tally.kinds == NULL)
    code = fail(error, size, -ENOMEM, "%s: no memory to read it", path);
  if (code == 0)
    code = check_link_type(&reader);
  if (code == 0)
    code = scan_frames(&reader, &tally, capture);
  if (code == 0)
    tally_finish(&tally, capture);
  free(tally.kinds);
  pcap_close(reader.pcap);
  return code;
}

int capture_count(const char *path, uint64_t *frames, char *error, size_t size)
{
  struct reader reader = {.path = path, .error = error, .size = size};
  int code = reader_open(&reader);
  if (code != 0)
    return code;
  struct pcap_pkthdr *header;
  const uint8_t *frame;
  do
    code = reader_next(&reader, &header, &frame);
  while (code == 1);
  *frames = reader.frames;
  pcap_close(reader.pcap);
  return code;
}
