// SPDX-License-Identifier: BSD-3-Clause
#include "replay/capture_bytes.h"

#include <archive.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/notes.h"

enum { READ_AT_ONCE = 64 * 1024 };

struct capture_bytes {
  int fd;
  struct archive *archive;
  const uint8_t *block; // unpacked and not yet read; libarchive's, until the next
  size_t left;          // of it
  uint8_t head[CAPTURE_HEAD];
  size_t head_size, head_at;
  bool ended;
  bool cut;
  bool exhausted; // more was asked for than the file has
  char error[160];
  uint8_t raw[READ_AT_ONCE];
};

static int open_regular(const char *path, char *error, size_t size)
{
  // Looked at before it is opened: opening a fifo or a device can wait or have effects. Should one
  // take the file's place in between, O_NONBLOCK keeps us from waiting.
  struct stat status;
  if (stat(path, &status) != 0)
    return fail(error, size, -errno, "%s: %s", path, strerror(errno));
  if (S_ISDIR(status.st_mode))
    return fail(error, size, -EISDIR, "%s: a directory", path);
  if (!S_ISREG(status.st_mode))
    return fail(error, size, -EINVAL, "%s: not a regular file", path);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  return fd >= 0 ? fd : fail(error, size, -errno, "%s: %s", path, strerror(errno));
}

static la_ssize_t read_raw(struct archive *archive, void *context, const void **block)
{
  struct capture_bytes *b = context;
  ssize_t n;
  do
    n = read(b->fd, b->raw, sizeof(b->raw));
  while (n < 0 && errno == EINTR);
  if (n < 0)
    archive_set_error(archive, errno, "%s", strerror(errno));
  b->exhausted |= n == 0;
  *block = b->raw;
  return n;
}

// libarchive does not say that a file ends too early, or says it in other words for each filter:
// but only then has more been asked for than there is.
static int failed(struct capture_bytes *b)
{
  const char *why = archive_error_string(b->archive);
  b->cut = b->exhausted;
  if (b->cut || why == NULL)
    why = b->cut ? "what is packed ends too early" : "cannot be unpacked";
  snprintf(b->error, sizeof(b->error), "%s", why);
  b->ended = true;
  return -EIO;
}

// libarchive's raw format: no archive, one stream of bytes behind filters.
static int start(struct capture_bytes *b)
{
  struct archive_entry *entry;
  struct archive *a = b->archive;
  if (archive_read_support_filter_gzip(a) != ARCHIVE_OK ||
      archive_read_support_filter_zstd(a) != ARCHIVE_OK ||
      archive_read_support_filter_xz(a) != ARCHIVE_OK ||
      archive_read_support_filter_lz4(a) != ARCHIVE_OK ||
      archive_read_support_format_raw(a) != ARCHIVE_OK ||
      archive_read_support_format_empty(a) != ARCHIVE_OK ||
      archive_read_open(a, b, NULL, read_raw, NULL) != ARCHIVE_OK)
    return failed(b);
  int status = archive_read_next_header(a, &entry);
  b->ended = status == ARCHIVE_EOF; // empty
  return status == ARCHIVE_OK || status == ARCHIVE_EOF ? 0 : failed(b);
}

// Not archive_read_data, which forgets what it has where an error follows.
static ssize_t unpack(struct capture_bytes *b, uint8_t *to, size_t n)
{
  size_t done = 0;
  while (done < n && (b->left > 0 || !b->ended)) {
    const void *block;
    la_int64_t offset;
    if (b->left == 0) {
      int status = archive_read_data_block(b->archive, &block, &b->left, &offset);
      b->block = block;
      b->ended = status == ARCHIVE_EOF;
      if (status != ARCHIVE_OK && status != ARCHIVE_EOF) {
        b->left = 0;
        failed(b);
      }
    }
    if (b->left == 0)
      continue; // the end, an error, or an empty block: there is no address then
    size_t part = b->left < n - done ? b->left : n - done;
    memcpy(to + done, b->block, part);
    b->block += part;
    b->left -= part;
    done += part;
  }
  return done == 0 && b->error[0] != '\0' ? -EIO : (ssize_t)done;
}

int capture_bytes_open(struct capture_bytes **opened, const char *path, char *error, size_t size)
{
  int fd = open_regular(path, error, size);
  if (fd < 0)
    return fd;
  struct capture_bytes *b = calloc(1, sizeof(*b));
  struct archive *archive = archive_read_new();
  if (b == NULL || archive == NULL) {
    close(fd);
    free(b);
    archive_read_free(archive);
    return fail(error, size, -ENOMEM, "%s: no memory to read it", path);
  }
  b->fd = fd;
  b->archive = archive;
  ssize_t read = start(b) == 0 ? unpack(b, b->head, sizeof(b->head)) : -EIO;
  if (read < 0) {
    int code = fail(error, size, -EINVAL, "%s: cannot be read: %s", path, b->error);
    capture_bytes_close(b);
    return code;
  }
  b->head_size = read;
  *opened = b;
  return 0;
}

uint8_t *capture_bytes_head(struct capture_bytes *b, size_t *n)
{
  *n = b->head_size;
  return b->head;
}

ssize_t capture_bytes_read(struct capture_bytes *b, void *to, size_t n)
{
  size_t first = b->head_size - b->head_at;
  first = first < n ? first : n;
  memcpy(to, b->head + b->head_at, first);
  b->head_at += first;
  ssize_t more = n > first ? unpack(b, (uint8_t *)to + first, n - first) : 0;
  return more >= 0 ? (ssize_t)first + more : first > 0 ? (ssize_t)first : more;
}

bool capture_bytes_packed(const struct capture_bytes *b)
{
  return archive_filter_count(b->archive) > 1; // one for the file itself
}

const char *capture_bytes_error(const struct capture_bytes *b, bool *cut)
{
  *cut = b->cut;
  return b->error;
}

void capture_bytes_close(struct capture_bytes *b)
{
  if (b == NULL)
    return;
  archive_read_free(b->archive);
  close(b->fd);
  free(b);
}
