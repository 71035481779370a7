// SPDX-License-Identifier: BSD-3-Clause
// The command line of `platter-bench kernel`, and what it concludes from figures made up here.
#include <gtest/gtest.h>

#include <getopt.h>

#include "kernel/conclude.h"
#include "kernel/options.h"
#include "kernel/report.h"

namespace
{

TEST(Sizes, AreRead)
{
  auto parse = [](const std::string &text) { return size_parse(text.data(), text.size()); };
  EXPECT_EQ(parse("1"), 1u);
  EXPECT_EQ(parse("4K"), 4096u);
  EXPECT_EQ(parse("4KiB"), 4096u);
  EXPECT_EQ(parse("3mib"), 3u << 20);
  EXPECT_EQ(parse("16G"), 16ull << 30);
  for (const char *bad : {"", "0", "K", "17G", "-1", "4KB", "4 K", "4X", "1.5M", "0x10", "4Ki",
                          "99999999999G", "1234567890123", "17179869185G"})
    EXPECT_EQ(parse(bad), 0u) << bad;
}

TEST(Sizes, AreShown)
{
  EXPECT_STREQ(size_show(4096).text, "4 KiB");
  EXPECT_STREQ(size_show(1000).text, "1000");
  EXPECT_STREQ(size_show(1536 << 10).text, "1536 KiB");
  EXPECT_STREQ(size_show(2048ull << 30).text, "2048 GiB");
}

status_code parse(std::vector<std::string> words, kernel_options *options)
{
  const command command = {"kernel", "", "", nullptr};
  std::vector<char *> argv;
  words.insert(words.begin(), "kernel");
  for (std::string &word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  optind = 0; // from the start again
  return kernel_options_parse(&command, argv.size() - 1, argv.data(), options);
}

void expect_refused(const std::vector<std::string> &words, const std::string &what)
{
  kernel_options options;
  testing::internal::CaptureStderr();
  EXPECT_EQ(parse(words, &options), STATUS_USAGE);
  std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find(what), std::string::npos) << said;
}

TEST(Options, WhatIsNotAskedForIsAll)
{
  kernel_options options;
  ASSERT_EQ(parse({}, &options), STATUS_OK);
  EXPECT_EQ(options.size[0], 4096u);
  EXPECT_EQ(options.size[options.n_sizes - 1], 1u << 30);
  for (bool way : options.way)
    EXPECT_TRUE(way);
  EXPECT_TRUE(options.route[ROUTE_FILE] && options.route[ROUTE_SOCKET]);
  EXPECT_GE(options.repeat, 3u);
}

TEST(Options, ListsAreTakenAndSizesRise)
{
  kernel_options options;
  ASSERT_EQ(parse({"--sizes", "1M,4K", "--ways", "sendfile", "--routes", "socket"}, &options),
            STATUS_OK);
  EXPECT_EQ(options.n_sizes, 2u);
  EXPECT_EQ(options.size[0], 4096u);
  EXPECT_FALSE(options.way[0]);
  EXPECT_TRUE(options.way[1]);
  EXPECT_FALSE(options.route[ROUTE_FILE]);
}

TEST(Options, MistakesAreNamed)
{
  expect_refused({"--sizes", "4K,5X"}, "--sizes: expected");
  expect_refused({"--sizes", "4K,5X"}, "found '5X'");
  expect_refused({"--sizes", "4K,4096"}, "found '4096'");
  expect_refused({"--ways", "sendfle"}, "no way 'sendfle'; did you mean 'sendfile'?");
  expect_refused({"--ways", ""}, "no way ''");
  expect_refused({"--routes", "disk"}, "found 'disk'");
  expect_refused({"--repeat", "0"}, "--repeat: expected 1 to 64, found '0'");
  expect_refused({"--buffer", "5000"}, "--buffer: expected");
  expect_refused({"--ways", "MSG_ZEROCOPY", "--routes", "file"}, "takes this route");
  expect_refused({"more"}, "found 'more'");
  expect_refused({"--json"}, "a value is missing behind '--json'");
}

// Points whose samples cost what the test says, in CPU seconds per gigabyte.
class Words : public testing::Test
{
protected:
  void SetUp() override
  {
    ASSERT_EQ(parse({"--sizes", "4K,64K,1M"}, &points.options), STATUS_OK);
    points.point = static_cast<point *>(calloc(100, sizeof(point)));
  }
  void TearDown() override
  {
    json_decref(report);
    points_free(&points);
  }
  point *add(const way *way, route route, unsigned size, const std::vector<double> &cpu)
  {
    point *p = &points.point[points.n++];
    p->job = {way, route, points.options.size[size], 1};
    p->size = size;
    p->way = way_find(way->name, strlen(way->name));
    for (double seconds : cpu) {
      struct sample *s = &p->sample[p->count++];
      s->bytes = 1000000000;
      s->seconds = 1;
      s->system = seconds;
    }
    return p;
  }
  std::string conclusions()
  {
    kernel_conclude(report, &points);
    std::string all;
    size_t i;
    json_t *line;
    json_array_foreach(json_object_get(report, "conclusions"), i, line) all +=
        std::string(json_string_value(line)) + "\n";
    return all;
  }
  void expect(const std::string &all, const std::string &what)
  {
    EXPECT_NE(all.find(what), std::string::npos) << what << " is not in:\n" << all;
  }
  struct points points = {};
  json_t *report = report_new("kernel", "made up");
};

TEST_F(Words, WhatCostsLeastAndWhereItBegins)
{
  for (unsigned size = 0; size < 3; size++) {
    add(&way_read_write, ROUTE_FILE, size, {0.40, 0.40, 0.41});
    add(&way_sendfile, ROUTE_FILE, size, {0.20, 0.21, 0.20});
    double splice = size == 0 ? 0.6 : 0.3;
    add(&way_splice, ROUTE_FILE, size, {splice, splice, splice});
    add(&way_mmap_write, ROUTE_FILE, size, {0.8, 0.8, 0.8});
    add(&way_copy_range, ROUTE_FILE, size, {0.1, 0.4, 0.9});
  }
  std::string all = conclusions();
  expect(all,
         "File to file, 1 MiB: sendfile costs the least CPU of the sender, 0.2 s per gigabyte");
  expect(all, "read/write costs 0.4 s, 2 times as much.");
  expect(all, "spread too wide: copy_file_range.");
  expect(all, "sendfile at every size, splice from 64 KiB on, mmap/write not at the largest size, "
              "copy_file_range cannot be told.");
  EXPECT_EQ(all.find("socket"), std::string::npos) << all;
}

TEST_F(Words, WhatIsTooNearOrTooWideIsSaid)
{
  add(&way_read_write, ROUTE_SOCKET, 2, {0.30, 0.31, 0.32});
  add(&way_sendfile, ROUTE_SOCKET, 2, {0.29, 0.31, 0.32});
  add(&way_read_write, ROUTE_FILE, 2, {0.1, 0.3, 0.9});
  std::string all = conclusions();
  expect(all, "too near to it to tell them apart: sendfile.");
  expect(all, "File to file, 1 MiB: which way costs the least CPU cannot be told");
}

TEST_F(Words, WhetherItCopiedIsWhatTheKernelSaid)
{
  const struct {
    const struct way *way;
    uint64_t copied, untold;
    const char *words;
  } cases[] = {
      {&way_zerocopy, 4000, 0, "MSG_ZEROCOPY avoided no copy here: the kernel says that it copied"},
      {&way_mmap_zerocopy, 1000, 0, "of 4e-06 GB (25%) after all"},
      {&way_uring_zerocopy, 0, 4000, "io_uring/SEND_ZC: the kernel does not say"},
      {&way_copy_range, 0, 0, "copy_file_range: the file system confirms that it copied none"},
  };
  for (const auto &c : cases) {
    struct sample *s =
        &add(c.way, c.way == &way_copy_range ? ROUTE_FILE : ROUTE_SOCKET, 2, {0.3})->sample[0];
    s->asked = 4000;
    s->copied = c.copied;
    s->untold = c.untold;
  }
  std::string all = conclusions();
  for (const auto &c : cases)
    expect(all, c.words);
  expect(all, "Why the kernel copied: what is sent to a socket of the same machine is copied");
}

TEST_F(Words, WhyTheKernelCopiedIsSaidWhereItDid)
{
  for (const way *way : {&way_zerocopy, &way_copy_range}) {
    struct sample *s =
        &add(way, way == &way_zerocopy ? ROUTE_SOCKET : ROUTE_FILE, 2, {0.3})->sample[0];
    s->asked = 4000;
    s->copied = way == &way_zerocopy ? 0 : 4000; // by a file system it is another matter
  }
  EXPECT_EQ(conclusions().find("Why the kernel copied"), std::string::npos);
}

TEST_F(Words, AWayThatThisKernelLacksHasItsRow)
{
  strcpy(points.why[7], "io_uring_setup: switched off");
  for (unsigned size = 0; size < 3; size++)
    add(&way_read_write, ROUTE_FILE, size, {0.3, 0.3, 0.3});
  const file_system system = {"ext4", false, 1};
  kernel_report(report, &points, &system);
  EXPECT_TRUE(report_whole(report));
  char *text = json_dumps(report, 0);
  expect(text, "[\"every size\", \"io_uring\", \"this kernel has none\"");
  expect(text, "has none: io_uring_setup: switched off");
  expect(text, "io_uring was not measured, this kernel has none: io_uring_setup: switched off.");
  expect(text, "{\"way\": \"io_uring\", \"missing\": \"io_uring_setup: switched off\"}");
  free(text);
}

} // namespace
