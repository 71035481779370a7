// SPDX-License-Identifier: BSD-3-Clause
// What follows from measurements of the short-frame rule: made-up ones.
#include "zero_copy/threshold.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "report/report.h"

namespace
{

class Threshold : public testing::Test
{
protected:
  // From each set, copying is cheaper up to a length.
  void fill(std::array<unsigned, THRESHOLD_SETS> until, double spread = 0.01)
  {
    for (unsigned set = 0; set < THRESHOLD_SETS; set++)
      for (unsigned i = 0; i < SHORT_LENGTHS; i++)
        for (double part : {-1, 0, 1, -1, 1, 0}) { // one slow when the other is fast
          double whole = short_length[i] <= until[set] ? 70 : 200;
          samples_add(&threshold.cycles[set][i][SHORT_WHOLE], whole * (1 + part * spread));
          samples_add(&threshold.cycles[set][i][SHORT_HEADER], 140 * (1 - part * spread));
        }
  }

  std::string concluded(unsigned rule)
  {
    json_t *report = report_new("test", "test");
    threshold_conclude(report, &threshold, rule);
    json_t *all = json_object_get(report, "conclusions");
    std::string text;
    size_t i;
    json_t *line;
    json_array_foreach(all, i, line)
    {
      text += json_string_value(line) + std::string("\n");
    }
    json_decref(report);
    return text;
  }

  void expect_concluded(unsigned rule, const std::string &words)
  {
    std::string all = concluded(rule);
    EXPECT_NE(all.find(words), std::string::npos) << all;
  }

  struct threshold threshold = {};
};

TEST_F(Threshold, TheRuleIsRight)
{
  fill({1024, 512, 128});
  expect_concluded(128,
                   "from memory: copying the whole frame is cheaper up to 128 bytes, a private "
                   "header and a reference from 192 bytes on.");
  expect_concluded(128,
                   "from the second-level cache: copying the whole frame is cheaper up to 1024");
  expect_concluded(128, "lib/packet/copy.h). That is right on this machine");
}

TEST_F(Threshold, TheRuleIsTooLong)
{
  fill({1024, 512, 96});
  expect_concluded(128, "That is too many on this machine: it could be 96.");
}

TEST_F(Threshold, TheRuleCouldBeLonger)
{
  fill({1024, 512, 256});
  expect_concluded(128, "would pay up to 256 bytes");
}

TEST_F(Threshold, CopyingAlwaysPays)
{
  fill({2048, 2048, 2048});
  expect_concluded(128, "is cheaper than a private header and a reference at every length");
}

TEST_F(Threshold, NothingIsCertain)
{
  fill({1024, 512, 128}, 0.5);
  expect_concluded(128, "stops being cheaper cannot be told");
  expect_concluded(128, "Whether that is right on this machine cannot be told.");
}

} // namespace
