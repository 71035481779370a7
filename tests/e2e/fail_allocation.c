// SPDX-License-Identifier: BSD-3-Clause
// Preloaded into a program: runs its main once as it is and then, for n = 1, 2, …, with the n-th
// allocation of it failing (glibc calls malloc for itself the same way, and so do libraries). Each
// run is a child, so that they know nothing of each other.
//
// A child's outcome is right where its status and all that it printed are those of the first run,
// or where it ends with a status other than 0 and says that memory is out. Everything else is
// printed. Exit status: 0 where every outcome was right. libpcap 1.10's scanner has no answer to a
// lack of memory and dies: that ends the program, so nothing wrong is taken for right, and it is
// not the program's own fault.
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

enum { RUNS_MAX = 20000, TEXT_SIZE = 1 << 16 };

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *memory, size_t size);

static long left = -1;   // allocations until the one that fails; below 0: none will
static bool *has_failed; // shared with the parent

static bool fails(void)
{
  if (left < 0 || left-- > 0)
    return false;
  *has_failed = true;
  errno = ENOMEM;
  return true;
}

void *malloc(size_t size)
{
  return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
  return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *memory, size_t size)
{
  return fails() ? NULL : __libc_realloc(memory, size);
}

static int (*program)(int, char **, char **);

struct outcome {
  int status; // as waitpid gives it
  char text[TEXT_SIZE];
};

static void died(int number, siginfo_t *info, void *context)
{
  Dl_info where;
  void *at = (void *)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
  static const char text[] = "libpcap died of a lack of memory\n";
  if (dladdr(at, &where) == 0 || strstr(where.dli_fname, "libpcap") == NULL ||
      write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
    signal(number, SIG_DFL); // again, and this time for good
  else
    _exit(1);
}

static void run(long n, int argc, char **argv, char **environment, struct outcome *outcome)
{
  FILE *out = tmpfile();
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    dup2(fileno(out), STDOUT_FILENO);
    dup2(fileno(out), STDERR_FILENO);
    sigaction(SIGSEGV, &(struct sigaction){.sa_sigaction = died, .sa_flags = SA_SIGINFO}, NULL);
    left = n;
    exit(program(argc, argv, environment));
  }
  if (waitpid(child, &outcome->status, 0) != child)
    abort();
  ssize_t length = pread(fileno(out), outcome->text, TEXT_SIZE - 1, 0);
  outcome->text[length > 0 ? length : 0] = '\0';
  fclose(out);
}

static bool is_right(const struct outcome *first, const struct outcome *now)
{
  if (now->status == first->status && strcmp(now->text, first->text) == 0)
    return true;
  return WIFEXITED(now->status) && WEXITSTATUS(now->status) != 0 &&
         (strstr(now->text, "memory") != NULL || strstr(now->text, "malloc") != NULL);
}

static int run_all(int argc, char **argv, char **environment)
{
  static struct outcome first, now;
  unsigned wrong = 0;
  long n = 0;
  has_failed =
      mmap(NULL, sizeof(*has_failed), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  unsetenv("LD_PRELOAD");
  run(-1, argc, argv, environment, &first);
  do {
    *has_failed = false;
    run(n++, argc, argv, environment, &now);
    if (is_right(&first, &now))
      continue;
    wrong++;
    printf("allocation %ld: status %#x\n%s", n, (unsigned)now.status, now.text);
  } while (*has_failed && n < RUNS_MAX);
  printf("%ld allocations, %u wrong outcomes\n", n - 1, wrong);
  return wrong > 0;
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*linker)(void), void *stack)
{
  int (*next)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void),
              void (*)(void), void *) = dlsym(RTLD_NEXT, "__libc_start_main");
  program = main;
  return next(run_all, argc, argv, init, fini, linker, stack);
}
