#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Installs what the tests need, builds platter in every way that is checked, and checks it: format,
# static analysis, layering, unit, datapath and end-to-end tests, two minutes among hostile peers, the
# first two again under AddressSanitizer and UBSan, and the fuzzers for ten seconds each. Bare Debian
# 12; root or sudo.
#
#   deploy/test.sh          everything, about nineteen minutes
#   deploy/test.sh quick    without fuzzers
#
# Changes on the system while it runs: 512 hugepages of 2 MB where there are fewer, network
# namespaces of its own. Both are taken back.
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/common.sh
if [[ $EUID -ne 0 ]]; then
  exec sudo -E "$0" "$@"
fi

test_packages=(
  g++ libgtest-dev                 # the tests
  clang libclang-rt-14-dev         # the fuzzers
  clang-format cppcheck            # format and static analysis
  python3                          # the bench, and the summary below
  dpdk dpdk-dev                    # dpdk-testpmd for the bench; dpdk-telemetry.py
  iproute2 iputils-ping ethtool socat tcpdump procps util-linux kmod # peers of the e2e tests
  chromium                         # opens the page that platter-bench --html writes
  gzip xz-utils zstd lz4           # pack captures that the e2e tests replay
  systemd                          # systemd-analyze: is the unit sound, and confined
  graphviz                         # reads what `platter check --dot` writes
  qemu-system-x86 cpio pciutils    # the emulated machine of tests/metal
  shellcheck
)

install_packages "${build_packages[@]}" "${test_packages[@]}"

pages=/proc/sys/vm/nr_hugepages
before=$(<$pages)
others= # the process group that compiles in the background
trap '[[ -z $others ]] || kill -- "-$others" 2>/dev/null || true; echo "$before" >$pages 2>/dev/null || true' EXIT
((before >= 512)) || echo 512 >$pages 2>/dev/null || true

say "Format, static analysis, layering"
tests/lint.sh

# The sanitized build and the fuzzers are compiled beside the tests, which mostly wait; at the least
# priority, so that they do not wait longer for that.
build_others() {
  renice -n 19 "$BASHPID" >/dev/null
  # Without debug information of the tests' own code: a tenth of what it takes to compile that.
  build build-asan -Dbuildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false \
    -De2e=false -Dcpp_args=-g0
  [[ $1 == quick ]] || CC=clang CXX=clang++ build build-fuzz -Dfuzz=true -Dtests=false
}

# run_tests DIR OPTION…: meson test. No tests is not a success: it ends the run at once.
run_tests() {
  local dir=$1 listed
  shift
  listed=$(meson test -C "$dir" --list "$@") && [[ $listed == *" / "* ]] || {
    echo "$dir has no tests for: meson test $*"
    exit 1
  }
  meson test -C "$dir" --print-errorlogs "$@"
}

say "Unit, datapath and end-to-end tests"
build build -Dtests=true -De2e=true
set -m
build_others "${1:-}" >build-others.log 2>&1 &
others=$!
set +m
results=(build/meson-logs/testlog.junit.xml)
status=0
run_tests build --no-suite metal --no-rebuild || status=1

say "NIC drivers, VFIO and IOMMU in an emulated machine, the short set"
run_tests build --suite metal-short --logbase metal || status=1
results+=(build/meson-logs/metal.junit.xml)

say "Hostile peers and clients, full pipes, interfaces that come and go: two minutes"
tests/soak/run.sh 2 || status=1

say "Unit and datapath tests under AddressSanitizer and UBSan"
wait "$others" || {
  cat build-others.log
  exit 1
}
others=
run_tests build-asan --suite unit --suite datapath --no-rebuild || status=1
results+=(build-asan/meson-logs/testlog.junit.xml)

if [[ ${1:-} != quick ]]; then
  say "Fuzzers, ten seconds each"
  tests/fuzz/run.sh build-fuzz 10 || status=1
fi

tests/summary.py "${results[@]}" || status=1
exit $status
