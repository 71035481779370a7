// SPDX-License-Identifier: BSD-3-Clause
#include "cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/console.h"
#include "cli/journal.h"

static const char *name; // of the program, for every message

static void print_help(const struct cli *p, FILE *out)
{
  int width = 0;
  for (unsigned i = 0; i < p->n_commands; i++)
    if ((int)strlen(p->commands[i]->name) > width)
      width = strlen(p->commands[i]->name);
  fprintf(out, "%s\n\nUsage: %s COMMAND [OPTIONS] …\n\n", p->about, name);
  for (unsigned i = 0; i < p->n_commands; i++)
    fprintf(out, "  %-*s  %s\n", width, p->commands[i]->name, p->commands[i]->summary);
  fprintf(out,
          "\n`%s COMMAND --help` tells more, with an example.\n"
          "`%s --version` says which this is.\n"
          "Start with: %s\n\n%s",
          name, name, p->start, p->exits);
}

enum status_code usage_error(const struct command *command, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  fprintf(stderr, "%s %s: ", name, command->name);
  vfprintf(stderr, format, args);
  fprintf(stderr, "\nTry `%s %s --help`.\n", name, command->name);
  va_end(args);
  return STATUS_USAGE;
}

enum status_code option_error(const struct command *command, int option, char *const *argv)
{
  return usage_error(command, "%s '%s'",
                     option == ':' ? "a value is missing behind" : "unknown option",
                     argv[optind - 1]);
}

static bool wants_help(int argc, char **argv)
{
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
      return true;
  return false;
}

static enum status_code run(const struct command *command, int argc, char **argv)
{
  if (!wants_help(argc, argv))
    return command->run(command, argc, argv);
  fputs(command->help, stdout);
  return STATUS_OK;
}

// A file in place of a command: it is said what can be done with one.
static bool is_file(const struct cli *p, const char *word)
{
  if (p->of_a_file == NULL || access(word, F_OK) != 0)
    return false;
  fprintf(stderr, "%s: '%s' is a file; a command stands before it:\n", name, word);
  for (const char *const *command = p->of_a_file; *command != NULL; command++)
    fprintf(stderr, "  %s %s %s\n", name, *command, word);
  return true;
}

static void unknown_command(const struct cli *p, const char *word)
{
  struct text_nearest nearest = {.text = word, .length = strlen(word)};
  for (unsigned i = 0; i < p->n_commands; i++)
    text_nearest_offer(&nearest, p->commands[i]->name);
  fprintf(stderr, "%s: there is no command '%s'%s\n\n", name, word, text_suggestion(&nearest).text);
}

static enum status_code dispatch(const struct cli *p, int argc, char **argv)
{
  const char *word = argc > 1 ? argv[1] : "";
  if (strcmp(word, "--version") == 0) {
    printf("%s ", name);
    p->version(stdout);
    return STATUS_OK;
  }
  if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
    print_help(p, stdout);
    return STATUS_OK;
  }
  for (unsigned i = 0; i < p->n_commands; i++)
    if (strcmp(word, p->commands[i]->name) == 0)
      return run(p->commands[i], argc - 1, argv + 1);
  if (*word != '\0' && is_file(p, word))
    return STATUS_USAGE;
  if (*word != '\0')
    unknown_command(p, word);
  print_help(p, stderr);
  return STATUS_USAGE;
}

// A shell without job control has its background commands ignore SIGINT. wait_init takes the signal
// all the same; one that came before would be lost, and the program would run on for ever.
static void heed_signals(void)
{
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
}

// Signals that nobody here asked for, and whose default is death without an orderly stop. A write
// beyond the limit on a file's size fails instead, as one to a full disk does.
static void ignore_signals(void)
{
  static const int needless[] = {SIGXFSZ, SIGUSR1, SIGUSR2, SIGALRM,  SIGVTALRM,
                                 SIGPROF, SIGIO,   SIGPWR,  SIGSTKFLT};
  for (size_t i = 0; i < sizeof(needless) / sizeof(needless[0]); i++)
    signal(needless[i], SIG_IGN);
  for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
    signal(number, SIG_IGN);
}

int cli_main(const struct cli *p, int argc, char **argv)
{
  name = p->name;
  journal_start();
  heed_signals();
  ignore_signals();
  enum status_code status = dispatch(p, argc, argv);
  int lost = console_finish();
  bool failed = ferror(stdout); // earlier: errno has been others' since
  const char *why = lost == -ETIMEDOUT ? "nobody reads it" : lost != 0 ? strerror(-lost) : NULL;
  if (fflush(stdout) != 0 && why == NULL)
    why = strerror(errno);
  if (!failed && why == NULL)
    return status;
  fprintf(stderr, "%s: standard output could not be written%s%s\n", name, why != NULL ? ": " : "",
          why != NULL ? why : "");
  return status == STATUS_OK ? STATUS_FAILED : status;
}
