# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# The stage on which record.sh records: processes, namespaces and links, all of
# which are gone again after the script. To be sourced, not run.

# Namespaces are visible to the whole machine, so their names carry our process id.
left=platter-left-$$
right=platter-right-$$
wire=platter-wire-$$
work=
declare -A started=() # by process id

die() {
  echo "record.sh: $*" >&2
  exit 1
}

start() { # NAMESPACE COMMAND...: in the background, its output in $work/log; sets $pid
  # Not through a function: $! would be a shell around the program, and a signal
  # to that shell would leave the program running.
  ip netns exec "$@" >>"$work/log" 2>&1 &
  pid=$!
  started[$pid]=1
}

finish() { # PID SIGNAL: sends the signal and waits for the end
  kill "-$2" "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
  # Forgotten, because the system may give the number to another process.
  unset "started[$1]"
}

wait_for() { # COMMAND...: until it succeeds, for at most ten seconds
  local i
  for ((i = 0; i < 100; i++)); do
    if "$@" >/dev/null 2>&1; then
      return
    fi
    sleep 0.1
  done
  die "waited in vain for: $*"
}

on() { # NAMESPACE COMMAND...
  local namespace=$1
  shift
  ip netns exec "$namespace" "$@"
}

clear_stage() { # ends what was started, removes the namespaces and so their links
  local process namespace
  for process in "${!started[@]}"; do
    finish "$process" TERM
  done
  for namespace in "$left" "$right" "$wire"; do
    if [[ -e /run/netns/$namespace ]]; then
      ip netns delete "$namespace"
    fi
  done
}

cleanup() {
  local status=$?
  trap - EXIT
  # Whoever read our output may be gone ("| head"); that must not stop us here.
  trap '' PIPE
  set +e
  clear_stage
  if ((status != 0)) && [[ -s $work/log ]]; then
    echo "record.sh: ${subject:-} failed; what the programs said last:" >&2
    tail -n 20 "$work/log" >&2
  fi
  rm -rf "$work"
  exit "$status"
}

open_stage() { # from here on, whatever happens, nothing stays behind
  work=$(mktemp -d)
  trap cleanup EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

add_namespace() { # NAMESPACE: IPv6 is on but silent until it gets an address
  ip netns add "$1"
  ip -n "$1" link set lo up
  on "$1" sysctl -qw net.ipv6.conf.default.disable_ipv6=0 \
    net.ipv6.conf.default.addr_gen_mode=1
}

connect() { # NAMESPACE DEVICE NAMESPACE DEVICE MTU: a veth pair without offloads
  ip link add "$2" mtu "$5" netns "$1" type veth peer name "$4" mtu "$5" netns "$3" ||
    die "this kernel has no veth pairs (module veth)"
  local end namespace device
  for end in "$1 $2" "$3 $4"; do
    read -r namespace device <<<"$end"
    on "$namespace" ethtool -K "$device" rx off tx off sg off tso off gso off gro off \
      rxvlan off txvlan off rx-vlan-stag-hw-parse off tx-vlan-stag-hw-insert off \
      >>"$work/log" 2>&1
    ip -n "$namespace" link set "$device" up
  done
}

address() { # NAMESPACE DEVICE IPV4 IPV6
  ip -n "$1" address add "$3" dev "$2"
  ip -n "$1" address add "$4" dev "$2" nodad
}

number_ends() { # fixed addresses, from the ranges kept for documentation
  ip -n "$left" link set left address 02:00:00:00:00:01
  ip -n "$right" link set right address 02:00:00:00:00:02
  address "$left" left 192.0.2.1/24 2001:db8::1/64
  address "$right" right 192.0.2.2/24 2001:db8::2/64
}

pair() { # [MTU]: left and right, joined directly
  clear_stage
  add_namespace "$left"
  add_namespace "$right"
  connect "$left" left "$right" right "${1:-1500}"
  number_ends
}

lossy_pair() { # left and right, with a bridge between them that loses and reorders
  clear_stage
  local namespace device
  for namespace in "$left" "$right" "$wire"; do
    add_namespace "$namespace"
  done
  connect "$left" left "$wire" to_left 1500
  connect "$right" right "$wire" to_right 1500
  ip -n "$wire" link add middle up type bridge mcast_snooping 0
  for device in to_left to_right; do
    ip -n "$wire" link set "$device" master middle
    on "$wire" tc qdisc add dev "$device" root netem delay 5ms reorder 20% 50% loss 15% ||
      die "this kernel has no netem (module sch_netem)"
  done
  number_ends
}

tagged() { # NAMESPACE DEVICE PROTOCOL ID: a VLAN sub-interface, DEVICE.ID
  ip -n "$1" link add link "$2" name "$2.$4" type vlan protocol "$3" id "$4" \
    egress-qos-map 0:5 || die "this kernel has no VLANs (module 8021q)"
  ip -n "$1" link set "$2.$4" up
}
