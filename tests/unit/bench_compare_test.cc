// SPDX-License-Identifier: BSD-3-Clause
// Two reports side by side: what differs is said, and what cannot be told is not.
#include "compare/compare.h"

#include <cerrno>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "report/report.h"
#include "scratch.h"

namespace
{

struct Report {
  explicit Report(const char *name = "throughput") : json(report_new(name, "made up")) {}
  ~Report()
  {
    json_decref(json);
  }
  Report &add(const char *of, const char *what, double value, double low, double high, size_t count)
  {
    const figure f = {of, what, "frames/s", value, low, high, count};
    report_figure(json, &f);
    return *this;
  }
  std::string list(const char *key) const
  {
    std::string all;
    size_t i;
    json_t *line;
    json_array_foreach(json_object_get(json, key), i, line)
    {
      all += std::string(json_string_value(line)) + "\n";
    }
    return all;
  }
  json_t *json;
};

verdict verdict_of(double low_a, double high_a, size_t n_a, double low_b, double high_b, size_t n_b)
{
  Report a, b;
  a.add("64 bytes", "NDR", low_a, low_a, high_a, n_a);
  b.add("64 bytes", "NDR", low_b, low_b, high_b, n_b);
  const json_t *first = json_array_get(json_object_get(a.json, "figures"), 0);
  const json_t *second = json_array_get(json_object_get(b.json, "figures"), 0);
  EXPECT_EQ(compare_figures(first, second), compare_figures(second, first));
  return compare_figures(first, second);
}

TEST(Compare, OnlySpreadsThatDoNotOverlapDiffer)
{
  EXPECT_EQ(verdict_of(10, 11, 3, 12, 13, 3), VERDICT_APART);
  EXPECT_EQ(verdict_of(10, 12, 3, 12, 13, 3), VERDICT_WITHIN);
  EXPECT_EQ(verdict_of(10, 10, 5, 10, 10, 5), VERDICT_WITHIN);
  EXPECT_EQ(verdict_of(10, 20, 3, 12, 13, 3), VERDICT_WITHIN);
  EXPECT_EQ(verdict_of(10, 11, 1, 12, 13, 3), VERDICT_NOT_SPREAD);
  EXPECT_EQ(verdict_of(10, 11, 2, 12, 13, 2), VERDICT_NOT_SPREAD);
  EXPECT_EQ(verdict_of(10, 12, 1, 12, 13, 1), VERDICT_WITHIN);
}

TEST(Compare, AtLeastIsNoFigure)
{
  EXPECT_EQ(verdict_of(10, INFINITY, 3, 12, 13, 3), VERDICT_LIMIT) << "may be 12.5, too";
  EXPECT_EQ(verdict_of(14, INFINITY, 3, 12, 13, 3), VERDICT_APART)
      << "more than 13, whatever it is";
  EXPECT_EQ(verdict_of(10, INFINITY, 3, 12, INFINITY, 3), VERDICT_LIMIT);
}

TEST(Compare, SaysWhatDiffers)
{
  Report a, b, report("compare");
  char error[200] = "";
  a.add("64 bytes", "NDR", 10e6, 9.9e6, 10.1e6, 3).add("64 bytes", "PDR", 11e6, 10e6, 12e6, 3);
  a.add("512 bytes", "NDR", 4e6, 4e6, 4e6, 3);
  b.add("64 bytes", "PDR", 11.5e6, 11e6, 12e6, 3).add("64 bytes", "NDR", 8e6, 7.9e6, 8.1e6, 3);
  b.add("1518 bytes", "NDR", 4e6, 4e6, 4e6, 3);
  report_setting(a.json, "flows", json_integer(256));
  report_setting(b.json, "flows", json_integer(1));
  ASSERT_EQ(compare_reports(report.json, a.json, b.json, error, sizeof(error)), 0) << error;
  EXPECT_EQ(
      report.list("conclusions"),
      "64 bytes, NDR: -20%, beyond the spread.\n"
      "Of 2 figures that both have, 1 differ by more than their spread, 1 do not, 0 are apart "
      "but not repeated, and 0 are lower limits that say nothing of it.\n"
      "2 figures are in one of them only.\n");
  EXPECT_EQ(report.list("warnings"), "The measurements differ in a setting: flows.\n");
  EXPECT_TRUE(report_whole(report.json));
}

TEST(Compare, WhatHasNothingInCommonIsRefused)
{
  Report a, b, other("kernel"), report("compare");
  char error[200] = "";
  a.add("64 bytes", "NDR", 1, 1, 1, 3);
  b.add("65 bytes", "NDR", 1, 1, 1, 3);
  EXPECT_EQ(compare_reports(report.json, a.json, b.json, error, sizeof(error)), -EINVAL);
  EXPECT_NE(std::string(error).find("no figure of the same thing"), std::string::npos) << error;
  EXPECT_EQ(compare_reports(report.json, a.json, other.json, error, sizeof(error)), -EINVAL);
  EXPECT_NE(std::string(error).find("of different commands"), std::string::npos) << error;
}

TEST(Figures, AreATableForPrograms)
{
  Report a;
  Scratch dir;
  char error[200] = "";
  a.add("64 bytes, \"x\"", "NDR", 1.5e6, 1.25e6, INFINITY, 1);
  std::string path = dir / "figures.csv";
  ASSERT_EQ(report_write_csv(a.json, path.c_str(), error, sizeof(error)), 0) << error;
  EXPECT_EQ(read_file(path), "of,what,unit,value,low,high,count\n"
                             "\"64 bytes, \"\"x\"\"\",\"NDR\",\"frames/s\",1500000,1250000,,1\n");
}

} // namespace
