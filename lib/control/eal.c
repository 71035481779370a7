// SPDX-License-Identifier: BSD-3-Clause
#include "control/eal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_log.h>

#include "control/cpu.h"
#include "control/hugepages.h"
#include "datapath/failure.h"

enum { LOG_SHOWN = 8192 }; // bytes of the log that are looked at

// EAL is one per process, and so is what belongs to it.
static struct {
  int lock; // on the runtime directory: one platter per prefix
  bool huge;
  char directory[512];
  FILE *log;  // in memory; open to the end of the process: drivers' threads may write to it
  off_t seen; // of the log, by eal_words
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
             hugepages_suffice(request->huge_bytes, MEMORY_NODES_MAX, why, sizeof(why));
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
  unsigned at = 0, usable[CPU_SET_MAX], n_rest = 0;
  unsigned n = cpu_shared(usable, CPU_SET_MAX);
  unsigned free_cpus[CPU_SET_MAX];

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

static void open_log(void)
{
  int fd = memfd_create("platter-log", MFD_CLOEXEC);
  if (fd < 0)
    return;
  eal.log = fdopen(fd, "a");
  if (eal.log != NULL)
    rte_openlog_stream(eal.log);
  else
    close(fd);
}

// Where the log ends.
static off_t log_end(void)
{
  struct stat file;
  if (eal.log == NULL || fflush(eal.log) != 0 || fstat(fileno(eal.log), &file) != 0)
    return 0;
  return file.st_size;
}

// Reads the log between `from` and `to`, as much as fits. Returns how much.
static size_t read_log(char *text, size_t size, off_t from, off_t to)
{
  size_t length = to - from < (off_t)size ? to - from : (off_t)size - 1;
  ssize_t got = length > 0 ? pread(fileno(eal.log), text, length, from) : 0;
  text[got > 0 ? got : 0] = '\0';
  return got > 0 ? got : 0;
}

const char *eal_words(void)
{
  static char words[256];
  char text[LOG_SHOWN], *rest = text, *line;
  size_t at = 0;
  off_t end = log_end();
  read_log(text, sizeof(text), eal.seen, end);
  eal.seen = end;
  words[0] = '\0';
  while ((line = strsep(&rest, "\n")) != NULL && at < sizeof(words))
    if (tells_why(line))
      at += snprintf(words + at, sizeof(words) - at, "%s%s", at > 0 ? "; " : "", line);
  return words;
}

static const char *last_line(void)
{
  static char text[LOG_SHOWN];
  off_t end = log_end();
  size_t length = read_log(text, sizeof(text), end > LOG_SHOWN - 1 ? end - LOG_SHOWN + 1 : 0, end);
  while (length > 0 && strchr("\n ", text[length - 1]) != NULL)
    text[--length] = '\0';
  const char *start = memrchr(text, '\n', length);
  return start != NULL ? start + 1 : text;
}

void eal_log_to_stderr(void)
{
  rte_log_set_global_level(RTE_LOG_WARNING);
  rte_openlog_stream(stderr);
}

// From its beginning, for this may go on for as long as platter runs.
void eal_log_to_memory(void)
{
  if (eal.log == NULL)
    return;
  fflush(eal.log);
  if (ftruncate(fileno(eal.log), 0) == 0)
    eal.seen = 0;
  rte_openlog_stream(eal.log);
}

// rte_eal_init, which prints its usage to standard output where an argument is wrong: a page that
// offers what platter refuses, between what getopt and platter say on standard error.
static int init(int argc, char **argv)
{
  fflush(stdout);
  int kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (kept >= 0 && nowhere >= 0)
    dup2(nowhere, STDOUT_FILENO);
  int used = rte_eal_init(argc, argv);
  if (kept >= 0) {
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
  }
  if (nowhere >= 0)
    close(nowhere);
  return used;
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

  open_log();
  build_arguments(&args, request);
  memcpy(argv, args.text, sizeof(argv)); // getopt reorders the array that it gets
  int used = init(args.n, argv);
  if (used < 0) {
    status = failure_code();
    fail(error, size, status, "DPDK does not start (%s): %s", rte_strerror(-status), last_line());
    unlock_directory();
  } else if (used < args.n - 1) {
    status =
        fail(error, size, -EINVAL, "DPDK's EAL has no use for the argument '%s'", argv[used + 1]);
    eal_stop();
  }
  for (int i = 0; i < args.n; i++)
    free(args.text[i]);
  return status;
}

void eal_leave(void)
{
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
