# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Which interfaces must not be taken: those of the default routes and of the SSH session that this
# runs in, and what lies below them (bonds, bridges, VLANs).

declare -A carries=() # interface: what it carries

# interface_carries NAME WHAT: and every interface below it.
interface_carries() {
  local lower
  [[ -z ${carries[$1]:-} ]] || return 0
  carries[$1]=$2
  for lower in "$root/sys/class/net/$1"/lower_*; do
    [[ ! -L $lower && ! -e $lower ]] || interface_carries "${lower##*/lower_}" "$2"
  done
}

# The client's and the server's address. sudo hides the variable; the processes above still have it.
session_variable() {
  local pid=$PPID words
  REPLY=${SSH_CONNECTION:-}
  while [[ -z $REPLY && -z $root && $pid -gt 1 ]]; do
    REPLY=$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | sed -n 's/^SSH_CONNECTION=//p')
    # The second field may hold blanks; what follows it does not.
    words=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null)
    pid=$(cut -d ' ' -f 2 <<<"$words")
    pid=${pid:-0}
  done
}

# ipv4_hex ADDRESS: as /proc/net/route has it: the bytes last to first.
ipv4_hex() {
  local a b c d
  IFS=. read -r a b c d <<<"$1"
  printf '%02X%02X%02X%02X' "$d" "$c" "$b" "$a"
}

# ipv6_hex ADDRESS: 32 digits, as /proc/net/if_inet6 has it.
ipv6_hex() {
  awk -v text="${1%%%*}" 'BEGIN {
    n = split(text, half, "::")
    left = split(half[1], l, ":")
    right = n > 1 ? split(half[2], r, ":") : 0
    for (i = 1; i <= left; i++) out = out sprintf("%4s", l[i])
    for (i = left + right; i < 8; i++) out = out "0000"
    for (i = 1; i <= right; i++) out = out sprintf("%4s", r[i])
    gsub(" ", "0", out)
    print tolower(out)
  }'
}

# The interface whose route to this address of ours is the most exact one: that of its own network.
ipv4_interface() {
  local name destination mask rest address best=-1
  address=$((16#$(ipv4_hex "$1")))
  REPLY=
  while read -r name destination _ _ _ _ _ mask rest; do
    [[ $mask =~ ^[0-9A-F]{8}$ ]] || continue
    if (((address & 16#$mask) == 16#$destination && $(mask_bits "$mask") > best)); then
      best=$(mask_bits "$mask")
      REPLY=$name
    fi
  done <"$root/proc/net/route"
}

mask_bits() {
  local bits=0 left=$((16#$1))
  for (( ; left > 0; left &= left - 1)); do
    ((bits++))
  done
  echo "$bits"
}

# Other than the one that every interface gives itself: it has a route, or an IPv6 address of a scope
# beyond the link (20).
interface_has_address() {
  awk -v name="$1" '
    $1 == name || $6 == name && $4 != "20" { found = 1 }
    END { exit !found }' "$root/proc/net/route" "$root/proc/net/if_inet6" 2>/dev/null
}

protected_read() {
  local name client_port address hex
  for name in $(awk '$2 == "00000000" && $8 == "00000000" { print $1 }' \
    "$root/proc/net/route" 2>/dev/null) \
    $(awk '$1 ~ /^0+$/ && $2 == "00" && $10 != "lo" { print $10 }' \
      "$root/proc/net/ipv6_route" 2>/dev/null); do
    interface_carries "$name" "the default route"
  done
  session_variable
  read -r _ client_port address _ <<<"$REPLY"
  [[ -n $client_port && -n $address ]] || return 0
  address=${address#::ffff:}
  if [[ $address =~ ^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
    ipv4_interface "$address"
  else
    hex=$(ipv6_hex "$address")
    REPLY=$(awk -v hex="$hex" '$1 == hex { print $6 }' "$root/proc/net/if_inet6" 2>/dev/null)
  fi
  for name in $REPLY; do
    interface_carries "$name" "this session"
  done
}
