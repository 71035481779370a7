// SPDX-License-Identifier: BSD-3-Clause
// What a measurement says of how far it is, on a terminal and elsewhere.
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report/progress.h"

namespace
{

// Standard error is `fd` while this lives.
class Stderr
{
public:
  explicit Stderr(int fd) : before_(dup(STDERR_FILENO))
  {
    fflush(stderr);
    dup2(fd, STDERR_FILENO);
  }
  ~Stderr()
  {
    fflush(stderr);
    dup2(before_, STDERR_FILENO);
    close(before_);
  }

private:
  int before_;
};

std::string available(int fd)
{
  char bytes[4096];
  fcntl(fd, F_SETFL, O_NONBLOCK);
  ssize_t n = read(fd, bytes, sizeof(bytes));
  return std::string(bytes, n > 0 ? n : 0);
}

// Half of it is done after so many seconds.
void measure(struct progress *progress, double ago)
{
  progress_start(progress, 2);
  progress->started -= ago;
  progress->shown -= ago;
  progress_step(progress, "a step with a name");
  progress_end(progress);
}

class Terminal : public testing::Test
{
protected:
  explicit Terminal(unsigned short columns = 80)
  {
    struct winsize window = {25, columns, 0, 0};
    if (openpty(&master, &slave, nullptr, nullptr, &window) != 0)
      master = slave = -1;
  }
  ~Terminal() override
  {
    close(master);
    close(slave);
  }
  std::string measured(double ago)
  {
    struct progress progress;
    {
      Stderr redirected(slave);
      measure(&progress, ago);
    }
    return available(master);
  }
  int master = -1, slave = -1;
};

TEST_F(Terminal, RewritesOneLineAndTakesItBack)
{
  EXPECT_EQ(measured(90), "\r 50%, 1 min 30 s left: a step with a name\033[K\r\033[K");
}

TEST_F(Terminal, SaysLongTimesInHours)
{
  EXPECT_EQ(measured(3 * 3600), "\r 50%, 3 h 00 min left: a step with a name\033[K\r\033[K");
}

class NarrowTerminal : public Terminal
{
protected:
  NarrowTerminal() : Terminal(20) {}
};

TEST_F(NarrowTerminal, NeverWraps)
{
  EXPECT_EQ(measured(90), "\r 50%, 1 min 30 s le\033[K\r\033[K");
}

TEST(Pipe, GetsALineEveryTenSeconds)
{
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  struct progress progress;
  {
    Stderr redirected(ends[1]);
    measure(&progress, 5); // too early
    measure(&progress, 10);
  }
  EXPECT_EQ(available(ends[0]), " 50%, 10 s left: a step with a name\n");
  close(ends[0]);
  close(ends[1]);
}

TEST(Progress, MoreStepsThanAnnounced)
{
  struct progress progress;
  int null = open("/dev/null", O_WRONLY);
  Stderr redirected(null);
  progress_start(&progress, 1);
  progress_step(&progress, "one");
  progress_step(&progress, "two");
  progress_end(&progress);
  EXPECT_EQ(progress.done, progress.total);
  close(null);
}

} // namespace
