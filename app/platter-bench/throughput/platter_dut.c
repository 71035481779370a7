// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/platter_dut.h"

#include <errno.h>
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
#include "control/appliance.h"
#include "throughput/frames.h"

enum { MEMIF_BUFFER = 2048, OTHERS_MAX = CONFIG_PORTS_MAX };
static const double START_SECONDS = 60, STOP_SECONDS = 15, DRAIN_SECONDS = 1, TICK_SECONDS = 0.5;

struct job {
  const struct config *config;
  char device[CONFIG_PORTS_MAX][PLATTER_DUT_DEVICE_MAX];
  unsigned longest;
  unsigned n_cpus;
  const unsigned *cpus;
};

// A frame lies in one buffer: the driver spoils what needs several (layout/driver.c).
static void device(char *text, const char *role, const char *directory, const char *socket,
                   unsigned number, unsigned longest)
{
  unsigned buffer = longest > MEMIF_BUFFER ? FRAMES_SIZE_MAX + 64 : MEMIF_BUFFER;
  snprintf(text, PLATTER_DUT_DEVICE_MAX,
           "net_memif%u,role=%s,id=%u,socket-abstract=no,bsize=%u,socket=%s/%s", number, role,
           number, buffer, directory, socket);
}

static void narrow(const struct job *job)
{
  cpu_set_t set;
  CPU_ZERO(&set);
  for (unsigned i = 0; i < job->n_cpus; i++)
    CPU_SET(job->cpus[i], &set);
  sched_setaffinity(0, sizeof(set), &set);
}

static void forward(struct appliance *appliance, FILE *out)
{
  fputs("ready\n", out);
  fflush(out);
  while (!appliance_wait(appliance, wait_now() + TICK_SECONDS, wait_descriptor()))
    appliance_update(appliance);
  appliance_drain(appliance, DRAIN_SECONDS);
  const struct status *status = appliance_stop(appliance);
  if (status->running)
    fputs("a worker does not come back from a driver\n", out);
  else if (!status_closed(status))
    fputs("its accounting does not close\n", out);
  else
    fputs("closed\n", out);
  fflush(out);
  if (!status->running)
    appliance_free(appliance);
}

static _Noreturn void be_platter(const struct job *job, FILE *out, pid_t parent)
{
  const char *devices[CONFIG_PORTS_MAX];
  char prefix[48];
  struct notes notes = {0};
  struct config_errors errors = {0};
  struct appliance *appliance;

  prctl(PR_SET_PDEATHSIG, SIGTERM);
  setpgid(0, 0); // a terminal's interrupt is for the instrument, which ends this one in its turn
  if (getppid() != parent)
    _exit(1);
  for (unsigned i = 0; i < job->config->n_ports; i++)
    devices[i] = job->device[i];
  snprintf(prefix, sizeof(prefix), "platter-bench-dut-%d", (int)getpid());
  const struct appliance_options options = {
      .devices = devices, .longest_frame = job->longest, .prefix = prefix};
  narrow(job);
  if (appliance_start(&appliance, job->config, &options, &notes, &errors) == 0)
    forward(appliance, out);
  else
    fprintf(out, "%s\n", errors.kept > 0 ? errors.error[0].text : "no memory");
  fclose(out);
  _exit(0);
}

static int start(struct platter_dut *dut, const struct job *job, char *error, size_t size)
{
  int ends[2];
  pid_t parent = getpid();
  fflush(NULL);
  if (pipe(ends) != 0)
    return fail(error, size, -errno, "no pipe: %s", strerror(errno));
  dut->pid = fork();
  if (dut->pid == 0) {
    close(ends[0]);
    be_platter(job, fdopen(ends[1], "w"), parent);
  }
  int code = -errno;
  close(ends[1]);
  dut->says = fdopen(ends[0], "r");
  return dut->pid > 0 ? 0 : fail(error, size, code, "no process: %s", strerror(-code));
}

// One line. False: it has ended, or says nothing for so long.
static bool hear(const struct platter_dut *dut, double seconds, char *line, size_t size)
{
  struct pollfd fd = {.fd = fileno(dut->says), .events = POLLIN};
  if (poll(&fd, 1, (int)(seconds * 1000)) <= 0 || fgets(line, size, dut->says) == NULL)
    return false;
  line[strcspn(line, "\n")] = '\0';
  return true;
}

static int make_directory(struct platter_dut *dut, char *error, size_t size)
{
  char path[] = "/tmp/platter-bench-XXXXXX";
  if (mkdtemp(path) == NULL)
    return fail(error, size, -errno, "cannot make a directory for sockets in /tmp: %s",
                strerror(errno));
  strcpy(dut->directory, path);
  return 0;
}

int platter_dut_start(struct platter_dut *dut, const struct config *config, unsigned longest,
                      unsigned n_cpus, const unsigned *cpus, char *error, size_t size)
{
  struct job job = {.config = config, .longest = longest, .n_cpus = n_cpus, .cpus = cpus};
  char line[1024] = "it ended without a word";
  if (config->n_ports < 2)
    return fail(error, size, -EINVAL, "%s has one port; the device under test needs two",
                config->file);
  int status = make_directory(dut, error, size);
  if (status != 0)
    return status;
  device(job.device[0], "server", dut->directory, "in", 0, longest);
  device(job.device[1], "server", dut->directory, "out", 1, longest);
  device(dut->tx, "client", dut->directory, "in", 0, longest);
  device(dut->rx, "client", dut->directory, "out", 1, longest);
  for (unsigned i = 2; i < config->n_ports; i++)
    snprintf(job.device[i], sizeof(job.device[i]), "net_null%u,no-rx=1", i);
  status = start(dut, &job, error, size);
  if (status != 0)
    return status;
  if (hear(dut, START_SECONDS, line, sizeof(line)) && strcmp(line, "ready") == 0)
    return 0;
  return fail(error, size, -ECHILD, "the platter under test does not start: %s", line);
}

static void end_process(struct platter_dut *dut)
{
  double deadline = wait_now() + STOP_SECONDS;
  while (waitpid(dut->pid, NULL, WNOHANG) == 0) {
    if (wait_now() > deadline)
      kill(dut->pid, SIGKILL);
    poll(NULL, 0, 5);
  }
}

int platter_dut_stop(struct platter_dut *dut, char *error, size_t size)
{
  char line[1024] = "it had ended before";
  int status = 0;
  if (dut->pid > 0) {
    kill(dut->pid, SIGTERM);
    if (!hear(dut, STOP_SECONDS, line, sizeof(line)) || strcmp(line, "closed") != 0)
      status = fail(error, size, -ECHILD, "the platter under test: %s", line);
    end_process(dut);
  }
  if (dut->says != NULL)
    fclose(dut->says);
  const char *const sockets[] = {"in", "out"};
  for (unsigned i = 0; dut->directory[0] != '\0' && i < 2; i++) {
    char path[96];
    snprintf(path, sizeof(path), "%s/%s", dut->directory, sockets[i]);
    unlink(path);
  }
  if (dut->directory[0] != '\0')
    rmdir(dut->directory);
  *dut = (struct platter_dut){0};
  return status;
}
