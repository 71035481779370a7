// SPDX-License-Identifier: BSD-3-Clause
// One process has the runtime directory of a prefix, however many take and leave it at once.
#include <cstdlib>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "host/runtime_directory.h"
#include "scratch.h"

namespace
{
enum { PROCESSES = 4, ROUNDS = 3000 };

struct Shared {
  int inside;   // processes that have the directory
  int together; // how often there was more than one
  int taken;
};

void take_and_leave(Shared *shared)
{
  char error[512];
  for (int i = 0; i < ROUNDS; i++) {
    if (runtime_directory_take("race", error, sizeof(error)) != 0)
      continue;
    if (__atomic_fetch_add(&shared->inside, 1, __ATOMIC_SEQ_CST) > 0)
      __atomic_fetch_add(&shared->together, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&shared->taken, 1, __ATOMIC_SEQ_CST);
    usleep(1);
    __atomic_fetch_sub(&shared->inside, 1, __ATOMIC_SEQ_CST);
    runtime_directory_leave();
  }
}

TEST(RuntimeDirectory, OneProcessHasIt)
{
  Scratch dir;
  setenv("RUNTIME_DIRECTORY", dir.path().c_str(), 1);
  auto *shared = static_cast<Shared *>(
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  for (int i = 0; i < PROCESSES; i++)
    if (fork() == 0) {
      take_and_leave(shared);
      _exit(0);
    }
  while (wait(nullptr) > 0) {
  }
  EXPECT_GT(shared->taken, 0);
  EXPECT_EQ(shared->together, 0) << "of " << shared->taken;
  EXPECT_TRUE(list_directory(dir / "dpdk").empty());
  munmap(shared, sizeof(Shared));
}
} // namespace
