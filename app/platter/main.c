// SPDX-License-Identifier: BSD-3-Clause
// platter: forwards packets by reference. See the README for the order to read the code in.
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "config/text.h"

static const struct command *const commands[] = {&command_run, &command_check, &command_replay};

enum { N_COMMANDS = sizeof(commands) / sizeof(*commands) };

static void print_help(FILE *out)
{
  fprintf(out, "platter forwards packets by reference: a payload is never copied.\n\n"
               "Usage: platter COMMAND [OPTIONS] …\n\n");
  for (unsigned i = 0; i < N_COMMANDS; i++)
    fprintf(out, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
  fprintf(out, "\n`platter COMMAND --help` tells more, with an example. "
               "`platter --version` says which this is.\n"
               "Start with: platter check config/wire.yaml\n\n"
               "Exit status: 0 done; 1 could not start or go on; 2 the command line or the\n"
               "configuration is wrong; 3 the accounting does not close.\n");
}

enum status_code usage_error(const struct command *command, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  fprintf(stderr, "platter %s: ", command->name);
  vfprintf(stderr, format, args);
  fprintf(stderr, "\nTry `platter %s --help`.\n", command->name);
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

static void unknown_command(const char *word)
{
  struct text_nearest nearest = {.text = word, .length = strlen(word)};
  for (unsigned i = 0; i < N_COMMANDS; i++)
    text_nearest_offer(&nearest, commands[i]->name);
  fprintf(stderr, "platter: there is no command '%s'%s\n\n", word, text_suggestion(&nearest).text);
}

static enum status_code dispatch(int argc, char **argv)
{
  const char *word = argc > 1 ? argv[1] : "";
  if (strcmp(word, "--version") == 0) {
    puts("platter " PLATTER_VERSION);
    return STATUS_OK;
  }
  if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
    print_help(stdout);
    return STATUS_OK;
  }
  for (unsigned i = 0; i < N_COMMANDS; i++)
    if (strcmp(word, commands[i]->name) == 0)
      return run(commands[i], argc - 1, argv + 1);
  if (*word != '\0')
    unknown_command(word);
  print_help(stderr);
  return STATUS_USAGE;
}

// Whoever reads the output from a file must be able to trust that it is whole.
int main(int argc, char **argv)
{
  enum status_code status = dispatch(argc, argv);
  bool failed = ferror(stdout); // earlier: errno has been others' since
  const char *why = NULL;
  if (fflush(stdout) != 0)
    why = strerror(errno);
  if (!failed && why == NULL)
    return status;
  fprintf(stderr, "platter: standard output could not be written%s%s\n", why != NULL ? ": " : "",
          why != NULL ? why : "");
  return status == STATUS_OK ? STATUS_FAILED : status;
}
