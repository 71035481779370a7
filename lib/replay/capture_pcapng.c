// SPDX-License-Identifier: BSD-3-Clause
// A file is a row of blocks, each with its length in front and behind: section headers, which set
// the byte order and forget the interfaces before, descriptions of interfaces, packets, and others,
// which are passed over. Sections named below are those of draft-ietf-opsawg-pcapng.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/capture_format.h"

enum block_type {
  BLOCK_SECTION = 0x0a0d0d0a, // the same in both byte orders
  BLOCK_INTERFACE = 1,
  BLOCK_PACKET = 2, // obsolete, appendix A
  BLOCK_SIMPLE = 3,
  BLOCK_ENHANCED = 6,
};

enum { OPTION_END = 0, OPTION_RESOLUTION = 9, OPTION_OFFSET = 14 }; // section 4.2

enum {
  BLOCK_MAX = 16 * 1024 * 1024, // bytes, as libpcap has it
  INTERFACES_MAX = 65536,
};

static const uint32_t MAGIC_ORDER = 0x1a2b3c4d; // section 4.1

struct interface {
  uint16_t link;
  uint32_t snap_length; // 0: none
  uint64_t per_second;  // units of its time stamps; 0: more than can be counted
  int64_t offset;       // seconds, to be added to them
};

struct capture_pcapng {
  struct capture_bytes *bytes;
  bool swapped;
  uint32_t type; // of the block at hand
  uint8_t *body; // between the two lengths
  size_t length; // of it
  size_t room;
  struct interface *interface;
  size_t n_interfaces, interfaces_room;
  char *why; // while a record is read: where the sentence goes
};

static uint32_t get32(const struct capture_pcapng *p, const uint8_t *at)
{
  uint32_t value;
  memcpy(&value, at, sizeof(value));
  return p->swapped ? __builtin_bswap32(value) : value;
}

static uint16_t get16(const struct capture_pcapng *p, const uint8_t *at)
{
  uint16_t value;
  memcpy(&value, at, sizeof(value));
  return p->swapped ? __builtin_bswap16(value) : value;
}

__attribute__((format(printf, 2, 3))) static enum capture_found
damaged(const struct capture_pcapng *p, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  vsnprintf(p->why, CAPTURE_WHY, format, args);
  va_end(args);
  return CAPTURE_DAMAGED;
}

// Reads all of `n` bytes. CAPTURE_FRAME: they are there. At the end of the file: CAPTURE_END where
// that may be, else CAPTURE_CUT.
static enum capture_found read_all(struct capture_pcapng *p, void *to, size_t n, bool may_end)
{
  ssize_t read = capture_bytes_read(p->bytes, to, n);
  bool cut;
  const char *error = capture_bytes_error(p->bytes, &cut);
  if (read == (ssize_t)n)
    return CAPTURE_FRAME;
  if (*error != '\0') {
    damaged(p, "%s", error);
    return cut ? CAPTURE_CUT : CAPTURE_DAMAGED;
  }
  if (read == 0 && may_end)
    return CAPTURE_END;
  damaged(p, "truncated block; tried to read %zu bytes, only got %zd", n, read);
  return CAPTURE_CUT;
}

static bool make_room(struct capture_pcapng *p, size_t n)
{
  if (n <= p->room)
    return true;
  uint8_t *body = realloc(p->body, n);
  if (body == NULL)
    return false;
  p->body = body;
  p->room = n;
  return true;
}

// A section begins: its byte order stands behind the length, which has it, too.
static enum capture_found begin_section(struct capture_pcapng *p)
{
  uint32_t order;
  memcpy(&order, p->body, sizeof(order));
  p->swapped = order != MAGIC_ORDER;
  p->n_interfaces = 0;
  if (get32(p, p->body) != MAGIC_ORDER)
    return damaged(p, "a section without a byte order");
  return CAPTURE_FRAME;
}

// Reads the next block, whatever it is.
static enum capture_found read_block(struct capture_pcapng *p)
{
  uint8_t head[8];
  size_t order = 0;
  enum capture_found found = read_all(p, head, sizeof(head), true);
  if (found != CAPTURE_FRAME)
    return found;
  p->type = get32(p, head);
  if (p->type == BLOCK_SECTION) {
    order = sizeof(MAGIC_ORDER);
    found = make_room(p, order) ? read_all(p, p->body, order, false) : damaged(p, "no memory");
    if (found == CAPTURE_FRAME)
      found = begin_section(p);
    if (found != CAPTURE_FRAME)
      return found;
  }
  uint32_t length = get32(p, head + 4);
  if (length % 4 != 0 || length < sizeof(head) + order + 4)
    return damaged(p, "a block of %u bytes, which cannot be", length);
  if (length > BLOCK_MAX)
    return damaged(p, "a block of %u bytes; %d are the most that is taken", length, BLOCK_MAX);
  if (!make_room(p, length))
    return damaged(p, "no memory for a block of %u bytes", length);
  found = read_all(p, p->body + order, length - sizeof(head) - order, false);
  if (found != CAPTURE_FRAME)
    return found;
  p->length = length - sizeof(head) - 4;
  if (get32(p, p->body + p->length) != length)
    return damaged(p, "a block whose lengths in front and behind are %u and %u", length,
                   get32(p, p->body + p->length));
  return CAPTURE_FRAME;
}

// Section 4.2, if_tsresol: a power of 10, or of 2 where the top bit is set.
static uint64_t resolution(uint8_t value)
{
  uint64_t per_second = 1, base = value & 0x80 ? 2 : 10;
  for (unsigned i = value & 0x7f; i > 0; i--)
    if (__builtin_mul_overflow(per_second, base, &per_second))
      return 0;
  return per_second;
}

static void read_options(const struct capture_pcapng *p, size_t at, struct interface *interface)
{
  while (at + 4 <= p->length) {
    uint16_t code = get16(p, p->body + at), length = get16(p, p->body + at + 2);
    const uint8_t *value = p->body + at + 4;
    at += 4 + (length + 3) / 4 * 4;
    if (code == OPTION_END || at > p->length)
      return;
    if (code == OPTION_RESOLUTION && length == 1)
      interface->per_second = resolution(*value);
    if (code == OPTION_OFFSET && length == 8) {
      memcpy(&interface->offset, value, 8);
      if (p->swapped)
        interface->offset = __builtin_bswap64(interface->offset);
    }
  }
}

static enum capture_found add_interface(struct capture_pcapng *p)
{
  if (p->length < 8)
    return damaged(p, "an interface described in %zu bytes", p->length);
  if (p->n_interfaces == INTERFACES_MAX)
    return damaged(p, "more than %d interfaces", INTERFACES_MAX);
  if (p->n_interfaces == p->interfaces_room) {
    size_t room = p->interfaces_room == 0 ? 4 : 2 * p->interfaces_room;
    struct interface *grown = realloc(p->interface, room * sizeof(*grown));
    if (grown == NULL)
      return damaged(p, "no memory for its interfaces");
    p->interface = grown;
    p->interfaces_room = room;
  }
  struct interface *interface = &p->interface[p->n_interfaces++];
  *interface = (struct interface){
      .link = get16(p, p->body), .snap_length = get32(p, p->body + 4), .per_second = 1000000};
  read_options(p, 8, interface);
  return CAPTURE_FRAME;
}

static uint64_t nanoseconds(const struct interface *interface, uint64_t units)
{
  __int128 stamp = (unsigned __int128)units * 1000000000 / interface->per_second;
  stamp += (__int128)interface->offset * 1000000000;
  return stamp > 0 ? (uint64_t)stamp : 0;
}

// A packet of this interface, whose bytes begin at `at` of the block; `stamp`: of its time stamp,
// or NULL.
static enum capture_found packet(const struct capture_pcapng *p, size_t number, size_t at,
                                 const uint8_t *stamp, struct capture_frame *frame, int *link)
{
  if (number >= p->n_interfaces)
    return damaged(p, "a frame on interface %zu, which is not described", number);
  const struct interface *interface = &p->interface[number];
  if (frame->length > p->length - at)
    return damaged(p, "a frame of %u bytes in a block with room for %zu", frame->length,
                   p->length - at);
  if (stamp != NULL && interface->per_second == 0)
    return damaged(p, "interface %zu counts time in units that are too small", number);
  frame->bytes = p->body + at;
  frame->stamp = 0;
  if (stamp != NULL)
    frame->stamp = nanoseconds(interface, (uint64_t)get32(p, stamp) << 32 | get32(p, stamp + 4));
  *link = interface->link;
  return CAPTURE_FRAME;
}

// Section 4.4: of the first interface, without a time; what it holds is what the snap length
// leaves.
static enum capture_found simple(const struct capture_pcapng *p, struct capture_frame *frame,
                                 int *link)
{
  if (p->length < 4)
    return damaged(p, "a packet's block of %zu bytes", p->length);
  frame->length = frame->whole = get32(p, p->body);
  uint32_t most = p->n_interfaces > 0 ? p->interface[0].snap_length : 0;
  if (most != 0 && frame->length > most)
    frame->length = most;
  return packet(p, 0, 4, NULL, frame, link);
}

enum capture_found capture_pcapng_next(struct capture_pcapng *p, struct capture_frame *frame,
                                       int *link, char why[CAPTURE_WHY])
{
  enum capture_found found;
  p->why = why;
  while ((found = read_block(p)) == CAPTURE_FRAME) {
    const uint8_t *body = p->body;
    if (p->type == BLOCK_SIMPLE)
      return simple(p, frame, link);
    if (p->type == BLOCK_INTERFACE && (found = add_interface(p)) != CAPTURE_FRAME)
      return found;
    if (p->type != BLOCK_ENHANCED && p->type != BLOCK_PACKET)
      continue;
    if (p->length < 20)
      return damaged(p, "a packet's block of %zu bytes", p->length);
    // Sections 4.3 and A: they differ in how the interface is written.
    frame->length = get32(p, body + 12);
    frame->whole = get32(p, body + 16);
    return packet(p, p->type == BLOCK_ENHANCED ? get32(p, body) : get16(p, body), 20, body + 4,
                  frame, link);
  }
  return found;
}

bool capture_pcapng_is(const uint8_t *head, size_t n)
{
  static const uint8_t magic[] = {0x0a, 0x0d, 0x0d, 0x0a};
  return n >= sizeof(magic) && memcmp(head, magic, sizeof(magic)) == 0;
}

struct capture_pcapng *capture_pcapng_open(struct capture_bytes *bytes)
{
  struct capture_pcapng *p = calloc(1, sizeof(*p));
  if (p != NULL)
    p->bytes = bytes;
  return p;
}

void capture_pcapng_close(struct capture_pcapng *p)
{
  if (p == NULL)
    return;
  free(p->body);
  free(p->interface);
  free(p);
}
