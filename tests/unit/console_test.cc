// SPDX-License-Identifier: BSD-3-Clause
// Output that nobody reads, reads late, or reads slowly: the one who writes never waits for it, and
// nothing is missing that had room. Each writer is a child process.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "cli/console.h"
#include "cli/wait.h"

namespace
{
constexpr int LINES = 20000; // far more than the queue holds

class Console : public testing::Test
{
protected:
  void SetUp() override
  {
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  }
  void TearDown() override
  {
    close_end(0);
    close_end(1);
    if (child > 0) {
      kill(child, SIGKILL);
      waitpid(child, nullptr, 0);
    }
  }

  void close_end(int i)
  {
    if (ends[i] >= 0)
      close(ends[i]);
    ends[i] = -1;
  }

  // Until nothing more goes in. Returns how much it holds.
  size_t fill()
  {
    size_t held = 0;
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    for (ssize_t n; (n = write(ends[1], std::string(4096, '.').data(), 4096)) > 0;)
      held += n;
    fcntl(ends[1], F_SETFL, 0); // shared with the child
    return held;
  }

  // A child whose output and error are the pipe. `writes` returns its exit status.
  void start(const std::function<int()> &writes)
  {
    child = fork();
    if (child != 0)
      return;
    signal(SIGPIPE, SIG_IGN);
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    alarm(60);
    if (console_start() != 0)
      _exit(99);
    _exit(writes());
  }

  // Its wait status.
  int end()
  {
    int status = -1;
    waitpid(child, &status, 0);
    child = 0;
    return status;
  }

  std::string read_all()
  {
    std::string all;
    char bytes[4096];
    close_end(1);
    for (ssize_t n; (n = read(ends[0], bytes, sizeof(bytes))) > 0;)
      all.append(bytes, n);
    return all;
  }

  int ends[2] = {-1, -1};
  pid_t child = 0;
};

void print_lines(FILE *out, int from, int to)
{
  for (int i = from; i < to; i++)
    fprintf(out, "line %d of many, as long as a line of the status is, or thereabouts\n", i);
  fflush(out);
}

std::string lines(int from, int to)
{
  char *text = nullptr;
  size_t size;
  FILE *memory = open_memstream(&text, &size);
  print_lines(memory, from, to);
  fclose(memory);
  std::string all(text, size);
  free(text);
  return all;
}
} // namespace

TEST_F(Console, NobodyReads)
{
  fill();
  double begin = wait_now();
  start([] {
    double start = wait_now();
    print_lines(stdout, 0, LINES);
    print_lines(stderr, 0, LINES);
    if (wait_now() - start > 10)
      return 1;
    return console_finish() == -ETIMEDOUT ? 0 : 2;
  });
  EXPECT_EQ(end(), 0);
  EXPECT_LT(wait_now() - begin, 20);
}

// Stops and starts again. What had no room is counted where it is missing.
TEST_F(Console, SomebodyReadsLate)
{
  size_t held = fill();
  int go[2];
  ASSERT_EQ(pipe(go), 0);
  start([&] {
    print_lines(stdout, 0, LINES);
    if (write(go[1], "", 1) != 1)
      return 1;
    for (int i = 0; i < 200; i++) // until there is room again
      usleep(10000);
    print_lines(stdout, LINES, LINES + 1);
    return console_finish() == 0 ? 0 : 2;
  });
  char byte;
  ASSERT_EQ(read(go[0], &byte, 1), 1);
  std::string all = read_all().substr(held);
  EXPECT_EQ(end(), 0);
  const std::string start = "platter: warning: ";
  size_t note = all.find(start);
  ASSERT_NE(note, std::string::npos);
  int lost = atoi(all.c_str() + note + start.size());
  EXPECT_GT(lost, 0);
  EXPECT_TRUE(all == lines(0, LINES - lost) + start + std::to_string(lost) + " lines not shown\n" +
                         lines(LINES, LINES + 1))
      << all.substr(note - 200, 400);
  close(go[0]);
  close(go[1]);
}

// At the end nothing may be missing: a summary, JSON.
TEST_F(Console, TheEndIsWaitedForAndComesWhole)
{
  fill();
  start([] {
    console_patient();
    print_lines(stdout, 0, LINES);
    return console_finish() == 0 ? 0 : 2;
  });
  std::string all = read_all();
  EXPECT_EQ(end(), 0);
  EXPECT_TRUE(all.substr(all.find("line 0")) == lines(0, LINES));
}

TEST_F(Console, BothStreamsInTheirOrder)
{
  start([] {
    console_patient();
    for (int i = 0; i < 3000; i++)
      print_lines(i % 3 == 0 ? stderr : stdout, i, i + 1);
    return console_finish() == 0 ? 0 : 2;
  });
  std::string all = read_all();
  EXPECT_EQ(end(), 0);
  EXPECT_TRUE(all == lines(0, 3000));
}

TEST_F(Console, TheReaderHasGone)
{
  close_end(0);
  start([] {
    print_lines(stdout, 0, 10);
    return console_finish() == -EPIPE ? 0 : 2;
  });
  EXPECT_EQ(end(), 0);
}

// As where another program has made the file that both share so.
TEST_F(Console, ADescriptorThatDoesNotBlock)
{
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  start([] {
    console_patient();
    print_lines(stdout, 0, LINES);
    return console_finish() == 0 ? 0 : 2;
  });
  std::string all = read_all();
  EXPECT_EQ(end(), 0);
  EXPECT_TRUE(all == lines(0, LINES));
}

TEST_F(Console, TheLastWordsBeforeAbortAreSaid)
{
  for (int i = 0; i < 20; i++) {
    start([] {
      fprintf(stderr, "PANIC in somebody\n");
      abort();
      return 0;
    });
    char bytes[64] = "";
    EXPECT_EQ(read(ends[0], bytes, sizeof(bytes)), 18) << i;
    EXPECT_STREQ(bytes, "PANIC in somebody\n");
    int status = end();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) << status;
  }
}

TEST_F(Console, AfterTheEndTheStreamsAreTheUsualOnes)
{
  start([] {
    FILE *own = stdout;
    printf("before\n");
    if (console_finish() != 0 || stdout == own)
      return 2;
    printf("after\n");
    fflush(stdout);
    return 0;
  });
  EXPECT_EQ(read_all(), "before\nafter\n");
  EXPECT_EQ(end(), 0);
}
