#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# How fast is platter beside dpdk-testpmd? Runs both in turn on the same virtual devices, core, burst
# and hugepages, and prints each pair's ratio, the median and the spread.
#
#   sudo tests/bench/versus-testpmd.sh [--pairs N] [--seconds S] [--json FILE] [SCENARIO …]
#
# Needs python3, the package dpdk (deploy/test.sh installs them) and an idle machine with two cores;
# the scenario bridge-ovs also openvswitch-switch-dpdk, installed (its service stopped) or unpacked
# into a directory that OVS_ROOT names. What is missing is said first, and the rest is measured; the
# status is then 1. Reserves hugepages where fewer than 512 are free, and gives them back.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$top/build}
pages=/proc/sys/vm/nr_hugepages

[[ $EUID -eq 0 ]] || { echo "versus-testpmd.sh: run it as root: it reserves hugepages" >&2; exit 2; }
[[ -x $build/app/platter/platter ]] || {
  echo "versus-testpmd.sh: $build/app/platter/platter is missing: build it (deploy/demo.sh), or name a build directory in BUILD" >&2
  exit 2
}
before=$(<$pages)
free=$(awk '/HugePages_Free/ {print $2}' /proc/meminfo)
if ((free < 512)); then
  trap 'echo "$before" >$pages' EXIT
  echo $((before + 512 - free)) >$pages
  free=$(awk '/HugePages_Free/ {print $2}' /proc/meminfo)
  ((free >= 256)) || {
    echo "versus-testpmd.sh: $free hugepages of 2 MB are free, 256 are needed, and the kernel gives no more" >&2
    exit 1
  }
fi
python3 "$top/tests/bench/versus_testpmd.py" --platter "$build/app/platter/platter" "$@"
