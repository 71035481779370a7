// SPDX-License-Identifier: BSD-3-Clause
//
// DPDK 22.11's translator for x86 writes the constant of a jset (a jump where bits are set) in one
// byte where it fits one, but the processor reads four: what follows is then read askew, and the
// first "tcp[tcpflags] & tcp-syn != 0" or "ether multicast" ends the program. Hence such constants
// are put into a register before, one that rte_bpf_convert needs only within what it makes of one
// instruction.
#define ALLOW_EXPERIMENTAL_API // rte_bpf_convert
#include "control/filter_code.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include <rte_bpf.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include "config/notes.h"

enum { SPARE = EBPF_REG_8 };

static bool is_jump(const struct ebpf_insn *i)
{
  unsigned op = BPF_OP(i->code);
  return BPF_CLASS(i->code) == BPF_JMP && op != EBPF_CALL && op != EBPF_EXIT;
}

static bool is_small_jset(const struct ebpf_insn *i)
{
  return is_jump(i) && BPF_OP(i->code) == BPF_JSET && BPF_SRC(i->code) == BPF_K &&
         i->imm == (int8_t)i->imm;
}

// Puts the constants into the register: `out` has room for twice the instructions, `place` for
// where each has gone. Returns how many there are.
static uint32_t widen(const struct ebpf_insn *in, uint32_t n, struct ebpf_insn *out,
                      uint32_t *place)
{
  uint32_t used = 0;
  for (uint32_t i = 0; i < n; i++) {
    place[i] = used; // a jump to it leads to what comes before it
    if (is_small_jset(&in[i])) {
      out[used++] = (struct ebpf_insn){
          .code = EBPF_ALU64 | EBPF_MOV | BPF_K, .dst_reg = SPARE, .imm = in[i].imm};
      out[used] = in[i];
      out[used].code = BPF_JMP | BPF_JSET | BPF_X;
      out[used].src_reg = SPARE;
      out[used++].imm = 0;
    } else {
      out[used++] = in[i];
    }
  }
  for (uint32_t i = 0; i < n; i++)
    if (is_jump(&in[i])) {
      uint32_t at = place[i] + is_small_jset(&in[i]);
      out[at].off = (int16_t)(place[i + 1 + in[i].off] - (at + 1));
    }
  return used;
}

// rte_bpf_load with such constants out of the way. NULL and rte_errno where it fails.
static struct rte_bpf *load(const struct rte_bpf_prm *converted)
{
  struct rte_bpf_prm widened = *converted;
  struct ebpf_insn *out = calloc(2 * (size_t)converted->nb_ins, sizeof(*out));
  uint32_t *place = calloc(converted->nb_ins, sizeof(*place));
  struct rte_bpf *bpf = NULL;
  if (out != NULL && place != NULL) {
    widened.nb_ins = widen(converted->ins, converted->nb_ins, out, place);
    widened.ins = out;
    bpf = rte_bpf_load(&widened);
  } else {
    rte_errno = ENOMEM;
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
