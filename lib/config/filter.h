// SPDX-License-Identifier: BSD-3-Clause
// A filter in libpcap's language, compiled for Ethernet frames to classic BPF that is fit to be
// translated for workers: it ends, and it loads nothing from outside of a frame.
#ifndef CONFIG_FILTER_H
#define CONFIG_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_program; // libpcap's

// Compiles `text`, in bounded time: a filter of over some 100 addresses is refused, and names of
// hosts are not looked up. Returns a program that filter_free releases, or NULL and one sentence in
// `error`: libpcap's own, or why the program cannot be run here. A program returns 0 where the
// filter does not match.
struct bpf_program *filter_compile(const char *text, char *error, size_t size);

// The same for frames without a tag, with one, and with two: `text` (without 'vlan'; "": every
// frame) is about what is behind them.
struct bpf_program *filter_compile_any_vlan(const char *text, char *error, size_t size);

// Whether two programs are the same, instruction by instruction.
bool filter_same(const struct bpf_program *a, const struct bpf_program *b);

void filter_free(struct bpf_program *program); // NULL is allowed

#ifdef __cplusplus
}
#endif
#endif
