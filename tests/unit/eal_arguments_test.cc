// SPDX-License-Identifier: BSD-3-Clause
// Which of EAL's arguments platter refuses: what those names are depends on DPDK's release.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "host/dpdk_release.h"
#include "host/eal_arguments.h"

namespace
{
bool refused(std::string word)
{
  char error[256] = "";
  char *words[] = {word.data()};
  int status = eal_arguments_check(1, words, error, sizeof(error));
  if (status == 0)
    return false;
  EXPECT_EQ(status, -EINVAL);
  EXPECT_EQ(std::string(error).find("the EAL argument '" + word + "' is refused: "), 0u) << error;
  return true;
}

TEST(EalArguments, WhatPlatterSetsItselfInEveryRelease)
{
  for (const char *word : {"--lcores=0", "-l", "-c1", "-s", "-S", "--main-lcore", "--file-prefix=x",
                           "-m", "--socket-mem=1", "--no-huge", "--in-memory", "--telemetry"})
    EXPECT_TRUE(refused(word)) << word;
}

TEST(EalArguments, NamesThatOnlyNewerReleasesHave)
{
  for (const char *word : {"--coremask=1", "--service-coremask=1", "--service-corelist=0", "-R",
                           "--remap-lcore-ids", "--memory-size=64", "--numa-mem=64"})
    EXPECT_EQ(refused(word), static_cast<bool>(DPDK_ARGPARSE)) << word;
}

TEST(EalArguments, WhatElseGoesToEal)
{
  for (const char *word :
       {"-n", "2", "--vdev", "net_null7", "--log-level=pmd.*:debug", "--iova-mode=va"})
    EXPECT_FALSE(refused(word)) << word;
}
} // namespace
