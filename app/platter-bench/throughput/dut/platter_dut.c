// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/dut/platter_dut.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/notes.h"
#include "cli/wait.h"
#include "control/appliance.h"

static const double START_SECONDS = 60, STOP_SECONDS = 15, DRAIN_SECONDS = 1, TICK_SECONDS = 0.5;

struct job {
  const struct config *config;
  char device[CONFIG_PORTS_MAX][DUT_DEVICE_MAX];
  unsigned longest;
  unsigned n_cpus;
  const unsigned *cpus;
};

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

  dut_begin(parent, job->n_cpus, job->cpus);
  for (unsigned i = 0; i < job->config->n_ports; i++)
    devices[i] = job->device[i];
  snprintf(prefix, sizeof(prefix), "platter-bench-dut-%d", (int)getpid());
  const struct appliance_options options = {
      .devices = devices, .longest_frame = job->longest, .prefix = prefix};
  if (appliance_start(&appliance, job->config, &options, &notes, &errors) == 0)
    forward(appliance, out);
  else
    fprintf(out, "%s\n", errors.kept > 0 ? errors.error[0].text : "no memory");
  fclose(out);
  _exit(0);
}

static int start(struct dut *dut, const struct job *job, char *error, size_t size)
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
static bool hear(const struct dut *dut, double seconds, char *line, size_t size)
{
  struct pollfd fd = {.fd = fileno(dut->says), .events = POLLIN};
  if (poll(&fd, 1, (int)(seconds * 1000)) <= 0 || fgets(line, size, dut->says) == NULL)
    return false;
  line[strcspn(line, "\n")] = '\0';
  return true;
}

static int ask_to_end(struct dut *dut, char *error, size_t size)
{
  char line[1024] = "it had ended before";
  kill(dut->pid, SIGTERM);
  if (hear(dut, STOP_SECONDS, line, sizeof(line)) && strcmp(line, "closed") == 0)
    return 0;
  return fail(error, size, -ECHILD, "the platter under test: %s", line);
}

int platter_dut_start(struct dut *dut, const struct config *config, unsigned longest,
                      unsigned n_cpus, const unsigned *cpus, char *error, size_t size)
{
  struct job job = {.config = config, .longest = longest, .n_cpus = n_cpus, .cpus = cpus};
  char line[1024] = "it ended without a word";
  if (config->n_ports < 2)
    return fail(error, size, -EINVAL, "%s has one port; the device under test needs two",
                config->file);
  dut_device(job.device[0], dut, "server", "in", 0, longest);
  dut_device(job.device[1], dut, "server", "out", 1, longest);
  for (unsigned i = 2; i < config->n_ports; i++)
    snprintf(job.device[i], sizeof(job.device[i]), "net_null%u,no-rx=1", i);
  dut->ask_to_end = ask_to_end;
  int status = start(dut, &job, error, size);
  if (status != 0)
    return status;
  if (hear(dut, START_SECONDS, line, sizeof(line)) && strcmp(line, "ready") == 0)
    return 0;
  return fail(error, size, -ECHILD, "the platter under test does not start: %s", line);
}
