// SPDX-License-Identifier: BSD-3-Clause
// A program that runs beside the test: started with arguments and environment, listened to,
// signalled, waited for with a time limit, and killed at the end of the test if it still runs.
#ifndef TESTS_SUPPORT_PROCESS_H
#define TESTS_SUPPORT_PROCESS_H

#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

struct Surroundings {
  std::vector<std::string> set = {};           // "NAME=VALUE"
  std::vector<std::string> unset = {};         // "NAME"
  bool nobody = false;                         // as the user nobody, without privileges
  std::function<void()> before_exec = nullptr; // in the child, still as root
};

struct Ended {
  int status = -1; // exit status; a signal's number and 128 where one ended it; -1: still ran
  std::string out; // standard output and error, all of them
  std::string err;
  double seconds = 0; // since the start
};

class Process
{
public:
  // arguments[0] is the program, looked up in PATH.
  explicit Process(const std::vector<std::string> &arguments, const Surroundings &around = {});
  ~Process(); // kills it, if it still runs
  Process(const Process &) = delete;
  Process &operator=(const Process &) = delete;

  pid_t pid() const
  {
    return pid_;
  }
  void signal(int number) const;
  bool running();

  // What it has written so far.
  std::string out() const;
  std::string err() const;

  // Waits until its standard output holds `text`. False after so many seconds, or at its end.
  bool prints(const std::string &text, double seconds = 20);

  // Waits for its end. Where the time is over, status is -1 and the process still runs.
  Ended wait(double seconds = 60);

private:
  bool reap();

  int out_, err_; // memory files
  double started_;
  pid_t pid_; // last: the child needs the others
  bool ended_ = false;
  int status_ = -1;
};

double monotonic();           // seconds
void rest(double seconds);    // sleeps
std::string platter_binary(); // of this build

// The binary with these arguments: its command line, and a run of it to its end.
std::vector<std::string> platter_line(const std::vector<std::string> &arguments);
Ended platter(const std::vector<std::string> &arguments, const Surroundings &around = {},
              double seconds = 60);

#endif
