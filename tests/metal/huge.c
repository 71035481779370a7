// SPDX-License-Identifier: BSD-3-Clause
// Where a process's hugepages lie in the machine's memory:
//   huge PID
// prints the physical address of each page of 2 MB that it has mapped. Root only (proc(5),
// pagemap).
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096, HUGE_KB = 2048 };

static void print_pages(int pagemap, uint64_t start, uint64_t end)
{
  for (uint64_t at = start; at < end; at += HUGE_KB * 1024) {
    uint64_t entry = 0;
    bool there = pread(pagemap, &entry, sizeof(entry), at / PAGE * sizeof(entry)) ==
                     (ssize_t)sizeof(entry) &&
                 entry >> 63;
    if (there)
      printf("%" PRIx64 "\n", (entry & ((UINT64_C(1) << 55) - 1)) * PAGE);
  }
}

int main(int argc, char **argv)
{
  char path[64], line[512];
  uint64_t start = 0, end = 0;
  unsigned kb;

  if (argc != 2)
    return 2;
  snprintf(path, sizeof(path), "/proc/%s/smaps", argv[1]);
  FILE *smaps = fopen(path, "r");
  snprintf(path, sizeof(path), "/proc/%s/pagemap", argv[1]);
  int pagemap = open(path, O_RDONLY);
  if (smaps == NULL || pagemap < 0)
    return 1;
  while (fgets(line, sizeof(line), smaps) != NULL)
    if (sscanf(line, "KernelPageSize: %u kB", &kb) == 1) {
      if (kb == HUGE_KB)
        print_pages(pagemap, start, end);
    } else {
      sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &start, &end);
    }
  fclose(smaps);
  close(pagemap);
  return 0;
}
