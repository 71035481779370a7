// SPDX-License-Identifier: BSD-3-Clause
// What the command lines of platter-bench's commands have in common.
#ifndef BENCH_ARGUMENTS_H
#define BENCH_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include <getopt.h>

#include "cli/cli.h"

#ifdef __cplusplus
extern "C" {
#endif

// Takes one option: `option` is the `val` of its entry, `value` what stands behind it, or NULL.
// Returns STATUS_OK, or STATUS_USAGE and has said why.
typedef enum status_code option_take(const struct command *command, void *options, int option,
                                     const char *value);

// Takes all of the line by `take`, up to the first mistake: what is no option is one, too.
enum status_code options_take(const struct command *command, int argc, char **argv,
                              const struct option *known, option_take *take, void *options);

// Takes one word of a list; false where it is none that may stand there.
typedef bool word_take(void *options, const char *word, size_t length);

// Takes the words of "a,b,c" one by one. NULL: all were taken; else the place in the list of the
// word that was not, up to the comma or the end.
const char *list_take(const char *list, word_take *take, void *options);

// The same for a whole option: where a word is not taken, says "--sizes: expected …, found 'x'".
enum status_code list_option(const struct command *command, const char *option,
                             const char *expected, const char *list, word_take *take,
                             void *options);

// --repeat: samples of each point, 1 to SAMPLES_MAX.
enum status_code repeat_option(const struct command *command, const char *value, unsigned *repeat);

#ifdef __cplusplus
}
#endif
#endif
