// SPDX-License-Identifier: BSD-3-Clause
// The bytes of a capture file in order, unpacked where it is packed: gzip, zstd, xz or lz4, by
// libarchive. Nothing is held but what is read next, so that a file that unpacks to much more than
// it is takes time but no memory.
#ifndef REPLAY_CAPTURE_BYTES_H
#define REPLAY_CAPTURE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { CAPTURE_HEAD = 24 }; // bytes: the header of a pcap file

struct capture_bytes;

// Opens a regular file. Returns 0, or -errno and a sentence in `error` that names the file.
int capture_bytes_open(struct capture_bytes **bytes, const char *path, char *error, size_t size);

// The first bytes, not yet read; the caller may change them. `n`: how many of CAPTURE_HEAD there
// are.
uint8_t *capture_bytes_head(struct capture_bytes *bytes, size_t *n);

// Reads `n` bytes, fewer only at the end. Returns how many, or -EIO where the file cannot be read
// or unpacked further: capture_bytes_error.
ssize_t capture_bytes_read(struct capture_bytes *bytes, void *to, size_t n);

bool capture_bytes_packed(const struct capture_bytes *bytes);

// What went wrong, "" where nothing did; `cut`: the packed file ends too early, as one does that is
// not all there.
const char *capture_bytes_error(const struct capture_bytes *bytes, bool *cut);

void capture_bytes_close(struct capture_bytes *bytes); // NULL is allowed

#endif
