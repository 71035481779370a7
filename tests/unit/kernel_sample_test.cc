// SPDX-License-Identifier: BSD-3-Clause
// Measuring a way: its output is compared every time, and one that is wrong is found.
#include <gtest/gtest.h>

#include <csignal>

#include "kernel/points.h"

namespace
{

const uint64_t LARGEST = 3 << 20;

class Sample : public testing::Test
{
protected:
  void SetUp() override
  {
    signal(SIGPIPE, SIG_IGN);
    stand.in = files_new(files_directory(), error, sizeof(error));
    stand.out = files_new(files_directory(), error, sizeof(error));
    stand.buffer = 65536;
    ASSERT_EQ(files_fill(stand.in, LARGEST, 1, error, sizeof(error)), 0) << error;
    ASSERT_EQ(receiver_start(&stand.receiver, stand.in, LARGEST, -1, error, sizeof(error)), 0)
        << error;
  }
  void TearDown() override
  {
    receiver_stop(&stand.receiver);
    close(stand.in);
    close(stand.out);
  }
  int take(const way *way, route route, uint64_t size, uint64_t transfers)
  {
    job job = {way, route, size, transfers};
    return sample_take(&stand, &job, &sample, error, sizeof(error));
  }
  void expect_error(const std::string &what) const
  {
    EXPECT_NE(std::string(error).find(what), std::string::npos) << error;
  }
  struct stand stand = {};
  struct sample sample = {};
  char error[512] = "";
};

TEST_F(Sample, EveryWayAndRouteIsCountedAndIdentical)
{
  for (const way *way : ways)
    for (route route : {ROUTE_FILE, ROUTE_SOCKET}) {
      char why[160];
      if (!way->route[route] || way_missing(way, why, sizeof(why)) != 0)
        continue;
      ASSERT_EQ(take(way, route, 100001, 7), 0) << error;
      EXPECT_EQ(sample.bytes, 700007u);
      EXPECT_GT(sample.seconds, 0);
      EXPECT_GE(sample.user, 0);
      EXPECT_GE(sample.system, 0);
      EXPECT_EQ(sample.asked, way->asks ? sample.bytes : 0);
      EXPECT_LE(sample.copied + sample.untold, sample.asked);
    }
}

// Ways that do it wrong, by what they make of the last byte.
int flip(transfer *t)
{
  std::string bytes(t->size, '\0');
  EXPECT_EQ(pread(t->in, bytes.data(), t->size, 0), ssize_t(t->size));
  static unsigned calls = 0;
  if (++calls % 3 == 0)
    bytes[t->size - 1] ^= 1;
  return transfer_write(t, bytes.data(), bytes.size());
}

int exceed(transfer *t)
{
  std::string bytes(t->size + 1, '\0');
  EXPECT_GE(pread(t->in, bytes.data(), t->size, 0), 0);
  return transfer_write(t, bytes.data(), bytes.size());
}

way wrong(int (*move)(transfer *))
{
  way w = {};
  w.name = "wrong";
  w.route[ROUTE_FILE] = w.route[ROUTE_SOCKET] = true;
  w.move = move;
  return w;
}

TEST_F(Sample, AByteThatDiffersIsFoundAndNamed)
{
  const way w = wrong(flip);
  for (route route : {ROUTE_FILE, ROUTE_SOCKET}) {
    EXPECT_EQ(take(&w, route, 5000, 3), SAMPLE_DIFFERS);
    expect_error("wrong to a ");
    expect_error("transfer 3 of 3 (5000 bytes each)");
    expect_error("at byte 4999");
  }
}

TEST_F(Sample, AnOutputThatIsTooLongIsFound)
{
  const way w = wrong(exceed);
  for (route route : {ROUTE_FILE, ROUTE_SOCKET}) {
    EXPECT_EQ(take(&w, route, 5000, 1), SAMPLE_DIFFERS);
    expect_error("5001 bytes came out, 5000 went in");
  }
}

TEST_F(Sample, AReceiverThatEndedIsNamed)
{
  kill(stand.receiver.pid, SIGKILL);
  EXPECT_LT(take(&way_read_write, ROUTE_SOCKET, LARGEST, 1), 0);
  expect_error("the receiver");
  EXPECT_EQ(take(&way_read_write, ROUTE_FILE, LARGEST, 1), 0) << error;
}

TEST(Differences, AreFoundWhereTheyAre)
{
  const uint8_t in[] = {1, 2, 3}, same[] = {1, 2, 3, 1, 2, 3}, other[] = {1, 2, 3, 1, 9, 3};
  EXPECT_FALSE(difference_find(in, same, 3, 2).found);
  EXPECT_FALSE(difference_find(in, other, 3, 1).found);
  difference d = difference_find(in, other, 3, 2);
  EXPECT_TRUE(d.found);
  EXPECT_EQ(d.transfer, 1u);
  EXPECT_EQ(d.at, 1u);
  EXPECT_EQ(d.is, 9);
  EXPECT_EQ(d.should, 2);
}

TEST(Files, ADirectoryThatIsNoneIsNamed)
{
  char error[256] = "";
  file_system system = {};
  EXPECT_EQ(files_system("/nowhere", &system, error, sizeof(error)), -ENOENT);
  EXPECT_STREQ(error, "/nowhere: No such file or directory");
  EXPECT_LT(files_new("/nowhere", error, sizeof(error)), 0);
  EXPECT_EQ(files_system("/proc", &system, error, sizeof(error)), 0);
}

} // namespace
