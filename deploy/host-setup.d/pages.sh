# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Hugepages by NUMA node: what is there, what should be, and setting it.

# Where nothing else is said: 1 GB a node, halved while that is over a quarter of its memory. A wire
# between two ports takes under 100 MB.
PAGES_USUAL=512

nodes_list() { # the numbers of the nodes that have memory
  local list
  value list /sys/devices/system/node/has_memory
  list_expand REPLY "${list:-0}"
}

# pages_directory VAR NODE KB; a kernel without NUMA has one place for all.
pages_directory() {
  local _path=/sys/devices/system/node/node$2/hugepages
  [[ -e $root$_path ]] || _path=/sys/kernel/mm/hugepages
  printf -v "$1" %s "$_path/hugepages-$3kB"
}

pages_count() { # pages_count VAR NODE KB
  local _directory _n
  pages_directory _directory "$2" "$3"
  value _n "$_directory/nr_hugepages"
  printf -v "$1" %d "${_n:-0}"
}

node_kilobytes() {
  local file=$root/sys/devices/system/node/node$1/meminfo
  [[ -e $file ]] || file=$root/proc/meminfo
  sed -n 's/.*MemTotal: *\([0-9]*\) kB/\1/p' "$file"
}

machine_kilobytes() { sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' "$root/proc/meminfo"; }

pages_wanted() {
  local n=$PAGES_USUAL most=$(($(node_kilobytes "$1") / 2048 / 4))
  while ((n > most)); do
    n=$((n / 2))
  done
  echo "$n"
}

check_pages() {
  local node large=0
  nodes_list
  for node in $REPLY; do
    check_node "$node"
  done
  ((large == 0)) || finding ok "1 GB pages" "$large"
  cpu_flags
  if ((large == 0 && $(machine_kilobytes) >= 32 << 20)) && [[ $REPLY == *' pdpe1gb '* ]]; then
    finding advice "1 GB pages" "none" \
      "one TLB entry holds all packet memory, where 2 MB pages take hundreds" \
      "kernel argument hugepagesz=1G hugepages=2" "sudo $me --apply --hugepages-1g 1"
    kernel_argument hugepagesz=1G hugepages=2
  fi
}

check_node() {
  local node=$1 n n1g wanted free directory
  pages_count n "$node" 2048
  pages_count n1g "$node" 1048576
  wanted=$(pages_wanted "$node")
  ((large += n1g))
  if ((n + n1g * 512 >= wanted)); then
    pages_directory directory "$node" 2048
    value free "$directory/free_hugepages"
    finding ok hugepages "node $node: $n of 2 MB, ${free:-0} free"
  elif ((n + n1g == 0)); then
    finding problem hugepages "node $node: none" "without them platter has a quarter of its speed" \
      "sudo $me --apply --hugepages $wanted"
  else
    finding advice hugepages "node $node: $n of 2 MB; $wanted are enough for most uses" \
      "platter falls back to ordinary pages when they do not suffice" \
      "sudo $me --apply --hugepages $wanted"
  fi
}

# pages_set N KB: N pages on each node.
pages_set() {
  local node
  nodes_list
  for node in $REPLY; do
    pages_set_node "$1" "$2" "$node"
  done
}

# 2 MB pages up to what is usual on the nodes that have fewer.
pages_fill() {
  local node n n1g wanted
  nodes_list
  for node in $REPLY; do
    pages_count n "$node" 2048
    pages_count n1g "$node" 1048576
    wanted=$(pages_wanted "$node")
    ((n + n1g * 512 >= wanted)) || pages_set_node "$wanted" 2048 "$node"
  done
}

# What the kernel gives is what there was in one piece.
pages_set_node() {
  local n=$1 kb=$2 node=$3 before now file
  pages_directory file "$node" "$kb"
  file+=/nr_hugepages
  [[ -e $root$file ]] || {
    failed "node $node: this kernel or processor has no pages of $(pages_name "$kb")"
    return
  }
  pages_count before "$node" "$kb"
  remember pages "$file" "$before"
  # shellcheck disable=SC2034 # boot.sh reads it
  pages_at_boot[$file]=$n
  ((before != n)) || return 0
  put "$n" "$file"
  pages_count now "$node" "$kb"
  changed hugepages "node $node: $before to $now of $(pages_name "$kb")"
  ((now == n)) || failed "node $node has room for $now of $n pages of $(pages_name "$kb") in one piece; $(pages_hint "$kb")"
}

pages_name() { [[ $1 == 1048576 ]] && echo "1 GB" || echo "2 MB"; }

pages_hint() {
  if [[ $1 == 1048576 ]]; then
    echo "the kernel arguments hugepagesz=1G hugepages=N reserve them at boot"
  else
    echo "fewer, or reboot: there is most room right after the start"
  fi
}
