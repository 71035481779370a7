#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds platter on a bare root of each Debian release that it is for, and runs unit and datapath tests
# there: 12 (DPDK 22.11), 13 (24.11) and unstable (25.11). Warnings are errors. Run by hand before
# what depends on DPDK, gcc or a library is released; neither deploy/test.sh nor CI has the time.
#
#   tests/releases.sh [--roots DIRECTORY] [--mirror URL] [--jobs N] [12|13|sid]…   all three; root
#
# Roots and builds are kept in DIRECTORY (default: ${TMPDIR:-/var/tmp}/platter-releases, about 2 GB
# for each release) and used again; rm -rf takes them away. What is mounted is mounted in a
# namespace, and gone with it however this ends. The packages come from URL through apt's proxy, if
# this machine's apt has one.
set -euo pipefail
source=$(realpath "$(dirname "$0")/..")
. "$source/deploy/common.sh"

usage() {
  sed -n '/^#   tests/s/^#   /usage: /p' "$0" >&2
  exit 2
}

roots=${TMPDIR:-/var/tmp}/platter-releases mirror=http://deb.debian.org/debian jobs=$(nproc)
releases=()
while (($# > 0)); do
  case $1 in
  --roots | --mirror | --jobs)
    (($# > 1)) || usage
    printf -v "${1#--}" %s "$2"
    shift
    ;;
  12 | 13 | sid) releases+=("$1") ;;
  *) usage ;;
  esac
  shift
done
((${#releases[@]} > 0)) || releases=(12 13 sid)
[[ $EUID -eq 0 ]] || {
  echo "releases.sh: run it as root: it makes roots and changes into them" >&2
  exit 2
}
declare -A suites=([12]=bookworm [13]=trixie [sid]=sid)

# make_root SUITE ROOT: what debootstrap makes; complete, or not there.
make_root() {
  [[ ! -e $2 ]] || return 0
  say "A bare root of $1 in $2, from $mirror"
  rm -rf "$2.part"
  unshare --mount --pid --fork --kill-child --mount-proc \
    debootstrap --variant=minbase "$1" "$2.part" "$mirror" >"$2.log" 2>&1 || {
    tail -n 3 "$2.log"
    return 1
  }
  apt-config dump | grep -i '^Acquire::https\?::' >"$2.part/etc/apt/apt.conf.d/80host" || true
  mv "$2.part" "$2"
}

# inside NETWORK ROOT COMMAND: with the machine's network (host) or none but loopback (own), the
# source to read below /platter, and nothing of this machine's to write to but the root. The build
# stands in /build.
# shellcheck disable=SC2016 # the inner shell's variables
inside() {
  local options=(--mount --pid --ipc --fork --kill-child)
  [[ $1 == host ]] || options+=(--net)
  unshare "${options[@]}" bash -euc '
    network=$1 root=$2 source=$3 command=$4
    [[ $network == host ]] || ip link set lo up
    mkdir -p "$root/platter"
    mount --bind "$source" "$root/platter"
    mount -o remount,bind,ro "$root/platter"
    mount --rbind /dev "$root/dev"
    mount -t proc proc "$root/proc"
    mount -t sysfs sysfs "$root/sys"
    mount -t tmpfs tmpfs "$root/tmp"
    mount -t tmpfs tmpfs "$root/run"
    [[ $network != host ]] || cat /etc/resolv.conf >"$root/etc/resolv.conf"
    exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
      ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
      bash -euc "cd /platter && $command"' bash "$1" "$2" "$source" "$3"
}

# check RELEASE: builds, tests; says at the end with which versions.
check() {
  local suite=${suites[$1]} root=$roots/${suites[$1]}
  local packages="${build_packages[*]} g++ libgtest-dev iproute2"
  make_root "$suite" "$root" || return
  inside host "$root" ". deploy/common.sh; install_packages $packages" || return
  say "Debian $1: build"
  inside own "$root" "[[ -e /build/build.ninja ]] || meson setup /build -Dtests=true -De2e=false \
    >/build.log || { cat /build.log; exit 1; }; ninja -C /build --quiet -j $jobs" || return
  say "Debian $1: unit and datapath tests"
  inside own "$root" "meson test -C /build --no-rebuild --suite unit --suite datapath \
    --print-errorlogs" || return
  # shellcheck disable=SC2016 # the inner shell's
  inside own "$root" 'echo "passed with DPDK $(pkg-config --modversion libdpdk), gcc $(gcc -dumpfullversion)"'
}

install_packages debootstrap iproute2
mkdir -p "$roots"
roots=$(realpath "$roots")
failed=()
for release in "${releases[@]}"; do
  check "$release" || failed+=("$release")
done
((${#failed[@]} == 0)) || {
  say "Failed on Debian: ${failed[*]}"
  exit 1
}
say "Passed on Debian: ${releases[*]}"
