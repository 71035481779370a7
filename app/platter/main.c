// SPDX-License-Identifier: BSD-3-Clause
// platter: forwards packets by reference. See the README for the order to read the code in.
#include "command.h"
#include "control/build.h"

int main(int argc, char **argv)
{
  static const struct command *const commands[] = {&command_run,       &command_check,
                                                   &command_replay,    &command_restore,
                                                   &command_telemetry, &command_figures};
  static const char *const of_a_file[] = {"check", "run", NULL};
  static const struct cli cli = {
      .name = "platter",
      .version = build_show,
      .about = "platter forwards packets by reference: a payload is never copied.",
      .start = "platter check config/wire.yaml",
      .exits = "Exit status: 0 done; 1 could not start or go on; 2 the command line or the\n"
               "configuration is wrong; 3 the accounting does not close.\n",
      .of_a_file = of_a_file,
      .n_commands = sizeof(commands) / sizeof(*commands),
      .commands = commands,
  };
  return cli_main(&cli, argc, argv);
}
