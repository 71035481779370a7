// SPDX-License-Identifier: BSD-3-Clause
// A compiled filter (config/filter.h) as workers run it: machine code, or, where this machine has
// no translator or may not run what it makes, for rte_bpf's interpreter.
#ifndef FEATURES_RULES_FILTER_CODE_H
#define FEATURES_RULES_FILTER_CODE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_program;
struct rte_bpf;

struct filter_code {
  struct rte_bpf *bpf;
  uint64_t (*native)(void *); // takes a struct rte_mbuf; 0: no match. NULL: there is no such code
  size_t native_size;         // bytes
};

// Needs EAL's memory for a moment. Returns 0, or -errno and a sentence in `error`.
int filter_code_make(struct filter_code *code, const struct bpf_program *program, char *error,
                     size_t size);

void filter_code_free(struct filter_code *code);

#ifdef __cplusplus
}
#endif
#endif
