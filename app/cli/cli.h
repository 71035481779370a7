// SPDX-License-Identifier: BSD-3-Clause
// The command line of a program with subcommands: finding the one that is meant, help, what is
// wrong with an option, and the exit status. platter and platter-bench share it.
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdio.h>

enum status_code {
  STATUS_OK = 0,
  STATUS_FAILED = 1,     // could not start, or could not do what was asked
  STATUS_USAGE = 2,      // the command line or the configuration is wrong
  STATUS_ACCOUNTING = 3, // packets or mbufs are unaccounted for, or an output is not complete
};

struct command {
  const char *name;
  const char *summary; // one line
  const char *help;    // all of it, with an example
  enum status_code (*run)(const struct command *command, int argc, char **argv);
};

struct cli {
  const char *name;
  void (*version)(FILE *out);   // what --version says behind the name
  const char *about;            // the first line of its help
  const char *start;            // the first command to try
  const char *exits;            // what its exit statuses mean, as paragraphs
  const char *const *of_a_file; // commands that take a file, ending with NULL; or NULL: none do
  unsigned n_commands;
  const struct command *const *commands;
};

// Runs the command that argv[1] names. Returns the exit status: a failure also where standard
// output could not be written, for whoever reads it from a file must be able to trust that it is
// whole. Until wait_init (wait.h), SIGINT and SIGTERM end the program at once, even where its
// parent had them ignored. Signals that mean nothing here (SIGUSR1, SIGALRM, SIGXFSZ, …) do
// nothing.
int cli_main(const struct cli *cli, int argc, char **argv);

// Says what is wrong with the command line and where help is. Returns STATUS_USAGE.
enum status_code usage_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// The same for what getopt_long did not take: `option` is what it returned.
enum status_code option_error(const struct command *command, int option, char *const *argv);

#endif
