// SPDX-License-Identifier: BSD-3-Clause
// Every way that moves bytes: what comes out is what went in, at any size, and what can go wrong
// is said in a sentence.
#include <gtest/gtest.h>

#include <csignal>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kernel/files.h"
#include "kernel/ways.h"
#include "kernel_denied.h"
#include "kernel_peer.h"

namespace
{

const uint64_t SIZES[] = {0, 1, 4095, 4096, 65537, (1 << 20) + 3};

class File
{
public:
  explicit File(uint64_t size)
  {
    char error[256] = "";
    fd = files_new(files_directory(), error, sizeof(error));
    EXPECT_GE(fd, 0) << error;
    EXPECT_EQ(files_fill(fd, size, 7, error, sizeof(error)), 0) << error;
  }
  ~File()
  {
    close(fd);
  }
  std::string bytes() const
  {
    std::string all(lseek(fd, 0, SEEK_END), '\0');
    EXPECT_EQ(pread(fd, all.data(), all.size(), 0), ssize_t(all.size()));
    return all;
  }
  int fd;
};

transfer transfer_of(const File &in, int out, route route, uint64_t size, size_t buffer = 16384)
{
  transfer t = {};
  t.in = in.fd;
  t.out = out;
  t.route = route;
  t.size = size;
  t.buffer = buffer;
  return t;
}

std::string repeat(const std::string &text, unsigned count)
{
  std::string all;
  while (count-- > 0)
    all += text;
  return all;
}

// Each test runs for each way that this kernel has. One that it lacks says why.
class Ways : public testing::TestWithParam<const way *>
{
protected:
  void SetUp() override
  {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    char why[160] = "";
    there = way_missing(way_, why, sizeof(why)) == 0;
    EXPECT_TRUE(there || *why != '\0');
  }
  bool takes(route route) const
  {
    return there && way_->route[route];
  }
  const way *way_ = GetParam();
  bool there = false;
};

TEST_P(Ways, AFileIsTheSame)
{
  for (uint64_t size : SIZES) {
    if (!takes(ROUTE_FILE))
      break;
    File in(size), out(0);
    transfer t = transfer_of(in, out.fd, ROUTE_FILE, size);
    EXPECT_EQ(transfer_run(way_, &t), 0) << size << ": " << t.error;
    EXPECT_EQ(t.done, size);
    EXPECT_TRUE(out.bytes() == in.bytes()) << size;
  }
}

// What a sample does: the way is started once, and the output grows.
TEST_P(Ways, FilesBehindEachOther)
{
  if (!takes(ROUTE_FILE))
    return;
  const uint64_t size = 70001;
  File in(size), out(0);
  transfer t = transfer_of(in, out.fd, ROUTE_FILE, size);
  ASSERT_EQ(way_->start != nullptr ? way_->start(&t) : 0, 0) << t.error;
  for (unsigned i = 0; i < 3; i++, t.at += size) {
    t.done = 0;
    EXPECT_EQ(way_->move(&t), 0) << t.error;
  }
  if (way_->finish != nullptr)
    way_->finish(&t);
  EXPECT_TRUE(out.bytes() == repeat(in.bytes(), 3));
}

TEST_P(Ways, AStreamIsTheSame)
{
  for (uint64_t size : SIZES) {
    if (!takes(ROUTE_SOCKET))
      break;
    File in(size);
    Connection connection;
    Taker taker(connection, SIZE_MAX, false);
    transfer t = transfer_of(in, connection.sender, ROUTE_SOCKET, size, 4096);
    EXPECT_EQ(transfer_run(way_, &t), 0) << size << ": " << t.error;
    shutdown(connection.sender, SHUT_WR);
    EXPECT_TRUE(taker.bytes() == in.bytes()) << size;
    EXPECT_LE(t.copied, t.asked);
    EXPECT_EQ(t.asked, way_->asks ? size : 0);
  }
}

TEST_P(Ways, AReceiverThatGoesAwayIsNamed)
{
  if (!takes(ROUTE_SOCKET))
    return;
  const uint64_t size = 32 << 20; // more than the socket's buffers hold
  File in(size);
  Connection connection;
  Taker taker(connection, 100000, true);
  transfer t = transfer_of(in, connection.sender, ROUTE_SOCKET, size, 65536);
  EXPECT_LT(transfer_run(way_, &t), 0);
  EXPECT_NE(std::string(t.error).find("the receiver closed the connection"), std::string::npos)
      << t.error;
  EXPECT_EQ(taker.bytes().size(), 100000u);
}

TEST_P(Ways, AReceiverThatTakesNothingIsGivenUp)
{
  if (!takes(ROUTE_SOCKET))
    return;
  const uint64_t size = 32 << 20;
  File in(size);
  Connection connection;
  transfer t = transfer_of(in, connection.sender, ROUTE_SOCKET, size, 65536);
  t.patience = 0.2;
  EXPECT_EQ(transfer_run(way_, &t), -ETIMEDOUT);
  EXPECT_NE(std::string(t.error).find("no byte moved for a long time"), std::string::npos)
      << t.error;
  EXPECT_LT(t.done, size);
}

TEST_P(Ways, AFullDestinationIsNamed)
{
  if (!takes(ROUTE_FILE))
    return;
  File in(1 << 20), out(0);
  rlimit before, small;
  getrlimit(RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 300001; // within a buffer
  transfer t = transfer_of(in, out.fd, ROUTE_FILE, 1 << 20);
  setrlimit(RLIMIT_FSIZE, &small);
  int status = transfer_run(way_, &t);
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(status, -EFBIG) << t.error;
  EXPECT_NE(std::string(t.error).find("the destination is full"), std::string::npos) << t.error;
  EXPECT_EQ(out.bytes().size(), 300001u);
}

TEST_P(Ways, AnInputThatEndsEarlyIsNamed)
{
  if (!takes(ROUTE_FILE) || way_ == &way_mmap_write) // for a mapping it ends the process
    return;
  File in(50000), out(0);
  transfer t = transfer_of(in, out.fd, ROUTE_FILE, 50001);
  EXPECT_EQ(transfer_run(way_, &t), -ENODATA);
  EXPECT_NE(std::string(t.error).find("the input ended early"), std::string::npos) << t.error;
  EXPECT_LE(t.done, 50000u);
}

std::string test_name(const testing::TestParamInfo<const way *> &info)
{
  std::string name = info.param->name;
  for (char &c : name)
    if (c == '/')
      c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Ways, testing::ValuesIn(ways), test_name);

TEST(WayNames, AreFoundAndEachSaysWhatItAvoids)
{
  EXPECT_EQ(ways[0], &way_read_write);
  for (int i = 0; i < WAYS; i++) {
    EXPECT_EQ(way_find(ways[i]->name, strlen(ways[i]->name)), i);
    EXPECT_GT(strlen(ways[i]->avoids), 10u);
  }
  EXPECT_EQ(ways[way_find("msg_zerocopy,x", 12)], &way_zerocopy);
  EXPECT_EQ(way_find("read", 4), -1);
  EXPECT_EQ(way_find("", 0), -1);
}

// In a child, since a call cannot be allowed again. Returns its exit status.
int without(std::initializer_list<unsigned> calls, unsigned error, bool (*check)())
{
  pid_t child = fork();
  if (child == 0)
    _exit(deny(calls, error) && check() ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

bool says(const way *way, const char *what)
{
  char why[160] = "";
  return way_missing(way, why, sizeof(why)) < 0 && strstr(why, what) != nullptr;
}

TEST(MissingWays, AreNoticedAndTheReasonIsNamed)
{
  EXPECT_EQ(without({SYS_io_uring_setup}, EPERM,
                    [] {
                      return says(&way_uring, "kernel.io_uring_disabled") &&
                             says(&way_uring_zerocopy, "io_uring_setup");
                    }),
            0);
  EXPECT_EQ(
      without({SYS_io_uring_setup}, ENOSYS, [] { return says(&way_uring, strerror(ENOSYS)); }), 0);
  EXPECT_EQ(without({SYS_copy_file_range}, ENOSYS,
                    [] { return says(&way_copy_range, "copy_file_range"); }),
            0);
  EXPECT_EQ(without({SYS_setsockopt}, ENOPROTOOPT,
                    [] {
                      return says(&way_zerocopy, "SO_ZEROCOPY") &&
                             says(&way_mmap_zerocopy, "SO_ZEROCOPY");
                    }),
            0);
}

} // namespace
