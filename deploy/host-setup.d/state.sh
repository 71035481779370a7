# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What --apply found, written down before it is changed: lines of a kind, a key and what was there,
# separated by tabs, "-" for nothing. The first line of a kind and key stays: it is what was found.

state_directory=/var/lib/platter/host-setup
state=$state_directory/state

state_open() {
  mkdir -p "$root$state_directory" 2>/dev/null && touch "$root$state" 2>/dev/null || {
    echo "$me: cannot write $state, which --undo needs; nothing was changed" >&2
    exit 1
  }
}

remember() { # remember KIND KEY [FOUND…]
  local IFS=$'\t'
  remembers "$1" "$2" || printf '%s\n' "$*" >>"$root$state"
}

remembers() { # remembers KIND KEY
  awk -F '\t' -v kind="$1" -v key="$2" \
    '$1 == kind && $2 == key { found = 1 } END { exit !found }' "$root$state" 2>/dev/null
}

remembered() { # remembered KIND: the keys
  awk -F '\t' -v kind="$1" '$1 == kind { print $2 }' "$root$state" 2>/dev/null
}

# What --apply and --undo say: a line for each change, and what could not be done.
changes=0 failures=0
changed() { # changed SUBJECT TEXT
  local first
  printf -v first '%-14s ' "$1"
  wrapped "$first" 15 '' "$2"
  changes=$((changes + 1))
}

failed() {
  wrapped "$me: " 2 '' "$*" >&2
  failures=$((failures + 1))
}

note() { wrapped 'note: ' 6 '' "$*"; }

# Files of ours carry this line, and no other file is overwritten or removed.
our_mark="# Written by platter's deploy/host-setup; its --undo removes this file."

file_foreign() { [[ -e $root$1 ]] && ! grep -qF "$our_mark" "$root$1"; }

# file_write PATH: what comes on standard input, below the mark.
file_write() {
  local path=$1 text
  text="$our_mark"$'\n'"$(cat)"
  [[ ! -e $root$path || $(<"$root$path") != "$text" ]] || return 0
  directory_make "${path%/*}"
  remember file "$path" -
  if echo "$text" 2>/dev/null >"$root$path"; then
    changed file "$path"
  else
    failed "cannot write $path"
  fi
}

directory_make() {
  [[ ! -d $root$1 ]] || return 0
  directory_make "${1%/*}"
  remember directory "$1" -
  mkdir "$root$1"
}
