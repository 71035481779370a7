// SPDX-License-Identifier: BSD-3-Clause
#include "cli/wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>

static int signals = -1;

int wait_init(void)
{
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGXCPU); // the limit on processor time; past the hard one the kernel kills
  signal(SIGPIPE, SIG_IGN);
  // The terminal has closed; ignored where nohup said so, which blocking it would undo.
  struct sigaction hangup;
  if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
    sigaddset(&set, SIGHUP);
  if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
    signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals >= 0)
    return 0;
  int code = -errno;
  fprintf(stderr, "platter: cannot wait for signals: %s\n", strerror(-code));
  return code;
}

double wait_now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int wait_descriptor(void)
{
  return signals;
}

bool wait_until(double time)
{
  struct pollfd fd = {.fd = signals, .events = POLLIN};
  double left = time - wait_now();
  // One millisecond more than is left: poll rounds down, and would come back early.
  return poll(&fd, 1, left > 0 ? (int)(left * 1000) + 1 : 0) > 0;
}
