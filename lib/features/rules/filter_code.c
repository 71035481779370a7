// SPDX-License-Identifier: BSD-3-Clause
// rte_bpf_convert and the translators behind it (DPDK 22.11 to 25.11) get three things wrong that
// filters need. All are put right in the converted program, between the one and the other:
//
//   ldb, ld [X + K]   convert takes a bit of the load's width for the choice of the register, and
//                     makes [A + K] of it. Here the register is always X's.
//   jset #K           with K in -128 to 127: the x86 translator writes one byte of K where the
//                     instruction has four, and what follows is garbage. Here it is
//                     tmp = K; jset tmp.
//   exit              the x86 translator jumps back from every exit to the code of the first one,
//                     and gets the way wrong where it is 127 or 128 bytes long: execution leaves
//                     the program. Here only the last instruction is an exit, and jumps lead on.
#define ALLOW_EXPERIMENTAL_API // rte_bpf_convert
#include "features/rules/filter_code.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include <rte_bpf.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include "base/notes.h"

enum { // as rte_bpf_convert uses the registers
  REGISTER_X = EBPF_REG_7,
  REGISTER_TMP = EBPF_REG_8,
};

static bool is_jump(const struct ebpf_insn *i)
{
  return BPF_CLASS(i->code) == BPF_JMP && BPF_OP(i->code) != EBPF_EXIT &&
         BPF_OP(i->code) != EBPF_CALL;
}

static bool is_exit(const struct ebpf_insn *i)
{
  return i->code == (BPF_JMP | EBPF_EXIT);
}

static bool is_jset(const struct ebpf_insn *i)
{
  return i->code == (BPF_JMP | BPF_JSET | BPF_K);
}

// Writes what stands in for an instruction, one or two of them. Returns how many.
static uint32_t repair(const struct ebpf_insn *insn, bool last, struct ebpf_insn *out)
{
  uint32_t n = 0;
  if (is_exit(insn) && !last) {
    out[0] = (struct ebpf_insn){.code = BPF_JMP | BPF_JA};
    return 1;
  }
  if (is_jset(insn))
    out[n++] = (struct ebpf_insn){
        .code = BPF_ALU | EBPF_MOV | BPF_K, .dst_reg = REGISTER_TMP, .imm = insn->imm};
  out[n] = *insn;
  if (is_jset(insn)) {
    out[n].code = BPF_JMP | BPF_JSET | BPF_X;
    out[n].src_reg = REGISTER_TMP;
    out[n].imm = 0;
  }
  if (BPF_CLASS(insn->code) == BPF_LD && BPF_MODE(insn->code) == BPF_IND)
    out[n].src_reg = REGISTER_X;
  return n + 1;
}

// Jumps lead where they led before. False: one has become too long.
static bool retarget(const struct rte_bpf_prm *from, const uint32_t *place, struct ebpf_insn *to)
{
  for (uint32_t i = 0; i < from->nb_ins; i++) {
    const struct ebpf_insn *insn = &from->ins[i];
    bool leaves = is_exit(insn) && i < from->nb_ins - 1;
    if (!is_jump(insn) && !leaves)
      continue;
    uint32_t jump = place[i] + is_jset(insn);
    uint32_t target = leaves ? from->nb_ins - 1 : i + 1 + insn->off;
    int64_t way = (int64_t)place[target] - jump - 1;
    if (way > INT16_MAX)
      return false;
    to[jump].off = (int16_t)way;
  }
  return true;
}

// Loads the program after the repair. NULL: rte_errno says why.
static struct rte_bpf *load(const struct rte_bpf_prm *converted)
{
  struct rte_bpf_prm repaired = *converted;
  struct rte_bpf *bpf = NULL;
  uint32_t n = converted->nb_ins, used = 0;
  uint32_t *place = calloc(n, sizeof(*place));
  struct ebpf_insn *out = calloc(n, 2 * sizeof(*out));

  rte_errno = ENOMEM;
  if (place != NULL && out != NULL) {
    for (uint32_t i = 0; i < n; i++) {
      place[i] = used;
      used += repair(&converted->ins[i], i == n - 1, &out[used]);
    }
    repaired.ins = out;
    repaired.nb_ins = used;
    rte_errno = E2BIG;
    if (retarget(converted, place, out))
      bpf = rte_bpf_load(&repaired);
  }
  free(place);
  free(out);
  return bpf;
}

int filter_code_make(struct filter_code *code, const struct bpf_program *program, char *error,
                     size_t size)
{
  struct rte_bpf_jit jit = {0};
  *code = (struct filter_code){0};
  struct rte_bpf_prm *converted = rte_bpf_convert(program);
  if (converted == NULL)
    return fail(error, size, -rte_errno, "the filter cannot be translated (%s)",
                rte_strerror(rte_errno));
  code->bpf = load(converted);
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
