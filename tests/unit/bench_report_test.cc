// SPDX-License-Identifier: BSD-3-Clause
// Building a report, and writing it whole or not at all.
#include <cerrno>
#include <csignal>
#include <cstdio>

#include <gtest/gtest.h>
#include <rte_version.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench_made_up.h"
#include "json.h"
#include "scratch.h"

namespace
{

class Report : public testing::Test
{
protected:
  Report() : report(report_new("made-up", "A title")) {}
  ~Report() override
  {
    json_decref(report);
  }

  int write(const std::string &path)
  {
    return report_write_json(report, path.c_str(), error, sizeof(error));
  }
  Json json() const
  {
    return Json(json_incref(report));
  }

  json_t *report;
  char error[256] = "";
  Scratch scratch;
};

TEST_F(Report, SaysWhatItIs)
{
  EXPECT_TRUE(report_whole(report));
  EXPECT_EQ(json()["report"].text(), "made-up");
  EXPECT_EQ(json()["title"].text(), "A title");
  EXPECT_EQ(json()["platter"].text(), PLATTER_VERSION);
  char release[32];
  snprintf(release, sizeof(release), "DPDK %d.%02d.", RTE_VER_YEAR, RTE_VER_MONTH);
  EXPECT_EQ(json()["dpdk"].text().rfind(release, 0), 0u) << json()["dpdk"].text();
  EXPECT_EQ(json()["date"].text().size(), std::string("2026-01-01T00:00:00Z").size());
  EXPECT_TRUE(json()["configuration"].is_null());
  EXPECT_TRUE(json()["machine"].is_object());
  for (const char *list :
       {"about", "captures", "warnings", "conclusions", "tables", "charts", "points"})
    EXPECT_EQ(json()[list].dump(), "[]") << list;
}

TEST_F(Report, TheEndAddsWhatTheMachineDidMeanwhile)
{
  EXPECT_FALSE(json()["machine"]["seconds"]);
  report_warn(report, "The first.");
  report_end(report);
  EXPECT_TRUE(json()["machine"]["seconds"].is_number());
  EXPECT_FALSE(json()["machine"]["at_start"]);
  EXPECT_EQ(json()["warnings"].at(0).text(), "The first.");
}

TEST_F(Report, Sentences)
{
  report_paragraph(report, "%s", "About.");
  report_conclude(report, "%d wins.", 1);
  EXPECT_EQ(json()["about"].dump(), "[\"About.\"]");
  EXPECT_EQ(json()["conclusions"].dump(), "[\"1 wins.\"]");
}

TEST_F(Report, BytesThatAreNoTextDoNotLoseTheSentence)
{
  report_warn(report, "cannot read %s", "\xff\xfe.pcap");
  EXPECT_EQ(json()["warnings"].at(0).text(), "cannot read ??.pcap");
  EXPECT_TRUE(report_whole(report));
}

TEST_F(Report, SpreadsAreCells)
{
  struct spread wide = unsure(10), none = spread_of({});
  Json cell(report_spread(&wide)), nothing(report_spread(&none));
  EXPECT_EQ(cell["median"].real(), 10);
  EXPECT_EQ(cell["low"].real(), 7.5);
  EXPECT_EQ(cell["high"].real(), 12.5);
  EXPECT_EQ(cell["count"].number(), 3);
  EXPECT_FALSE(cell["conclusive"].is_true());
  EXPECT_TRUE(nothing.is_null());
}

TEST_F(Report, InconclusiveValuesLeaveAGap)
{
  json_t *chart = report_chart(report, "line", "t", "x", "y", false);
  report_label(chart, "a");
  report_label(chart, "b");
  json_t *series = report_series(chart, "s");
  struct spread known = spread_of({2, 2, 2}), wide = unsure(10);
  report_value(series, &known);
  EXPECT_FALSE(report_whole(report)) << "a label has no value yet";
  report_value(series, &wide);
  EXPECT_TRUE(report_whole(report));
  EXPECT_EQ(Json(json_incref(json_object_get(series, "value"))).dump(), "[2.0, null]");
  EXPECT_EQ(Json(json_incref(json_object_get(series, "low"))).dump(), "[2.0, null]");
}

TEST_F(Report, ARowThatLacksACellIsNotWhole)
{
  json_t *table = report_table(report, "t", nullptr);
  report_column(table, "a", "");
  report_column(table, "b", "s");
  json_t *row = report_row(table);
  json_array_append_new(row, report_text("1"));
  EXPECT_FALSE(report_whole(report));
  EXPECT_EQ(write(scratch / "r.json"), -ENOMEM);
  EXPECT_TRUE(list_directory(scratch.path()).empty());
  json_array_append_new(row, json_null());
  EXPECT_TRUE(report_whole(report));
}

TEST_F(Report, CapturesByTheirHash)
{
  std::string path = scratch.write("x", "abc");
  EXPECT_EQ(report_capture(report, "abc.pcap", path.c_str(), 7), 0);
  Json capture = json()["captures"].at(0);
  EXPECT_EQ(capture["name"].text(), "abc.pcap");
  EXPECT_EQ(capture["frames"].number(), 7);
  EXPECT_EQ(capture["bytes"].number(), 3);
  EXPECT_EQ(capture["sha256"].text(), // FIPS 180-2, appendix B.1
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(report_capture(report, "none", (scratch / "none").c_str(), 0), -ENOENT);
  EXPECT_EQ(json()["captures"].size(), 1u);
}

TEST_F(Report, IsWrittenAndReadBack)
{
  std::string path = scratch / "r.json";
  ASSERT_EQ(write(path), 0) << error;
  std::string text = read_file(path);
  EXPECT_EQ(Json::parse(text).dump(), json().dump());
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(list_directory(scratch.path()), std::set<std::string>{"r.json"});
}

TEST_F(Report, ALinkStaysOne)
{
  scratch.write("there.json", "old");
  ASSERT_EQ(symlink("there.json", (scratch / "link").c_str()), 0);
  ASSERT_EQ(write(scratch / "link"), 0) << error;
  struct stat link;
  EXPECT_EQ(lstat((scratch / "link").c_str(), &link), 0);
  EXPECT_TRUE(S_ISLNK(link.st_mode));
  EXPECT_TRUE(Json::parse(read_file(scratch / "there.json")).is_object());
}

TEST_F(Report, AFullDisk)
{
  EXPECT_EQ(write("/dev/full"), -ENOSPC);
  EXPECT_STREQ(error, "cannot write /dev/full: No space left on device");
  struct stat device;
  ASSERT_EQ(stat("/dev/full", &device), 0);
  EXPECT_TRUE(S_ISCHR(device.st_mode)) << "replaced by a file";
}

// What was there before is still there, and nothing else.
TEST_F(Report, ADiskThatFillsUpHalfWay)
{
  std::string path = scratch.write("r.json", "old");
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit before, small;
  getrlimit(RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 100;
  setrlimit(RLIMIT_FSIZE, &small);
  int status = write(path);
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(status, -EFBIG);
  EXPECT_EQ(error, "cannot write " + path + ": File too large");
  EXPECT_EQ(read_file(path), "old");
  EXPECT_EQ(list_directory(scratch.path()), std::set<std::string>{"r.json"});
}

TEST_F(Report, ADirectoryThatIsNotThere)
{
  EXPECT_EQ(write(scratch / "none/r.json"), -ENOENT);
  EXPECT_EQ(error, "cannot write " + (scratch / "none/r.json") + ": No such file or directory");
}

TEST_F(Report, PlacesThatNoFileMayBeIn)
{
  EXPECT_EQ(write(scratch.path()), -EISDIR);
  EXPECT_LT(write("/proc/r.json"), 0); // nobody may create files there, not even root
  EXPECT_LT(report_write_html(report, "/proc/r.html", error, sizeof(error)), 0);
}

// Asked before anything is measured: the same answer, and nothing is written.
TEST_F(Report, PlacesAreCheckedBefore)
{
  std::string there = scratch.write("there.json", "old"), fresh = scratch / "fresh.html";
  auto check = [this](const std::string &json, const std::string &html) {
    *error = '\0';
    return report_check_files(json.c_str(), html.c_str(), error, sizeof(error));
  };
  EXPECT_EQ(check(there, fresh), 0) << error;
  EXPECT_EQ(check("/dev/null", "/dev/null"), 0) << error;
  EXPECT_EQ(report_check_files(nullptr, nullptr, error, sizeof(error)), 0);
  EXPECT_EQ(check(scratch / "none/r.json", fresh), -ENOENT);
  EXPECT_EQ(error, "cannot write " + (scratch / "none/r.json") + ": No such file or directory");
  EXPECT_EQ(check(there, scratch / "there.json/r.html"), -ENOTDIR);
  EXPECT_EQ(check(there, scratch.path()), -EISDIR);
  EXPECT_EQ(read_file(there), "old");
  EXPECT_EQ(list_directory(scratch.path()), std::set<std::string>{"there.json"});
}

} // namespace
