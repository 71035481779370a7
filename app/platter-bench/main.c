// SPDX-License-Identifier: BSD-3-Clause
// platter-bench: measures what zero copy is worth, and says when nothing can be concluded.
#include "bench.h"
#include "control/build.h"

int main(int argc, char **argv)
{
  static const struct command *const commands[] = {
      // one a line
      &command_compare,
      &command_kernel,
      &command_throughput,
      &command_zero_copy,
  };
  static const struct cli cli = {
      .name = "platter-bench",
      .version = build_show,
      .about = "platter-bench measures what passing references is worth, and what devices carry.",
      .start = "platter-bench kernel --quick",
      .exits = "Exit status: 0 done; 1 something could not be measured; 2 the command line is\n"
               "wrong; 3 an output differed from its input, or the accounting did not close.\n",
      .n_commands = sizeof(commands) / sizeof(*commands),
      .commands = commands,
  };
  return cli_main(&cli, argc, argv);
}
