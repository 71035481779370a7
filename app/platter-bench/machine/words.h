// SPDX-License-Identifier: BSD-3-Clause
// A machine's description (machine.h) for people.
#ifndef BENCH_MACHINE_WORDS_H
#define BENCH_MACHINE_WORDS_H

#include <stddef.h>

#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

// All of it: a new array of [ name, text ].
json_t *machine_words(const json_t *machine);

// One sentence each on the hardware and on how it is set up: a new array of two texts.
json_t *machine_brief(const json_t *machine);

#ifdef __cplusplus
}
#endif
#endif
