# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Reading and writing the kernel's files, below $root.
#
# Functions that are called often leave their result in the variable VAR that they are told, which
# saves a process; their own variables begin with _, and those of their callers must not.

# value VAR PATH: the first line of a file; nothing where there is none.
value() {
  local _line=
  { read -r _line <"$root$2"; } 2>/dev/null
  printf -v "$1" %s "$_line"
}

# link_name VAR PATH: the last part of what a link points to; nothing where there is none.
link_name() {
  local _target
  _target=$(readlink "$root$2")
  printf -v "$1" %s "${_target##*/}"
}

# put VALUE PATH: writes it. False where the kernel refuses; the caller looks at what came of it.
put() {
  { echo "$1" >"$root$2"; } 2>/dev/null
}

# on_this_machine COMMAND…: unless the machine is made of files.
on_this_machine() {
  [[ -n $root ]] || "$@"
}

has_command() { command -v "$1" >/dev/null 2>&1; }

# wait_for SECONDS CONDITION…: until it is true. What a NIC's driver does may take a moment.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS <= end)) || return 1
    sleep 0.02
  done
}

# load_module NAME PATH: so that PATH is there.
load_module() {
  [[ -e $root$2 ]] || on_this_machine modprobe -q "$1" 2>/dev/null
  [[ -e $root$2 ]]
}

# list_expand VAR LIST: "0-2,8" to "0 1 2 8".
list_expand() {
  local _part _all='' _i
  for _part in ${2//,/ }; do
    for ((_i = ${_part%-*}; _i <= ${_part#*-}; _i++)); do
      _all+=" $_i"
    done
  done
  printf -v "$1" %s "${_all# }"
}

# cmdline_has NAME: whether the kernel was started with NAME or NAME=…
cmdline_has() {
  local line
  value line /proc/cmdline
  [[ " $line" =~ [[:blank:]]"$1"(=|[[:blank:]]|$) ]]
}
