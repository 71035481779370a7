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

// All that was written. Nobody may have the other end any more: a terminal passes on what it gets
// when it finds the time.
std::string all_of(int fd)
{
  std::string all;
  char bytes[4096];
  for (ssize_t n; (n = read(fd, bytes, sizeof(bytes))) > 0;)
    all.append(bytes, n);
  return all;
}

// Half of it is done after so many seconds, or half a second later: a test may be held up.
void measure(struct progress *progress, double ago)
{
  progress_start(progress, 2);
  progress_step(progress, "the first");
  progress->started -= ago - 0.45;
  progress->shown -= ago;
  progress_step(progress, "a step with a name");
  progress_end(progress);
}

const char first_shown[] = "\r  0%: the first\033[K";

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
    if (slave >= 0)
      close(slave);
  }
  std::string measured(double ago)
  {
    struct progress progress;
    {
      Stderr redirected(slave);
      measure(&progress, ago);
    }
    close(slave);
    slave = -1;
    return all_of(master);
  }
  int master = -1, slave = -1;
};

TEST_F(Terminal, RewritesOneLineAndTakesItBack)
{
  EXPECT_EQ(measured(90),
            std::string(first_shown) + "\r 50%, 1 min 30 s left: a step with a name\033[K\r\033[K");
}

TEST_F(Terminal, SaysLongTimesInHours)
{
  EXPECT_EQ(measured(3 * 3600 + 30), std::string(first_shown) + "\r 50%, 3 h 00 min left: a step "
                                                                "with a name\033[K\r\033[K");
}

class NarrowTerminal : public Terminal
{
protected:
  NarrowTerminal() : Terminal(20) {}
};

TEST_F(NarrowTerminal, NeverWraps)
{
  EXPECT_EQ(measured(90), std::string(first_shown) + "\r 50%, 1 min 30 s le\033[K\r\033[K");
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
  close(ends[1]);
  EXPECT_EQ(all_of(ends[0]), " 50%, 10 s left: a step with a name\n");
  close(ends[0]);
}

TEST(Progress, MoreStepsThanAnnounced)
{
  struct progress progress;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  {
    Stderr redirected(ends[1]);
    progress_start(&progress, 1);
    for (const char *step : {"one", "two", "three"}) {
      progress.shown -= 10;
      progress_step(&progress, step);
    }
    progress_end(&progress);
  }
  close(ends[1]);
  EXPECT_EQ(all_of(ends[0]), "  0%: one\n100%: two\n100%: three\n");
  close(ends[0]);
}

} // namespace
