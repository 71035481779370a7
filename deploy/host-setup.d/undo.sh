# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# --undo: what was remembered, last to first; then NICs, first to last, so that a kernel that numbers
# its interfaces gives them the numbers they had. What cannot be given back now stays remembered.

undo() {
  local lines i
  if [[ ! -e $root$state ]]; then
    echo "nothing to give back: --apply has changed nothing here"
    exit 0
  fi
  undo_refuse
  mapfile -t lines <"$root$state"
  for ((i = ${#lines[@]} - 1; i >= 0; i--)); do
    [[ ${lines[i]} == nic$'\t'* ]] || undo_line "$i"
  done
  for i in "${!lines[@]}"; do
    [[ ${lines[i]} != nic$'\t'* ]] || undo_line "$i"
  done
  boot_reload
  undo_end "${lines[@]}"
}

# To take a NIC from a process would wait for that process's end.
undo_refuse() {
  local address users
  for address in $(remembered nic); do
    users=$(nic_users "$address")
    [[ -z $users ]] || failed "$address is in use by process ${users//$'\n'/, }; end it, then again"
  done
  ((failures == 0)) || {
    echo "$me: nothing was changed" >&2
    exit 1
  }
}

undo_line() { # undo_line NUMBER: it is gone from `lines` when that worked
  local kind key a b c _
  IFS=$'\t' read -r kind key a b c _ <<<"${lines[$1]}"
  undo_one && unset "lines[$1]"
}

undo_one() {
  case $kind in
  pages) undo_pages "$key" "$a" ;;
  nic) nic_return "$key" "$a" "$b" "$c" ;;
  noiommu) put "$a" "$noiommu" && changed vfio "no-IOMMU mode as before" ;;
  file) file_foreign "$key" || { rm -f "$root$key" && changed file "$key: removed"; } ;;
  link) rm -f "$root$key" ;;
  directory) rmdir "$root$key" 2>/dev/null || true ;;
  node) undo_node "$key" "$a" ;;
  member) member_remove "$key" && changed group "platter: $key is not in it any more" ;;
  group) group_remove ;;
  esac
}

undo_pages() {
  local now where=${1#/sys/devices/system/node/node}
  value now "$1"
  [[ $now != "$2" ]] || return 0
  where=${where%%/*}
  put "$2" "$1"
  changed hugepages "node ${where:-0}: $now to $2"
  value now "$1"
  [[ $now == "$2" ]] || failed "$1 is still $now: pages are in use; end what uses them, then again"
  [[ $now == "$2" ]]
}

undo_node() {
  local group mode
  read -r group mode <<<"$2"
  [[ ! -e $root$1 ]] || { chgrp "$group" "$root$1" && chmod "$mode" "$root$1"; }
}

undo_end() {
  if (($# > 0)); then
    printf '%s\n' "$@" >"$root$state"
    echo "$me: not all could be given back; --undo again when it can" >&2
    exit 1
  fi
  rm -f "$root$state"
  rmdir "$root$state_directory" "$root${state_directory%/*}" 2>/dev/null
  echo "everything is as it was found"
  exit 0
}
