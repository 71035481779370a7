// SPDX-License-Identifier: BSD-3-Clause
// What `platter-bench zero-copy` makes of its samples: made-up ones, so that what follows from them
// is known.
#include "zero_copy/conclude.h"

#include <cerrno>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "report/report.h"
#include "zero_copy/child.h"
#include "zero_copy/report.h"
#include "zero_copy/traffic.h"
#include "zero_copy_parse.h"

namespace
{

class Points : public testing::Test
{
protected:
  void SetUp() override
  {
    begin({"--layouts", "run-to-completion", "--sets", "in-cache"});
  }

  void TearDown() override
  {
    grid_free(&grid);
    json_decref(report);
  }

  void begin(const std::vector<std::string> &words)
  {
    grid_free(&grid);
    options = parsed(words);
    ASSERT_EQ(grid_new(&grid, &options), 0);
  }

  // A sample as a session would say it: `mpps` for a tenth of a second, all of it busy.
  static json_t *sample(unsigned size, unsigned copies, double mpps)
  {
    auto packets = static_cast<json_int_t>(mpps * 1e5 + 0.5);
    auto bytes = static_cast<json_int_t>(packets * copies * traffic_mean(size) + 0.5);
    return json_pack("{s:i, s:f, s:I, s:I, s:i, s:I, s:i, s:I, s:I, s:{s:i, s:f, s:f, s:f}}",
                     "copies", copies, "seconds", 0.1, "received", packets, "transmitted", packets,
                     "dropped", 0, "busy_cycles", json_int_t{260000000}, "idle_cycles", 0,
                     "copied_packets", packets * copies, "copied_bytes", bytes, "residence",
                     "packets", 5000, "p50", 1000.0, "p99", 2000.0, "p999", 3000.0);
  }

  int add(unsigned size, json_t *one, enum path path = PATH_RUN_TO_COMPLETION,
          enum working_set set = SET_IN_CACHE)
  {
    int status = grid_add(&grid, path, set, size, one, error, sizeof(error));
    json_decref(one);
    return status;
  }

  // Samples that spread by a share of the median to both sides, each point in an order of its
  // own, or (`together`) as when the machine is slow and fast for all of them alike.
  void fill(unsigned size, unsigned copies, double mpps, double spread = 0.01,
            bool together = false)
  {
    const std::vector<double> parts = {-1, 0, 0, 1, -1, 1, 0};
    for (size_t i = 0; i < parts.size(); i++) {
      double part = 1 + spread * parts[(i + (together ? 0 : copies + size)) % parts.size()];
      ASSERT_EQ(add(size, sample(size, copies, mpps * part)), 0) << error;
    }
  }

  // By reference 100 Mpps, with copies what `with(size, copies)` says.
  void fill_all(const std::function<double(unsigned, unsigned)> &with)
  {
    for (unsigned s = 0; s < options.n_sizes; s++)
      for (unsigned c = 0; c < options.n_copies; c++)
        fill(options.size[s], options.copies[c], with(options.size[s], options.copies[c]));
  }

  std::string concluded()
  {
    json_decref(report);
    report = report_new("test", "test");
    zero_copy_conclude(report, &grid, &options);
    std::string all;
    size_t i;
    json_t *line;
    json_array_foreach(json_object_get(report, "conclusions"), i, line)
    {
      all += json_string_value(line) + std::string("\n");
    }
    return all;
  }

  void expect_concluded(const std::string &words)
  {
    std::string all = concluded();
    EXPECT_NE(all.find(words), std::string::npos) << all;
  }

  zero_copy_options options = {};
  struct grid grid = {};
  json_t *report = nullptr;
  char error[1024] = "";
};

TEST_F(Points, FiguresFollowFromCounters)
{
  ASSERT_EQ(add(1518, sample(1518, 2, 10)), 0) << error;
  const spot *s = grid_find(&grid, PATH_RUN_TO_COMPLETION, SET_IN_CACHE, 1518, 2);
  ASSERT_NE(s, nullptr);
  EXPECT_NEAR(s->mpps.value[0], 10, 1e-9);
  EXPECT_NEAR(s->gbits.value[0], 10 * 1518 * 8e-3, 1e-9);
  EXPECT_NEAR(s->cycles.value[0], 260, 1e-9);
  EXPECT_NEAR(s->copied.value[0], 2 * 1518, 1e-9);
  EXPECT_NEAR(s->busy.value[0], 100, 1e-9);
  EXPECT_NEAR(s->p999.value[0], 3, 1e-9);
  EXPECT_EQ(json_array_size(s->raw), 1u);
}

TEST_F(Points, TooFewPacketsHaveNo999thPart)
{
  json_t *few = sample(64, 0, 10);
  json_object_set_new(json_object_get(few, "residence"), "packets", json_integer(999));
  ASSERT_EQ(add(64, few), 0);
  const spot *s = grid_find(&grid, PATH_RUN_TO_COMPLETION, SET_IN_CACHE, 64, 0);
  EXPECT_EQ(s->p99.count, 1u);
  EXPECT_EQ(s->p999.count, 0u);
}

TEST_F(Points, FiguresThatDisagreeAreRefused)
{
  const struct {
    const char *key;
    double by;
    unsigned size, copies;
  } wrong[] = {{"copied_packets", 1, 64, 1}, {"copied_bytes", 1, 64, 1},
               {"copied_bytes", -1, 64, 4},  {"copied_packets", 1, 64, 0},
               {"copied_bytes", 1, 64, 0},   {"dropped", 1, 64, 0},
               {"received", -1, 64, 2},      {"copied_bytes", 40000, TRAFFIC_IMIX, 4}};
  for (const auto &w : wrong) {
    json_t *one = sample(w.size, w.copies, 10);
    json_t *value = json_object_get(one, w.key);
    json_object_set_new(one, w.key, json_integer(json_number_value(value) + w.by));
    EXPECT_EQ(add(w.size, one), CHILD_ACCOUNTING) << w.key;
    EXPECT_STRNE(error, "");
  }
  for (const char *key : {"copied_bytes", "copied_packets", "received", "dropped"}) {
    json_t *one = sample(64, 1, 10);
    json_object_del(one, key);
    EXPECT_EQ(add(64, one), CHILD_ACCOUNTING) << key;
  }
}

TEST_F(Points, ImixMayBeginAndEndWithinAGroup)
{
  json_t *one = sample(TRAFFIC_IMIX, 1, 10);
  json_int_t bytes = json_integer_value(json_object_get(one, "copied_bytes"));
  json_object_set_new(one, "copied_bytes", json_integer(bytes + 2 * 1518));
  EXPECT_EQ(add(TRAFFIC_IMIX, one), 0) << error;
}

TEST_F(Points, WithoutPacketsThereIsNoSample)
{
  EXPECT_EQ(add(64, sample(64, 0, 0)), -EPROTO);
  EXPECT_EQ(add(65, sample(65, 0, 1)), -EPROTO) << "nobody asked for it";
  EXPECT_EQ(add(64, sample(64, 3, 1)), -EPROTO);
}

TEST_F(Points, ReferencesWinEverywhere)
{
  fill_all([](unsigned, unsigned copies) { return 100.0 / (1 + copies); });
  expect_concluded("Run to completion, in cache: by reference beats one copy at every size "
                   "measured, from 64 bytes on.");
  expect_concluded("1518 bytes, compared with by reference: 1 copy 50% of the rate, 2 times the "
                   "cycles; 2 copies 33.3% of the rate, 3 times the cycles; 4 copies 20% of the "
                   "rate, 5 times the cycles.");
  expect_concluded("IMIX, compared with by reference: 1 copy 50% of the rate");
  expect_concluded("9000 bytes go at 1.00 times the rate of 64 bytes");
  expect_concluded("the rate does not fall with the size");
}

TEST_F(Points, ReferencesWinFromASizeOn)
{
  fill_all([](unsigned size, unsigned copies) {
    return copies == 0 ? 100.0 : size == 64 ? 120.0 : size == 128 ? 100.5 : 50.0;
  });
  expect_concluded("by reference beats one copy from 256 bytes on; one copy is faster at 64 bytes; "
                   "at 128 bytes it cannot be told.");
}

TEST_F(Points, ReferencesWinButNotUpToTheLongest)
{
  fill_all([](unsigned size, unsigned copies) {
    return copies == 0 ? 100.0 : size == 9000 ? 100.5 : size == 1518 ? 120.0 : 50.0;
  });
  expect_concluded("no frame size from which by reference beats one copy; it does at 64, 128, 256, "
                   "512, 1024 bytes; one copy is faster at 1518 bytes; at 9000 bytes it cannot be "
                   "told.");
}

TEST_F(Points, ReferencesNeverWin)
{
  fill_all([](unsigned, unsigned copies) { return copies == 1 ? 150.0 : 100.0; });
  expect_concluded(
      "no frame size from which by reference beats one copy; one copy is faster at 64, "
      "128, 256, 512, 1024, 1518, 9000 bytes.");
  expect_concluded(
      "by reference: 1 copy 150% of the rate, 0.667 times the cycles; 2 copies no difference "
      "in rate that can be told");
}

TEST_F(Points, WideSpreadsConcludeNothing)
{
  for (unsigned s = 0; s < options.n_sizes; s++)
    for (unsigned c = 0; c < options.n_copies; c++)
      fill(options.size[s], options.copies[c], 100.0 - options.copies[c], 0.2);
  expect_concluded("no frame size from which by reference beats one copy; at 64, 128, 256, 512, "
                   "1024, 1518, 9000 bytes it cannot be told.");
  expect_concluded("by reference: 1 copy no difference in rate that can be told");
  expect_concluded(": whether the rate falls with the size cannot be told");
}

TEST_F(Points, WhatTheMachineDoesToAllAlikeCancelsOut)
{
  for (unsigned s = 0; s < options.n_sizes; s++)
    for (unsigned c = 0; c < options.n_copies; c++)
      fill(options.size[s], options.copies[c], 100.0 / (1 + options.copies[c]), 0.4, true);
  const spot *one = grid_find(&grid, PATH_RUN_TO_COMPLETION, SET_IN_CACHE, 64, 1);
  EXPECT_FALSE(samples_spread(&one->mpps).conclusive) << "no number for the point";
  expect_concluded("by reference beats one copy at every size measured");
  expect_concluded("1 copy 50% of the rate, 2 times the cycles;");
  expect_concluded("9000 bytes go at 1.00 times the rate of 64 bytes (1.00 to 1.00)");
}

TEST_F(Points, ADifferenceThatSpreadsWideIsARange)
{
  for (unsigned size : {1518u, unsigned{TRAFFIC_IMIX}}) {
    fill(size, 0, 100, 0.2);
    fill(size, 1, 20, 0.2);
  }
  expect_concluded("1 copy 13.3 to 30% of the rate");
}

TEST_F(Points, TwoSamplesAreTooFew)
{
  for (unsigned copies : {0u, 1u})
    for (int i = 0; i < 2; i++)
      ASSERT_EQ(add(1518, sample(1518, copies, 100.0 / (1 + copies))), 0);
  expect_concluded("1518 bytes, compared with by reference: 1 copy cannot be told");
}

TEST_F(Points, FourCopiesInReferencePasses)
{
  fill_all([](unsigned, unsigned copies) { return copies == 4 ? 100.0 / 6 : 100.0; });
  expect_concluded("four copies of 1518 bytes cost 5.0 times the cycles of one reference pass");
  expect_concluded(": at least four passes.");
}

TEST_F(Points, FewerThanFourReferencePasses)
{
  fill_all([](unsigned, unsigned copies) { return copies == 4 ? 100.0 / 3 : 100.0; });
  expect_concluded(": fewer than four passes.");
}

TEST_F(Points, AboutFourReferencePasses)
{
  fill_all([](unsigned, unsigned copies) { return copies == 4 ? 20.0 : 100.0; });
  expect_concluded(": whether at least four passes cannot be told.");
}

TEST_F(Points, ARateThatFallsWithTheSize)
{
  fill_all([](unsigned size, unsigned) { return size == 9000 ? 50.0 : 100.0; });
  expect_concluded("9000 bytes go at 0.50 times the rate of 64 bytes");
  expect_concluded("the rate falls with the size");
}

TEST_F(Points, ARateThatRisesWithTheSize)
{
  fill_all([](unsigned size, unsigned) { return size == 9000 ? 200.0 : 100.0; });
  expect_concluded("9000 bytes go at 2.00 times the rate of 64 bytes");
  expect_concluded("the rate does not fall with the size");
}

TEST_F(Points, WhatWasNotMeasuredIsNotConcluded)
{
  begin({"--sizes", "128", "--copies", "0,2", "--layouts", "run-to-completion", "--quick"});
  fill_all([](unsigned, unsigned) { return 100.0; });
  EXPECT_EQ(concluded(), "");
}

TEST_F(Points, TheReportIsWhole)
{
  fill_all([](unsigned, unsigned copies) { return 100.0 / (1 + copies); });
  report = report_new("test", "test");
  zero_copy_report(report, &grid, &options);
  EXPECT_TRUE(report_whole(report));
  EXPECT_EQ(json_array_size(json_object_get(report, "tables")), 1u);
  const json_t *table = json_array_get(json_object_get(report, "tables"), 0);
  const json_t *row = json_array_get(json_object_get(table, "rows"), 5); // 1 copy of 128 bytes
  EXPECT_EQ(json_integer_value(json_array_get(row, 5)), 128) << "counted, and so no spread";
  EXPECT_EQ(json_array_size(json_object_get(report, "charts")), 2u);
  EXPECT_EQ(json_array_size(json_object_get(report, "points")), 8u * 4);
}

} // namespace
