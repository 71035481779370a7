// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/dut/dut.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/notes.h"
#include "cli/wait.h"

enum {
  MEMIF_BUFFER = 2048,
  MEMIF_BUFFER_LONG = 9280,
  COMMAND_MAX = 4096,
  LINES_MAX = 20,
  STEP_MS = 5
};
static const double START_SECONDS = 30, STOP_SECONDS = 15;

// A frame lies in one buffer: the driver spoils what needs several (ports/driver.c).
void dut_device(char text[DUT_DEVICE_MAX], const struct dut *dut, const char *role,
                const char *socket, unsigned number, unsigned longest)
{
  unsigned buffer = longest > MEMIF_BUFFER ? MEMIF_BUFFER_LONG : MEMIF_BUFFER;
  snprintf(text, DUT_DEVICE_MAX,
           "net_memif%u,role=%s,id=0,socket-abstract=no,bsize=%u,socket=%s/%s", number, role,
           buffer, dut->directory, socket);
}

int dut_prepare(struct dut *dut, unsigned number, unsigned longest, char *error, size_t size)
{
  char path[] = "/tmp/platter-bench-XXXXXX";
  dut->input = -1;
  if (mkdtemp(path) == NULL)
    return fail(error, size, -errno, "cannot make a directory for sockets in /tmp: %s",
                strerror(errno));
  strcpy(dut->directory, path);
  dut_device(dut->tx, dut, "client", "in", 2 * number, longest);
  dut_device(dut->rx, dut, "client", "out", 2 * number + 1, longest);
  return 0;
}

void dut_begin(pid_t parent, unsigned n_cpus, const unsigned *cpus)
{
  cpu_set_t set;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  setpgid(0, 0);
  if (getppid() != parent)
    _exit(1);
  CPU_ZERO(&set);
  for (unsigned i = 0; i < n_cpus; i++)
    CPU_SET(cpus[i], &set);
  sched_setaffinity(0, sizeof(set), &set);
}

void dut_name(struct dut *dut, const char *command)
{
  size_t length = strcspn(command, " ");
  const char *name = command;
  for (size_t i = 0; i < length; i++)
    if (command[i] == '/')
      name = &command[i + 1];
  snprintf(dut->name, sizeof(dut->name), "%.*s", (int)(length - (name - command)), name);
}

static void put_path(FILE *out, const struct dut *dut, const char *name)
{
  fprintf(out, "%s/%s", dut->directory, name);
}

static void put_cores(FILE *out, unsigned n_cpus, const unsigned *cpus)
{
  for (unsigned i = 0; i < n_cpus; i++)
    fprintf(out, "%s%u", i > 0 ? "," : "", cpus[i]);
}

// The command with what stands for something in it replaced. False: it is too long.
static bool fill(char *text, size_t size, const struct dut *dut, const char *command,
                 unsigned n_cpus, const unsigned *cpus)
{
  FILE *out = fmemopen(text, size, "w");
  if (out == NULL)
    return false;
  fputs("exec ", out);
  while (*command != '\0') {
    if (strncmp(command, "{in}", 4) == 0) {
      put_path(out, dut, "in");
      command += 4;
    } else if (strncmp(command, "{out}", 5) == 0) {
      put_path(out, dut, "out");
      command += 5;
    } else if (strncmp(command, "{cores}", 7) == 0) {
      put_cores(out, n_cpus, cpus);
      command += 7;
    } else {
      fputc(*command++, out);
    }
  }
  fputc('\0', out);
  bool whole = !ferror(out) && fflush(out) == 0 && ftell(out) < (long)size;
  fclose(out);
  return whole;
}

// Its output is kept in a file; its input says nothing, and does not end.
static _Noreturn void be_command(const struct dut *dut, const char *text, int input)
{
  char log[96];
  sigset_t none;
  snprintf(log, sizeof(log), "%s/log", dut->directory);
  int out = open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (out < 0 || dup2(input, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
      dup2(out, STDERR_FILENO) < 0)
    _exit(1);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL); // wait_init keeps some for itself
  signal(SIGPIPE, SIG_DFL);
  execl("/bin/sh", "sh", "-c", text, NULL);
  _exit(127);
}

// The beginning of what the command printed, for whoever has to find out why it does not start.
static void show_log(const struct dut *dut)
{
  char path[96], line[256];
  snprintf(path, sizeof(path), "%s/log", dut->directory);
  FILE *in = fopen(path, "re");
  for (unsigned i = 0; i < LINES_MAX && in != NULL && fgets(line, sizeof(line), in) != NULL; i++)
    fprintf(stderr, "%s: %.*s\n", dut->name, (int)strcspn(line, "\n"), line);
  if (in != NULL)
    fclose(in);
}

static bool has_socket(const struct dut *dut, const char *name)
{
  char path[96];
  struct stat file;
  snprintf(path, sizeof(path), "%s/%s", dut->directory, name);
  return stat(path, &file) == 0 && S_ISSOCK(file.st_mode);
}

static int wait_for_sockets(struct dut *dut, char *error, size_t size)
{
  double deadline = wait_now() + START_SECONDS;
  while (!has_socket(dut, "in") || !has_socket(dut, "out")) {
    bool ended = waitpid(dut->pid, NULL, WNOHANG) != 0;
    if (ended || wait_now() > deadline) {
      show_log(dut);
      dut->pid = ended ? 0 : dut->pid;
      return fail(error, size, -ECHILD,
                  "%s %s the memif sockets {in} and {out}; what it said stands above", dut->name,
                  ended ? "ended before it had made" : "has not made");
    }
    if (wait_until(wait_now() + STEP_MS * 1e-3))
      return fail(error, size, -EINTR, "interrupted");
  }
  return 0;
}

int dut_command(struct dut *dut, const char *command, unsigned n_cpus, const unsigned *cpus,
                char *error, size_t size)
{
  char text[COMMAND_MAX];
  int ends[2];
  pid_t parent = getpid();
  if (!fill(text, sizeof(text), dut, command, n_cpus, cpus))
    return fail(error, size, -E2BIG, "the command of %s is too long", dut->name);
  if (pipe2(ends, O_CLOEXEC) != 0)
    return fail(error, size, -errno, "no pipe: %s", strerror(errno));
  fflush(NULL);
  dut->pid = fork();
  if (dut->pid == 0) {
    dut_begin(parent, n_cpus, cpus);
    be_command(dut, text, ends[0]);
  }
  int code = -errno;
  close(ends[0]);
  dut->input = ends[1];
  if (dut->pid < 0)
    return fail(error, size, code, "no process: %s", strerror(-code));
  setpgid(dut->pid, dut->pid); // in whichever process it comes first
  return wait_for_sockets(dut, error, size);
}

void dut_pause(const struct dut *dut)
{
  if (dut->pid > 0)
    kill(-dut->pid, SIGSTOP);
}

void dut_resume(const struct dut *dut)
{
  if (dut->pid > 0)
    kill(-dut->pid, SIGCONT);
}

static void end_process(const struct dut *dut)
{
  double deadline = wait_now() + STOP_SECONDS;
  while (waitpid(dut->pid, NULL, WNOHANG) == 0) {
    if (wait_now() > deadline)
      kill(-dut->pid, SIGKILL);
    poll(NULL, 0, STEP_MS);
  }
  kill(-dut->pid, SIGKILL); // what it left of its group
}

static int stop_process(struct dut *dut, char *error, size_t size)
{
  int status = 0, how = 0;
  dut_resume(dut);
  if (dut->ask_to_end != NULL)
    status = dut->ask_to_end(dut, error, size);
  else if (waitpid(dut->pid, &how, WNOHANG) != 0)
    return fail(error, size, -ECHILD, "%s ended before the measurement did", dut->name);
  else
    kill(-dut->pid, SIGTERM);
  end_process(dut);
  return status;
}

int dut_stop(struct dut *dut, char *error, size_t size)
{
  static const char *const files[] = {"in", "out", "log"};
  int status = dut->pid > 0 ? stop_process(dut, error, size) : 0;
  if (dut->says != NULL)
    fclose(dut->says);
  if (dut->directory[0] != '\0') {
    if (dut->input >= 0)
      close(dut->input);
    for (unsigned i = 0; i < sizeof(files) / sizeof(*files); i++) {
      char path[96];
      snprintf(path, sizeof(path), "%s/%s", dut->directory, files[i]);
      unlink(path);
    }
    rmdir(dut->directory);
  }
  *dut = (struct dut){0};
  return status;
}
