// SPDX-License-Identifier: BSD-3-Clause
#include "control/eal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_log.h>

#include "control/cpu.h"
#include "control/hugepages.h"

enum { CPUS_SHOWN = 1024 };

// EAL is one per process, and so is what belongs to it.
static struct {
  int lock; // on the runtime directory: one platter per prefix
  bool huge;
  char directory[512];
  FILE *log;
  char *log_text;
  size_t log_size;
} eal = {.lock = -1};

struct arguments {
  int n;
  char *text[256];
};

static void argument(struct arguments *args, const char *format, ...)
{
  char *text = NULL;
  va_list list;
  va_start(list, format);
  if (args->n < 255 && vasprintf(&text, format, list) >= 0)
    args->text[args->n++] = text;
  va_end(list);
}

// The directory that DPDK will use (lib/eal/unix/eal_filesystem.c, eal_create_runtime_dir), made
// and locked beforehand: without shared configuration files DPDK itself has no lock.
static int lock_directory(const char *prefix, char *error, size_t size)
{
  const char *base = getenv("RUNTIME_DIRECTORY"), *user = getenv("XDG_RUNTIME_DIR");
  char parent[256];
  if (base == NULL)
    base = getuid() == 0 ? "/var/run" : user != NULL ? user : "/tmp";
  snprintf(parent, sizeof(parent), "%s/dpdk", base);
  snprintf(eal.directory, sizeof(eal.directory), "%s/%s", parent, prefix);
  mkdir(parent, 0700);
  if (mkdir(eal.directory, 0700) != 0 && errno != EEXIST)
    return fail(error, size, -errno,
                "cannot make the runtime directory %s (%s); set XDG_RUNTIME_DIR to a directory "
                "that you can write to",
                eal.directory, strerror(errno));
  eal.lock = open(eal.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (eal.lock < 0)
    return fail(error, size, -errno, "cannot open the runtime directory %s (%s)", eal.directory,
                strerror(errno));
  if (flock(eal.lock, LOCK_EX | LOCK_NB) == 0)
    return 0;
  close(eal.lock);
  eal.lock = -1;
  return fail(error, size, -EBUSY,
              "another platter runs with the prefix '%s'; stop it, or give this one another "
              "telemetry.prefix",
              prefix);
}

static void unlock_directory(void)
{
  if (eal.lock < 0)
    return;
  const char *sockets[] = {"dpdk_telemetry.v2", "dpdk_telemetry.v1"};
  for (unsigned i = 0; i < 2; i++)
    unlinkat(eal.lock, sockets[i], 0);
  rmdir(eal.directory);
  close(eal.lock);
  eal.lock = -1;
}

static int choose_memory(const struct eal_request *request, struct notes *warnings, char *error,
                         size_t size)
{
  char why[256];
  eal.huge = request->hugepages != CONFIG_HUGEPAGES_OFF &&
             hugepages_suffice(request->huge_bytes, why, sizeof(why));
  if (eal.huge)
    return 0;
  if (request->hugepages == CONFIG_HUGEPAGES_ON)
    return fail(error, size, -ENOMEM, "memory.hugepages is on, but %s", why);
  if (request->hugepages == CONFIG_HUGEPAGES_AUTO)
    notes_add(warnings, "running without hugepages, at about a quarter of the speed: %s", why);
  if (!ordinary_pages_suffice(request->ordinary_bytes, why, sizeof(why)))
    return fail(error, size, -ENOMEM, "memory: %s", why);
  return 0;
}

// Workers each on their CPU; control on those that no worker has, or anywhere if there are none.
static void lcores(struct arguments *args, const struct eal_request *request)
{
  char text[4096], rest[1024];
  unsigned at = 0, usable[CPUS_SHOWN], n_rest = 0;
  unsigned n = cpu_usable(usable, CPUS_SHOWN);
  unsigned free_cpus[CPUS_SHOWN];

  for (unsigned i = 0; i < n; i++) {
    bool taken = false;
    for (unsigned w = 0; w < request->n_cpus; w++)
      taken |= request->cpus[w] == usable[i];
    if (!taken)
      free_cpus[n_rest++] = usable[i];
  }
  cpu_list(n_rest > 0 ? free_cpus : usable, n_rest > 0 ? n_rest : n, rest, sizeof(rest));
  for (unsigned i = 0; i < request->n_cpus; i++)
    at += snprintf(text + at, sizeof(text) - at, "%u@%u,", i, request->cpus[i]);
  argument(args, "--lcores=%s%u@(%s)", text, request->n_cpus, rest);
  argument(args, "--main-lcore=%u", request->n_cpus);
}

static void build_arguments(struct arguments *args, const struct eal_request *request)
{
  argument(args, "platter");
  lcores(args, request);
  argument(args, "--file-prefix=%s", request->prefix);
  if (eal.huge) {
    argument(args, "--in-memory");
  } else {
    argument(args, "--no-huge");
    argument(args, "--no-shconf");
    argument(args, "-m");
    argument(args, "%zu", request->ordinary_bytes / (1024 * 1024) + 1);
  }
  if (request->n_pci == 0)
    argument(args, "--no-pci");
  for (unsigned i = 0; i < request->n_pci; i++) {
    argument(args, "-a");
    argument(args, "%s", request->pci[i]);
  }
  for (int i = 0; i < request->n_extra; i++)
    argument(args, "%s", request->extra[i]);
}

// EAL's own lines say that a driver failed, the driver's say why.
static bool tells_why(const char *line)
{
  static const char *const others[] = {"EAL: ", "vdev_probe(): ", "TELEMETRY: "};
  for (unsigned i = 0; i < sizeof(others) / sizeof(*others); i++)
    if (strncmp(line, others[i], strlen(others[i])) == 0)
      return false;
  return *line != '\0';
}

const char *eal_words(void)
{
  static char words[256];
  size_t at = 0;
  words[0] = '\0';
  if (eal.log == NULL)
    return words;
  fflush(eal.log);
  eal.log_text[eal.log_size] = '\0'; // behind it stands what was logged before the last call
  char *rest = eal.log_text, *line;
  while ((line = strsep(&rest, "\n")) != NULL && at < sizeof(words))
    if (tells_why(line))
      at += snprintf(words + at, sizeof(words) - at, "%s%s", at > 0 ? "; " : "", line);
  fseeko(eal.log, 0, SEEK_SET);
  return words;
}

static const char *last_line(void)
{
  if (eal.log == NULL)
    return "";
  fflush(eal.log);
  size_t end = eal.log_size;
  while (end > 0 && strchr("\n ", eal.log_text[end - 1]) != NULL)
    eal.log_text[--end] = '\0';
  const char *start = memrchr(eal.log_text, '\n', end);
  return start != NULL ? start + 1 : eal.log_text;
}

static void close_log(void)
{
  rte_openlog_stream(stderr);
  if (eal.log != NULL)
    fclose(eal.log);
  eal.log = NULL;
  free(eal.log_text);
  eal.log_text = NULL;
}

void eal_log_to_stderr(void)
{
  rte_log_set_global_level(RTE_LOG_WARNING);
  close_log();
}

int eal_start(const struct eal_request *request, struct notes *warnings, char *error, size_t size)
{
  struct arguments args = {0};
  char *argv[256];
  int status = choose_memory(request, warnings, error, size);
  if (status == 0)
    status = lock_directory(request->prefix, error, size);
  if (status != 0)
    return status;

  eal.log = open_memstream(&eal.log_text, &eal.log_size);
  if (eal.log != NULL)
    rte_openlog_stream(eal.log);
  build_arguments(&args, request);
  memcpy(argv, args.text, sizeof(argv)); // getopt reorders the array that it gets
  int used = rte_eal_init(args.n, argv);
  if (used < 0) {
    status = fail(error, size, -rte_errno, "DPDK does not start (%s): %s", rte_strerror(rte_errno),
                  last_line());
    close_log();
    unlock_directory();
  }
  for (int i = 0; i < args.n; i++)
    free(args.text[i]);
  return status < 0 ? status : 0;
}

void eal_leave(void)
{
  close_log();
  unlock_directory();
}

void eal_stop(void)
{
  rte_eal_cleanup();
  eal_leave();
}

bool eal_hugepages(void)
{
  return eal.huge;
}
