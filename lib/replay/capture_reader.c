// SPDX-License-Identifier: BSD-3-Clause
// libpcap does the reading and bounds what a length in the file can make it allocate or read.
#include "replay/capture_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/notes.h"

struct capture_reader {
  const char *path;
  pcap_t *pcap;
  bool strict;
  uint64_t frames; // read so far
  char *error;
  size_t size;
};

static int open_regular(const struct capture_reader *reader)
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

static int open_pcap(struct capture_reader *reader)
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
  reader->pcap = // pcap_close closes the file, too
      pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, detail);
  if (reader->pcap == NULL) {
    fclose(file);
    return fail(reader->error, reader->size, -EINVAL, "%s: not a capture file: %s", reader->path,
                detail);
  }
  return 0;
}

static int stopped(const struct capture_reader *reader)
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

static int check_link_type(const struct capture_reader *reader)
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

static int check_frame(const struct capture_reader *reader, uint32_t length)
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

int capture_open(struct capture_reader **opened, const char *path, bool strict, char *error,
                 size_t size)
{
  struct capture_reader *reader = malloc(sizeof(*reader));
  if (reader == NULL)
    return fail(error, size, -ENOMEM, "%s: no memory to read it", path);
  *reader = (struct capture_reader){.path = path, .strict = strict, .error = error, .size = size};
  int code = open_pcap(reader);
  if (code == 0 && strict)
    code = check_link_type(reader);
  if (code != 0) {
    capture_close(reader);
    return code;
  }
  *opened = reader;
  return 0;
}

int capture_next(struct capture_reader *reader, struct capture_frame *frame)
{
  struct pcap_pkthdr *header;
  int found = pcap_next_ex(reader->pcap, &header, &frame->bytes);
  if (found == PCAP_ERROR_BREAK)
    return 0;
  if (found != 1)
    return stopped(reader);
  reader->frames++;
  frame->length = header->caplen;
  frame->whole = header->len;
  // tv_usec holds nanoseconds: that is the precision asked for.
  frame->stamp = (uint64_t)header->ts.tv_sec * 1000000000 + (uint64_t)header->ts.tv_usec;
  int code = reader->strict ? check_frame(reader, frame->length) : 0;
  return code == 0 ? 1 : code;
}

uint64_t capture_frames(const struct capture_reader *reader)
{
  return reader->frames;
}

void capture_close(struct capture_reader *reader)
{
  if (reader != NULL && reader->pcap != NULL)
    pcap_close(reader->pcap);
  free(reader);
}
