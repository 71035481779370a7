#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Whether programs are hardened as meson.build wants it.
#
#   hardening.sh cet|- PROGRAM…
set -uo pipefail
cet=$1
shift
status=0

has() { # has PROGRAM WHAT PATTERN TEXT: a line of TEXT matches
  grep -qE -- "$3" <<<"$4" || {
    echo "$1: $2"
    status=1
  }
}

lacks() { # lacks PROGRAM WHAT PATTERN TEXT: no line of TEXT matches
  ! grep -qE -- "$3" <<<"$4" || {
    echo "$1: $2"
    status=1
  }
}

for program in "$@"; do
  headers=$(readelf -hlW "$program") && dynamic=$(readelf -dW "$program") &&
    symbols=$(readelf -W --dyn-syms "$program") &&
    code=$(objdump -d --no-show-raw-insn --disassemble=main "$program") || exit 1
  has "$program" "not position independent" 'Type:[[:space:]]+DYN' "$headers"
  has "$program" "no RELRO segment" 'GNU_RELRO' "$headers"
  has "$program" "addresses of functions stay writable (no -z now)" 'BIND_NOW' "$dynamic"
  has "$program" "stack may be executable" 'GNU_STACK.* RW ' "$headers"
  lacks "$program" "a segment is writable and executable" 'LOAD.* RWE ' "$headers"
  lacks "$program" "relocations in code" 'TEXTREL' "$dynamic"
  lacks "$program" "a path to look for libraries in" 'RPATH|RUNPATH' "$dynamic"
  has "$program" "no stack protector" '__stack_chk_fail' "$symbols"
  has "$program" "no checked functions (_FORTIFY_SOURCE)" ' __(memcpy|snprintf|vsnprintf|printf)_chk' \
    "$symbols"
  [[ $cet != cet ]] ||
    has "$program" "no landing pads for indirect jumps (CET)" 'endbr(64|32)' \
      "$(grep -A 2 '<main>:' <<<"$code")"
done
((status != 0)) || echo "hardened: $*"
exit $status
