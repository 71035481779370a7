# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: BSD-3-Clause
#
# The subjects of record.sh: record_X makes the traffic while a capture runs,
# check_X says what the file must hold. To be sourced, not run. The variables
# left and right are the two namespaces (netns.sh), file is the capture, subject
# its name and work a directory for temporary files (record.sh).

# --- traffic ------------------------------------------------------------------

exchange() { # COUNT SIZE ADDRESS...: pings from left that must all be answered
  local address
  for address in "${@:3}"; do
    on "$left" ping -q -M "do" -i 0.1 -c "$1" -s "$2" "$address" >>"$work/log"
  done
}

bytes() { # COUNT: a file of that many bytes that are the same on every run
  seq 1000000 1200000 | head -c "$1" >"$work/sent" || true
}

brackets() { # ADDRESS: as socat wants it
  if [[ $1 == *:* ]]; then echo "[$1]"; else echo "$1"; fi
}

transfer() { # NAMESPACE NAMESPACE ADDRESS COUNT: over TCP, compared on arrival
  bytes "$4"
  start "$2" socat -u -b 65536 "TCP6-LISTEN:7000,ipv6only=0,reuseaddr" "CREATE:$work/received"
  wait_for on "$2" grep -q ':1B58 0*:0000 0A' /proc/net/tcp6
  on "$1" timeout 120 socat -u -b 65536 "FILE:$work/sent" "TCP:$(brackets "$3"):7000"
  wait "$pid"
  unset "started[$pid]"
  cmp "$work/sent" "$work/received"
}

datagram() { # NAMESPACE NAMESPACE ADDRESS COUNT [RECEIVER-OPTION [SENDER-OPTION]]: one, over UDP
  local version=4 receiver
  [[ $3 != *:* ]] || version=6
  bytes "$4"
  rm -f "$work/received"
  start "$2" socat -u -b 65536 "UDP$version-RECV:7000${5:+,$5}" "CREATE:$work/received"
  receiver=$pid
  wait_for on "$2" grep -q ':1B58 ' /proc/net/udp /proc/net/udp6
  on "$1" socat -u -b 65536 "FILE:$work/sent" "UDP$version-SENDTO:$(brackets "$3"):7000${6:+,$6}"
  wait_for cmp "$work/sent" "$work/received"
  finish "$receiver" TERM
}

dnsmasq_on_right() { # OPTION...
  start "$right" dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --pid-file= \
    --no-hosts --no-resolv --log-facility=- --interface=right --except-interface=lo \
    --bind-interfaces --dhcp-leasefile="$work/leases" "$@"
}

# --- the subjects -------------------------------------------------------------

record_arp() {
  pair
  # Short times, so that a neighbour goes stale and is probed while we watch.
  on "$left" sysctl -qw net.ipv4.neigh.left.base_reachable_time_ms=500 \
    net.ipv4.neigh.left.delay_first_probe_time=1 net.ipv4.conf.left.arp_notify=1
  with_tcpdump
  on "$left" ping -q -c 4 192.0.2.2 >>"$work/log"
  # No one has this address: requests without a reply.
  ! on "$left" ping -q -c 1 -W 4 192.0.2.99 >>"$work/log" || die "192.0.2.99 answered"
  # A change of MAC address is announced by a gratuitous ARP.
  ip -n "$left" link set left address 02:00:00:00:00:11
  on "$right" ping -q -c 1 192.0.2.1 >>"$work/log"
  stop_capture
}
check_arp() {
  holds 2 'arp.opcode == 1 and eth.dst == ff:ff:ff:ff:ff:ff'
  holds 1 'arp.opcode == 1 and eth.dst == 02:00:00:00:00:02'
  holds 2 'arp.opcode == 2'
  holds 1 'arp.isgratuitous'
  holds 2 'arp.dst.proto_ipv4 == 192.0.2.99'
}

left_has_prefix() {
  [[ $(ip -n "$left" -6 address show dev left scope global) == *2001:db8:* ]]
}
record_ndp() {
  pair
  local side
  for side in left right; do
    ip -n "${!side}" -6 address flush dev "$side"
  done
  with_tcpdump
  # Addresses appear now: duplicate address detection, solicitation of routers,
  # and the advertisement that gives left its prefix.
  on "$right" sysctl -qw net.ipv6.conf.right.addr_gen_mode=0 net.ipv6.conf.right.forwarding=1
  ip -n "$right" address add 2001:db8::2/64 dev right
  sleep 2.5
  dnsmasq_on_right --port=0 --enable-ra --dhcp-range=2001:db8::,ra-only
  on "$left" sysctl -qw net.ipv6.conf.left.addr_gen_mode=0
  wait_for left_has_prefix
  sleep 3
  on "$left" ping -q -c 2 2001:db8::2 >>"$work/log"
  ! on "$left" ping -q -c 1 -W 4 2001:db8::99 >>"$work/log" || die "2001:db8::99 answered"
  stop_capture
}
check_ndp() {
  holds 2 'icmpv6.type == 135 and ipv6.src == ::'
  holds 2 'icmpv6.type == 135 and ipv6.src != ::'
  holds 2 'icmpv6.type == 136'
  holds 1 'icmpv6.type == 133'
  holds 1 'icmpv6.type == 134 and icmpv6.opt.prefix'
}

record_ping() {
  pair
  with_tcpdump --time-stamp-precision=nano
  local size
  for size in 0 1 56 512 1452; do
    exchange 3 "$size" 192.0.2.2 2001:db8::2
  done
  stop_capture
}
check_ping() {
  local kind
  for kind in 'icmp.type == 8' 'icmp.type == 0' 'icmpv6.type == 128' 'icmpv6.type == 129'; do
    holds 15 "$kind"
  done
  [[ $(od -An -tx4 -N4 "$file") == " a1b23c4d" ]] || die "$subject: no nanosecond time stamps"
}

record_tcp-retransmit() {
  lossy_pair
  with_tcpdump
  # Up: the capture is at the sender and holds lost segments twice.
  transfer "$left" "$right" 192.0.2.2 70000
  # Down: it is at the receiver and holds gaps, late segments, selective acks.
  transfer "$right" "$left" 192.0.2.1 70000
  stop_capture
}
check_tcp-retransmit() {
  holds 2 'tcp.analysis.retransmission and ip.src == 192.0.2.1'
  holds 1 'tcp.analysis.retransmission and ip.src == 192.0.2.2'
  holds 1 'tcp.analysis.lost_segment or tcp.analysis.out_of_order'
  holds 5 'tcp.analysis.duplicate_ack'
  holds 5 'tcp.options.sack_le'
  holds 2 'tcp.flags.syn == 1 and tcp.flags.ack == 1'
  holds 2 'tcp.flags.fin == 1'
}

record_dns() {
  pair
  local long
  long=$(printf 'platter%.0s' {1..36})
  dnsmasq_on_right --local=/test/ --host-record=www.test,192.0.2.80,2001:db8::80 \
    --mx-host=test,mail.test,10 --srv-host=_ldap._tcp.test,www.test,389 --cname=web.test,www.test \
    --txt-record="long.test,${long:0:250},${long:1:250},${long:2:250}"
  wait_for on "$right" grep -q ':0035 ' /proc/net/udp
  with_dumpcap
  local query
  while read -r query; do
    # shellcheck disable=SC2086 # a line holds several words
    on "$left" dig +tries=1 +time=5 $query >>"$work/log"
  done <<'QUERIES'
@192.0.2.2 www.test A
@2001:db8::2 www.test AAAA
@192.0.2.2 web.test A
@192.0.2.2 test MX
@192.0.2.2 _ldap._tcp.test SRV
@192.0.2.2 -x 192.0.2.80
@2001:db8::2 nobody.test A
@192.0.2.2 long.test TXT
@192.0.2.2 +noedns long.test TXT
@2001:db8::2 +tcp www.test A
QUERIES
  stop_capture
}
check_dns() {
  holds 9 'udp and dns.flags.response == 0'
  holds 9 'udp and dns.flags.response == 1'
  holds 1 'dns.flags.rcode == 3'
  holds 1 'dns.flags.truncated == 1'
  holds 2 'tcp and dns.flags.response == 1'
  capinfos -t "$file" | grep -q pcapng || die "$subject: the file is not pcapng"
}

record_dhcp() {
  pair
  ip -n "$left" address flush dev left
  # udhcpc reports to a program, by default one that edits /etc/resolv.conf.
  cat >"$work/lease" <<'LEASE'
#!/bin/sh
case $1 in
deconfig) ip -4 address flush dev "$interface" ;;
bound | renew) ip address replace "$ip/24" dev "$interface" ;;
esac
echo "$1" >>"${0%/*}/lease-events"
LEASE
  chmod +x "$work/lease"
  with_tcpdump
  dnsmasq_on_right --port=0 --dhcp-range=192.0.2.100,192.0.2.150,1h --dhcp-authoritative \
    --dhcp-option=option:router,192.0.2.2 --dhcp-option=option:domain-name,test
  wait_for on "$right" grep -q ':0043 ' /proc/net/udp
  # The server pings an address for three seconds before it offers it.
  start "$left" udhcpc -f -i left -s "$work/lease" -x hostname:left -T 5
  wait_for grep -q bound "$work/lease-events"
  kill -USR1 "$pid" # asks for a renewal
  wait_for grep -q renew "$work/lease-events"
  kill -USR2 "$pid" # gives the address back
  sleep 0.5
  finish "$pid" TERM
  stop_capture
}
check_dhcp() {
  local kind # 1 discover, 2 offer, 3 request, 5 acknowledge, 7 release (RFC 2132, 9.6)
  for kind in 1 2 3 5 7; do
    holds 1 "dhcp.option.dhcp == $kind"
  done
  holds 1 'dhcp.option.dhcp == 3 and ip.dst == 192.0.2.2'
}

record_vlan() {
  pair
  local side host=0
  for side in left right; do
    host=$((host + 1))
    tagged "${!side}" "$side" 802.1Q 10
    address "${!side}" "$side.10" "198.51.100.$host/24" "2001:db8:10::$host/64"
    tagged "${!side}" "$side" 802.1Q 4094
    address "${!side}" "$side.4094" "203.0.113.$host/24" "2001:db8:4094::$host/64"
  done
  with_tcpdump
  exchange 2 56 192.0.2.2 2001:db8::2
  exchange 2 56 198.51.100.2 2001:db8:10::2
  exchange 2 1452 203.0.113.2 2001:db8:4094::2
  transfer "$left" "$right" 198.51.100.2 20000
  stop_capture
}
check_vlan() {
  local id
  for id in 10 4094; do
    holds 2 "eth.type == 0x8100 and vlan.id == $id and arp"
    holds 4 "eth.type == 0x8100 and vlan.id == $id and icmp"
    holds 4 "eth.type == 0x8100 and vlan.id == $id and icmpv6.type >= 128"
  done
  holds 10 'vlan.id == 10 and vlan.priority == 5 and tcp'
  holds 10 'frame.len == 1518 and vlan'
  holds 4 'icmp and not vlan'
}

record_qinq() {
  # Linux lets one tag of four bytes exceed the MTU; there are two.
  pair 1504
  local side host=0
  for side in left right; do
    host=$((host + 1))
    tagged "${!side}" "$side" 802.1ad 100
    tagged "${!side}" "$side.100" 802.1Q 10
    ip -n "${!side}" link set "$side.100.10" mtu 1500
    address "${!side}" "$side.100.10" "198.51.100.$host/24" "2001:db8:10::$host/64"
  done
  with_tcpdump
  exchange 3 56 198.51.100.2 2001:db8:10::2
  exchange 3 1452 198.51.100.2 2001:db8:10::2
  transfer "$left" "$right" 198.51.100.2 20000
  stop_capture
}
check_qinq() {
  local both='eth.type == 0x88a8 and ieee8021ad.id == 100 and vlan.id == 10'
  holds 2 "$both and arp"
  holds 12 "$both and icmp"
  holds 12 "$both and icmpv6.type >= 128"
  holds 10 "$both and tcp and frame.len == 1522"
}

record_jumbo() {
  pair 9000
  with_tcpdump
  exchange 1 8972 192.0.2.2
  exchange 1 8952 192.0.2.2 2001:db8::2
  exchange 1 2000 192.0.2.2 2001:db8::2
  transfer "$left" "$right" 192.0.2.2 40000
  transfer "$right" "$left" 2001:db8::1 40000
  stop_capture
}
check_jumbo() {
  holds 2 'icmp and frame.len == 9014'
  holds 2 'icmpv6 and frame.len == 9014'
  holds 4 'tcp and frame.len > 9000'
  holds 4 'frame.len > 1518 and frame.len < 9000'
}

record_fragments() {
  pair
  with_tcpdump
  local size address
  for address in 192.0.2.2 2001:db8::2; do
    # One byte more than fits, a few fragments, and many.
    for size in 1473 4000 15000; do
      on "$left" ping -q -M dont -i 0.1 -c 1 -s "$size" "$address" >>"$work/log"
    done
    datagram "$left" "$right" "$address" 6000
  done
  datagram "$right" "$left" 192.0.2.1 6000
  datagram "$right" "$left" 2001:db8::1 6000
  stop_capture
}
check_fragments() {
  holds 10 'ip.flags.mf == 1'
  holds 10 'ip.frag_offset > 0'
  holds 20 'ipv6.fraghdr'
  holds 2 'udp.length == 6008 and ip'
  holds 2 'udp.length == 6008 and ipv6'
}

record_multicast() {
  pair
  ip -n "$left" route add 224.0.0.0/4 dev left
  # Reports come from link-local addresses (RFC 3810, section 5.2.13); these
  # need a moment to be found unique.
  on "$left" sysctl -qw net.ipv6.conf.left.addr_gen_mode=0
  on "$right" sysctl -qw net.ipv6.conf.right.addr_gen_mode=0
  sleep 2.5
  with_tcpdump
  datagram "$left" "$right" 239.1.2.3 100 ip-add-membership=239.1.2.3:right ip-multicast-ttl=4
  # The older protocol, for bridges that only know that.
  on "$right" sysctl -qw net.ipv4.conf.right.force_igmp_version=2
  datagram "$left" "$right" 239.1.2.4 1000 ip-add-membership=239.1.2.4:right
  datagram "$left" "$right" ff15::1234 100 "ipv6-join-group=[ff15::1234]:right"
  on "$right" sysctl -qw net.ipv6.conf.right.force_mld_version=1
  datagram "$left" "$right" ff15::1235 1000 "ipv6-join-group=[ff15::1235]:right"
  sleep 1.5 # reports are repeated within a second
  stop_capture
}
check_multicast() {
  holds 2 'igmp.type == 0x22' # version 3: join and leave
  holds 1 'igmp.type == 0x16' # version 2: join
  holds 1 'igmp.type == 0x17' # version 2: leave
  holds 2 'icmpv6.type == 143 and ipv6.src == fe80::/10'
  holds 1 'icmpv6.type == 131'
  holds 1 'icmpv6.type == 132'
  holds 2 'udp and eth.dst[0:3] == 01:00:5e'
  holds 2 'udp and eth.dst[0:2] == 33:33'
}

record_imix() {
  python3 "$here/make-imix.py" "$file"
}
check_imix() {
  local size
  for size in '60 700' '566 400' '1514 100'; do
    holds "${size#* }" "udp and frame.len == ${size% *}"
  done
}
