// SPDX-License-Identifier: BSD-3-Clause
// libpcap's own interpreter checks each load against the frame's length without overflow. What
// rte_bpf makes of a program does not: a constant offset is taken as a signed number, and the sum
// of a register and an offset is cut to 32 bits, so that bytes of a frame could lead a filter such
// as "ip[ip[4:4]] == 1" outside of it. Hence programs are changed here before anybody runs them:
//
//   ld [K]        with K beyond any frame      ret #0, as libpcap's interpreter would
//   ld [X + K]    with K beyond any frame      ret #0
//   ld [X + K]    with X not known to be small txa; jgt #OFFSET_MAX: ret #0; ld [X + K]
//
// The load overwrites A, so that A is free for the comparison. X is known to be small where it is
// the length of an IPv4 header (ldxb 4*([K]&0xf)) or a constant: that is what "port" and the like
// compile to, and it stays as it is.
#include "config/filter.h"

#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/notes.h"
#include "base/text.h"
#include "config/filter_names.h"

enum {
  SNAP_LENGTH = 65535,
  OFFSET_MAX = 65535,          // of a load: no frame is as long
  ANCILLARY_MIN = 0xfffff000u, // Linux: offsets from here on mean what is not in the frame
  ROOM = 4,                    // instructions that one may become
  PROGRAM_MAX = 4096,          // BPF_MAXINSNS; the optimizer takes 0.2 seconds for as many
  TEXT_MAX = 32768,            // bytes; libpcap's time grows with the square of the terms
};

static bool is_load(const struct bpf_insn *i, unsigned mode)
{
  return BPF_CLASS(i->code) == BPF_LD && BPF_MODE(i->code) == mode;
}

static bool is_header_length(const struct bpf_insn *i)
{
  return BPF_CLASS(i->code) == BPF_LDX && BPF_MODE(i->code) == BPF_MSH;
}

static bool is_jump(const struct bpf_insn *i)
{
  return BPF_CLASS(i->code) == BPF_JMP;
}

// Where a jump leads, `from` being its number. ja has its way in k, the others in jt and jf.
static size_t target(const struct bpf_insn *i, size_t from, bool taken)
{
  if (BPF_OP(i->code) == BPF_JA)
    return from + 1 + i->k;
  return from + 1 + (taken ? i->jt : i->jf);
}

// Why a program cannot be run, or NULL.
static const char *refusal(const struct bpf_program *program)
{
  for (size_t i = 0; i < program->bf_len; i++) {
    const struct bpf_insn *insn = &program->bf_insns[i];
    if (is_load(insn, BPF_ABS) && insn->k >= ANCILLARY_MIN)
      return "it asks for what is not in the frame";
    if (is_jump(insn) &&
        (target(insn, i, true) >= program->bf_len || target(insn, i, false) >= program->bf_len))
      return "it makes a loop, as 'protochain' does";
  }
  return program->bf_len > PROGRAM_MAX ? "it makes too many instructions" : NULL;
}

// Whether X is small behind an instruction that found it so or not.
static bool x_stays_small(const struct bpf_insn *i, bool small)
{
  if (is_header_length(i))
    return true;
  if (BPF_CLASS(i->code) == BPF_LDX)
    return BPF_MODE(i->code) == BPF_IMM && i->k <= OFFSET_MAX;
  if (BPF_CLASS(i->code) == BPF_MISC && BPF_MISCOP(i->code) == BPF_TAX)
    return false;
  return small;
}

// Sets small[i] where X is small whichever way led to instruction `i`. Jumps lead forward only, so
// one pass sees every way before the place it leads to. X starts as 0.
static void find_small(const struct bpf_program *program, bool *small)
{
  memset(small, true, program->bf_len * sizeof(*small));
  for (size_t i = 0; i < program->bf_len; i++) {
    const struct bpf_insn *insn = &program->bf_insns[i];
    bool after = x_stays_small(insn, small[i]);
    if (is_jump(insn)) {
      small[target(insn, i, true)] &= after;
      small[target(insn, i, false)] &= after;
    } else if (BPF_CLASS(insn->code) != BPF_RET && i + 1 < program->bf_len) {
      small[i + 1] &= after;
    }
  }
}

// Whether an instruction loads what lies beyond any frame.
static bool loads_beyond(const struct bpf_insn *i)
{
  return (is_load(i, BPF_ABS) || is_load(i, BPF_IND) || is_header_length(i)) && i->k > OFFSET_MAX;
}

// Sets reached[i] where a way leads to instruction `i`. rte_bpf takes no others.
static void find_reached(const struct bpf_program *program, bool *reached)
{
  reached[0] = true;
  for (size_t i = 0; i < program->bf_len; i++) {
    const struct bpf_insn *insn = &program->bf_insns[i];
    if (!reached[i] || BPF_CLASS(insn->code) == BPF_RET || loads_beyond(insn))
      continue;
    if (is_jump(insn))
      reached[target(insn, i, true)] = reached[target(insn, i, false)] = true;
    else if (i + 1 < program->bf_len)
      reached[i + 1] = true;
  }
}

// Writes what stands in for an instruction. Returns how many instructions that is.
static size_t guard(const struct bpf_insn *insn, bool x_is_small, struct bpf_insn *out)
{
  static const struct bpf_insn nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  static const struct bpf_insn check[] = {
      BPF_STMT(BPF_MISC | BPF_TXA, 0),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, OFFSET_MAX, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  size_t n = 0;

  if (loads_beyond(insn)) {
    out[0] = nothing;
    return 1;
  }
  if (is_load(insn, BPF_IND) && !x_is_small) {
    memcpy(out, check, sizeof(check));
    n = sizeof(check) / sizeof(*check);
  }
  out[n] = *insn;
  return n + 1;
}

// Jumps lead where they led before. False: the way of one has become too long.
static bool retarget(const struct bpf_program *from, const bool *reached, const size_t *place,
                     struct bpf_insn *to)
{
  for (size_t i = 0; i < from->bf_len; i++) {
    const struct bpf_insn *insn = &from->bf_insns[i];
    if (!reached[i] || !is_jump(insn))
      continue;
    struct bpf_insn *jump = &to[place[i]];
    size_t yes = place[target(insn, i, true)] - place[i] - 1;
    size_t no = place[target(insn, i, false)] - place[i] - 1;
    if (BPF_OP(insn->code) == BPF_JA) {
      jump->k = (bpf_u_int32)yes;
    } else if (yes > UINT8_MAX || no > UINT8_MAX) {
      return false;
    } else {
      jump->jt = (uint8_t)yes;
      jump->jf = (uint8_t)no;
    }
  }
  return true;
}

// Replaces the program's instructions by guarded ones. Returns why not, or NULL.
static const char *guard_all(struct bpf_program *program)
{
  size_t n = program->bf_len, used = 0;
  bool *small = calloc(n, sizeof(*small)), *reached = calloc(n, sizeof(*reached));
  size_t *place = calloc(n, sizeof(*place)); // of each instruction among the new ones
  struct bpf_insn *out = calloc(n * ROOM, sizeof(*out));
  const char *why = "out of memory";

  if (small != NULL && reached != NULL && place != NULL && out != NULL) {
    find_small(program, small);
    find_reached(program, reached);
    for (size_t i = 0; i < n; i++) {
      place[i] = used; // a jump to a guarded load leads to its guard
      used += !reached[i] ? 0 : guard(&program->bf_insns[i], small[i], &out[used]);
    }
    why = retarget(program, reached, place, out) ? NULL : "it makes too many instructions";
  }
  if (why == NULL) {
    free(program->bf_insns);
    program->bf_insns = out;
    program->bf_len = (unsigned)used;
  } else {
    free(out);
  }
  free(small);
  free(reached);
  free(place);
  return why;
}

static void use_match_any(char *error, size_t size)
{
  fail(error, size, 0,
       "this filter is too long: libpcap makes over %d instructions of it; 'match_any' takes lists "
       "of addresses",
       PROGRAM_MAX);
}

// One call of libpcap, which asks nobody for the address of a host.
static bool compile_once(const char *text, bool optimize, struct bpf_program *program, char *error,
                         size_t size)
{
  char name[FILTER_NAME_SIZE];
  pcap_t *pcap = pcap_open_dead(DLT_EN10MB, SNAP_LENGTH);
  if (pcap == NULL)
    return fail(error, size, false, "out of memory");
  filter_names_refuse(name);
  bool good = pcap_compile(pcap, program, text, optimize, PCAP_NETMASK_UNKNOWN) == 0;
  filter_names_allow();
  if (!good && name[0] != '\0')
    fail(error, size, 0, "names of hosts are not looked up: give the address of '%s'",
         text_show(name, strlen(name)).text);
  else if (!good)
    fail(error, size, 0, "%s",
         strcmp(pcap_geterr(pcap), "not enough core") == 0 ? "out of memory" : pcap_geterr(pcap));
  pcap_close(pcap);
  return good;
}

// Without the optimizer first, whose time grows faster than the square of what it is given: what
// is too long for it is refused.
static bool compile(const char *text, struct bpf_program *program, char *error, size_t size)
{
  if (strlen(text) > TEXT_MAX) {
    use_match_any(error, size);
    return false;
  }
  if (!compile_once(text, false, program, error, size))
    return false;
  unsigned length = program->bf_len;
  pcap_freecode(program);
  if (length > PROGRAM_MAX) {
    use_match_any(error, size);
    return false;
  }
  if (!compile_once(text, true, program, error, size))
    return false;
  const char *why = refusal(program);
  if (why == NULL)
    why = guard_all(program);
  if (why == NULL)
    return true;
  pcap_freecode(program);
  return fail(error, size, false, "this filter cannot be run here: %s", why);
}

struct bpf_program *filter_compile(const char *text, char *error, size_t size)
{
  struct bpf_program *program = calloc(1, sizeof(*program));
  if (program == NULL) {
    fail(error, size, 0, "out of memory");
    return NULL;
  }
  if (compile(text, program, error, size))
    return program;
  free(program);
  return NULL;
}

// Behind each `vlan`, libpcap looks for headers behind one tag more. Before it, an expression sees
// a tag as an EtherType, and "not ip" would be true of it: hence each part looks whether there is
// one.
struct bpf_program *filter_compile_any_vlan(const char *text, char *error, size_t size)
{
#define NO_TAG(at)                                                                                 \
  "not (ether[" at ":2]=0x8100 or ether[" at ":2]=0x88a8 or ether[" at ":2]=0x9100)"
  char *whole;
  if (*text == '\0')
    text = "len >= 0";
  if (asprintf(&whole,
               "(" NO_TAG("12") " and (%s)) or (vlan and ((" NO_TAG("16") " and (%s)) or "
                                                                          "(vlan and (%s))))",
               text, text, text) < 0) {
    fail(error, size, 0, "out of memory");
    return NULL;
  }
#undef NO_TAG
  struct bpf_program *program = filter_compile(whole, error, size);
  free(whole);
  return program;
}

bool filter_same(const struct bpf_program *a, const struct bpf_program *b)
{
  return a->bf_len == b->bf_len &&
         memcmp(a->bf_insns, b->bf_insns, a->bf_len * sizeof(*a->bf_insns)) == 0;
}

void filter_free(struct bpf_program *program)
{
  if (program == NULL)
    return;
  pcap_freecode(program);
  free(program);
}
