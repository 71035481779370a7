// SPDX-License-Identifier: BSD-3-Clause
// The file that is moved and the file it is moved to. Neither has a name: they are gone with the
// process, however it ends.
#ifndef BENCH_KERNEL_FILES_H
#define BENCH_KERNEL_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct file_system {
  const char *name;
  bool memory;    // tmpfs: there is no disk behind it
  uint64_t space; // bytes that may be written
};

// Where files go unless one is asked for: $TMPDIR, else /tmp, or /var/tmp where /tmp is in memory
// and /var/tmp is not.
const char *files_directory(void);

// Return 0, or -errno and a sentence.
int files_system(const char *directory, struct file_system *system, char *error, size_t size);
int files_new(const char *directory, char *error, size_t size); // a descriptor, or -errno

// Writes `length` pseudo-random bytes and has them on the disk, so that nothing is written back
// while something is measured. They stay in the page cache. -EINTR: a signal asked to stop.
int files_fill(int fd, uint64_t length, uint64_t seed, char *error, size_t size);

// Takes memory for `length` bytes of a file and gives it back, so that whoever writes them next
// gets memory that was in use just now: in a virtual machine, the first use of memory that was free
// for a while costs more than the writing. Leaves the file empty; what does not fit is no error
// here.
void files_warm(int fd, uint64_t length);

struct difference {
  bool found;
  bool length;        // the output is `at` bytes long and should be `size` times `transfers`
  uint64_t transfer;  // counted from 0
  uint64_t at;        // the first byte that differs, within the transfer
  uint8_t is, should; // that byte
};

// Compares what `transfers` transfers of `size` bytes should have made of `input`.
struct difference difference_find(const uint8_t *input, const uint8_t *output, uint64_t size,
                                  uint64_t transfers);

// The same for two files; also their lengths. Returns 0, or -errno and a sentence.
int files_compare(int in, int out, uint64_t size, uint64_t transfers, struct difference *difference,
                  char *error, size_t error_size);

// Bytes of the file that it shares with another one, as the file system says (FIEMAP). Returns
// -errno where it does not say.
int64_t files_shared(int fd);

// The memory that can be had without swapping, in bytes; UINT64_MAX where it is not known.
uint64_t files_memory(void);

#ifdef __cplusplus
}
#endif
#endif
