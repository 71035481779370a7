// SPDX-License-Identifier: BSD-3-Clause
// Output goes to memory files: it can be read at any time, and a reader that is slow or gone never
// changes what the program does.
#include "process.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <grp.h>
#include <stdexcept>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{
enum { NOBODY = 65534 };

std::string contents(int fd)
{
  std::string text;
  char part[65536];
  ssize_t n;
  while ((n = pread(fd, part, sizeof(part), text.size())) > 0)
    text.append(part, n);
  return text;
}

// In the child, between fork and exec.
[[noreturn]] void become(const std::vector<std::string> &arguments, const Surroundings &around,
                         int out, int err)
{
  std::vector<char *> argv;
  int null = open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  for (const std::string &name : around.unset)
    unsetenv(name.c_str());
  for (const std::string &pair : around.set)
    putenv(strdup(pair.c_str()));
  signal(SIGHUP, SIG_DFL); // nohup ignores it, for its children too
  if (around.before_exec)
    around.before_exec();
  // By descriptor: the build may lie in a directory that nobody may enter.
  int program = around.nobody ? open(arguments[0].c_str(), O_RDONLY) : -1;
  if (around.nobody && (setgroups(0, nullptr) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
    _exit(126);
  for (const std::string &argument : arguments)
    argv.push_back(const_cast<char *>(argument.c_str()));
  argv.push_back(nullptr);
  if (program >= 0)
    fexecve(program, argv.data(), environ);
  else
    execvp(argv[0], argv.data());
  dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
  _exit(127);
}
} // namespace

Process::Process(const std::vector<std::string> &arguments, const Surroundings &around)
    : out_(memfd_create("out", MFD_CLOEXEC)), err_(memfd_create("err", MFD_CLOEXEC)),
      started_(monotonic()), pid_(fork())
{
  if (pid_ == 0)
    become(arguments, around, out_, err_);
  if (out_ < 0 || err_ < 0 || pid_ < 0)
    throw std::runtime_error("cannot start " + arguments[0]);
}

Process::~Process()
{
  if (!reap()) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(out_);
  close(err_);
}

void Process::signal(int number) const
{
  if (!ended_)
    kill(pid_, number);
}

bool Process::running()
{
  return !reap();
}

bool Process::reap()
{
  int status;
  if (!ended_ && waitpid(pid_, &status, WNOHANG) == pid_) {
    ended_ = true;
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return ended_;
}

std::string Process::out() const
{
  return contents(out_);
}

std::string Process::err() const
{
  return contents(err_);
}

bool Process::prints(const std::string &text, double seconds)
{
  double end = monotonic() + seconds;
  for (;;) {
    bool over = reap(); // asked before the output is read: what came last counts too
    if (out().find(text) != std::string::npos)
      return true;
    if (over || monotonic() > end)
      return false;
    rest(0.002);
  }
}

Ended Process::wait(double seconds)
{
  double end = monotonic() + seconds;
  while (!reap() && monotonic() < end)
    rest(0.001);
  return {status_, out(), err(), monotonic() - started_};
}

double monotonic()
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

void rest(double seconds)
{
  struct timespec t = {static_cast<time_t>(seconds), 0};
  t.tv_nsec = static_cast<long>((seconds - t.tv_sec) * 1e9);
  nanosleep(&t, nullptr);
}

std::string platter_binary()
{
  const char *path = getenv("PLATTER");
  if (path == nullptr)
    throw std::runtime_error("PLATTER is not set: run the tests by `meson test`");
  return path;
}

std::vector<std::string> platter_line(const std::vector<std::string> &arguments)
{
  std::vector<std::string> line = {platter_binary()};
  line.insert(line.end(), arguments.begin(), arguments.end());
  return line;
}

Ended platter(const std::vector<std::string> &arguments, const Surroundings &around, double seconds)
{
  return Process(platter_line(arguments), around).wait(seconds);
}
