#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Records the sample captures: sudo pcaps/record.sh [DIR [SUBJECT...]]
#
# DIR is where the files go (default: the directory of this script); a subject
# is a file's name without its ending (default: all).
#
# Each subject gets two fresh network namespaces, joined by a veth pair with the
# ends "left" and "right". Real programs and the kernel's own stack talk over it
# while a capture runs at "left". Nothing leaves the namespaces, and nothing on
# the machine is changed: on exit, also after a failure, the script ends the
# processes it started and removes its namespaces and temporary files.
#
# A veth pair is lazy by default: it hands over 64 KB segments, leaves checksums
# to be filled in later and keeps VLAN tags beside the frame instead of in it. A
# capture of that holds frames that no cable ever carried. All of it is switched
# off here (netns.sh, connect), so a file holds what a NIC would have seen, with
# one difference: frames shorter than 60 bytes are not padded.
#
# A capture is put in place only when it holds what it should: whole frames of
# at most 9,216 bytes, link type Ethernet, correct checksums, under 200 KB (the
# generated imix: 600 KB), and the traffic that its name promises. Otherwise the
# script says what is missing and fails.
#
# Needs root, a kernel with veth, bridge, 8021q and sch_netem (Debian's
# linux-image-amd64 has all four), and on Debian 12:
#   apt-get install bind9-dnsutils dnsmasq-base ethtool iproute2 iputils-ping \
#     procps python3 socat tcpdump tshark udhcpc wireshark-common
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR
source "$here/netns.sh"
# shellcheck source-path=SCRIPTDIR
source "$here/subjects.sh"

subjects=(arp ndp ping tcp-retransmit dns dhcp vlan qinq jumbo fragments multicast imix)

check_tools() {
  local tool package
  while read -r tool package; do
    command -v "$tool" >/dev/null || die "$tool is missing: apt-get install $package"
  done <<'TOOLS'
capinfos wireshark-common
dig bind9-dnsutils
dnsmasq dnsmasq-base
dumpcap wireshark-common
ethtool ethtool
ip iproute2
ping iputils-ping
python3 python3
socat socat
ss iproute2
sysctl procps
tc iproute2
tcpdump tcpdump
tshark tshark
udhcpc udhcpc
TOOLS
}

# --- the capture --------------------------------------------------------------

capture() { # COMMAND...: starts a recorder at left, comes back when it listens
  : >"$work/log" # so that the words waited for are this recorder's
  start "$left" "$@"
  recorder=$pid
  wait_for grep -qE '^(tcpdump: listening on|File:)' "$work/log"
  # dumpcap names its file a moment before its socket takes frames.
  sleep 0.3
}

with_tcpdump() { # [OPTION...]
  capture tcpdump -i left -s 0 -B 8192 --immediate-mode -U -Z root -w "$file" "$@"
}

with_dumpcap() { # writes pcapng, which tcpdump cannot
  capture dumpcap -q -n -i left -s 262144 -B 8 -w "$file"
}

stop_capture() {
  sleep 0.5 # the last frames are still on their way through the kernel
  finish "$recorder" INT
  ! grep -qE '^[1-9][0-9]* packets? dropped|/[1-9][0-9]* \(.*dropped' "$work/log" ||
    die "$subject: the recorder lost frames"
}

# --- what must be in a file ---------------------------------------------------

count() { # FILTER: frames of $file that match it
  tshark -n -r "$file" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
    -o udp.check_checksum:TRUE -Y "$1" -T fields -e frame.number 2>>"$work/log" | wc -l
}

holds() { # MINIMUM FILTER
  local found
  found=$(count "$2")
  ((found >= $1)) || die "$subject: $found frames match '$2', expected at least $1"
}

lacks() { # FILTER
  local found
  found=$(count "$1")
  ((found == 0)) || die "$subject: $found frames match '$1', expected none"
}

check_common() { # LIMIT: the largest file allowed
  local size
  size=$(stat -c %s "$file")
  ((size < $1)) || die "$subject: $size bytes, expected fewer than $1"
  tcpdump -nr "$file" -w /dev/null 2>>"$work/log" || die "$subject: tcpdump cannot read the file"
  capinfos -E "$file" | grep -q 'Ethernet$' || die "$subject: the link type is not Ethernet"
  # Checksum status 0 is "bad"; errors inside quoted packets of ICMP are not ours.
  lacks 'frame.len > 9216 or frame.cap_len < frame.len or
    ip.checksum.status == 0 or tcp.checksum.status == 0 or udp.checksum.status == 0 or
    icmp.checksum.status == 0 or icmpv6.checksum.status == 0 or igmp.checksum.status == 0'
}

# --- one after the other ------------------------------------------------------

record() { # SUBJECT
  subject=$1
  local name=$subject.pcap limit=200000
  [[ $subject != dns ]] || name=$subject.pcapng
  [[ $subject != imix ]] || limit=600000
  file=$work/$name
  "record_$subject"
  check_common "$limit"
  "check_$subject"
  install -m 644 "$file" "$target/$name"
  # Under sudo the files belong to whoever owns the directory, not to root.
  chown --reference="$target" "$target/$name"
  echo "| $name | $(count frame) | $(stat -c %s "$file") |"
}

main() {
  target=${1:-$here}
  if (($# > 1)); then
    subjects=("${@:2}")
  fi
  local name
  for name in "${subjects[@]}"; do
    declare -F "record_$name" >/dev/null || die "there is no subject '$name'"
  done
  [[ -d $target ]] || die "$target is not a directory"
  ((EUID == 0)) || die "network namespaces need root: sudo $0"
  check_tools
  open_stage
  echo "| file | frames | bytes |"
  for name in "${subjects[@]}"; do
    record "$name"
  done
}

main "$@"
