// SPDX-License-Identifier: BSD-3-Clause
#define ALLOW_EXPERIMENTAL_API // rte_bpf_convert
#include "control/filter_code.h"

#include <rte_bpf.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include "config/notes.h"

int filter_code_make(struct filter_code *code, const struct bpf_program *program, char *error,
                     size_t size)
{
  struct rte_bpf_jit jit = {0};
  *code = (struct filter_code){0};
  struct rte_bpf_prm *converted = rte_bpf_convert(program);
  if (converted == NULL)
    return fail(error, size, -rte_errno, "the filter cannot be translated (%s)",
                rte_strerror(rte_errno));
  code->bpf = rte_bpf_load(converted);
  int status = -rte_errno;
  rte_free(converted);
  if (code->bpf == NULL)
    return fail(error, size, status, "the translated filter cannot be loaded (%s)",
                rte_strerror(-status));
  if (rte_bpf_get_jit(code->bpf, &jit) == 0) {
    code->native = jit.func;
    code->native_size = jit.sz;
  }
  return 0;
}

void filter_code_free(struct filter_code *code)
{
  rte_bpf_destroy(code->bpf);
  *code = (struct filter_code){0};
}
