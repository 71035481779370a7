// SPDX-License-Identifier: BSD-3-Clause
// The command line of `platter-bench zero-copy`.
#include "zero_copy/traffic.h"
#include "zero_copy_parse.h"

namespace
{

std::string refused(const std::vector<std::string> &words)
{
  zero_copy_options options;
  testing::internal::CaptureStderr();
  EXPECT_EQ(parse(words, &options), STATUS_USAGE);
  return testing::internal::GetCapturedStderr();
}

TEST(Options, WhatIsNotAskedForIsUsual)
{
  zero_copy_options o = parsed({});
  EXPECT_EQ(o.n_sizes, 8u);
  EXPECT_EQ(o.size[0], 64u);
  EXPECT_EQ(o.size[7], unsigned{TRAFFIC_IMIX});
  EXPECT_EQ(std::vector<unsigned>(o.copies, o.copies + o.n_copies),
            (std::vector<unsigned>{0, 1, 2, 4}));
  EXPECT_TRUE(o.path[0] && o.path[1] && o.set[0] && o.set[1]);
  o = parsed({"--quick"});
  EXPECT_TRUE(o.set[SET_IN_CACHE]);
  EXPECT_FALSE(o.set[SET_OUT_OF_CACHE]);
  EXPECT_GE(o.repeat, 3u) << "or nothing could be concluded";
}

TEST(Options, ListsAreSorted)
{
  zero_copy_options o =
      parsed({"--sizes", "imix,1518,64", "--copies=4,0", "--layouts", "pipeline", "--sets",
              "out-of-cache", "--repeat", "2", "--seconds", "0.5", "--json", "a", "--html", "b"});
  EXPECT_EQ(std::vector<unsigned>(o.size, o.size + o.n_sizes),
            (std::vector<unsigned>{64, 1518, TRAFFIC_IMIX}));
  EXPECT_EQ(std::vector<unsigned>(o.copies, o.copies + o.n_copies), (std::vector<unsigned>{0, 4}));
  EXPECT_FALSE(o.path[PATH_RUN_TO_COMPLETION]);
  EXPECT_FALSE(o.set[SET_IN_CACHE]);
  EXPECT_EQ(o.repeat, 2u);
  EXPECT_EQ(o.rounds, 2u);
  EXPECT_EQ(o.seconds, 0.5);
  EXPECT_STREQ(o.json, "a");
  EXPECT_STREQ(o.html, "b");
}

TEST(Options, MistakesAreNamed)
{
  EXPECT_NE(refused({"--sizes", "64,59"}).find("found '59'"), std::string::npos);
  EXPECT_NE(refused({"--sizes", "64,64"}).find("found '64'"), std::string::npos);
  EXPECT_NE(refused({"--sizes", ""}).find("--sizes: expected"), std::string::npos);
  EXPECT_NE(refused({"--copies", "17"}).find("found '17'"), std::string::npos);
  EXPECT_NE(refused({"--layouts", "ring"}).find("found 'ring'"), std::string::npos);
  EXPECT_NE(refused({"--sets", "cold"}).find("found 'cold'"), std::string::npos);
  EXPECT_NE(refused({"--repeat", "65"}).find("found '65'"), std::string::npos);
  for (const char *bad : {"0", "nan", "inf", "1s", "-1"})
    EXPECT_NE(refused({"--seconds", bad}).find("--seconds: expected"), std::string::npos) << bad;
  EXPECT_NE(refused({"more"}).find("options only"), std::string::npos);
}

} // namespace
