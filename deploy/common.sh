# SPDX-License-Identifier: BSD-3-Clause
# What demo.sh and test.sh share: saying what happens, installing packages, building.
# shellcheck shell=bash

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

# as_root COMMAND…: through sudo where we are not root.
as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  else
    sudo "$@"
  fi
}

# What platter is built from, and why.
# shellcheck disable=SC2034 # used by those who read this file
build_packages=(
  gcc libc6-dev          # C17 compiler
  meson ninja-build      # the build
  pkg-config             # finds the libraries below
  libdpdk-dev            # DPDK: ports, mbufs, rings; the drivers come with it
  libpcap-dev            # reads captures
  libarchive-dev         # unpacks them: gzip, zstd, xz, lz4
  libyaml-dev            # reads the configuration
  libevent-dev           # its core: control's loop of timers and sockets
  libjansson-dev         # writes --json and telemetry's replies
  scdoc                  # the pages of the manual
  libsystemd-dev         # tells a service manager that platter forwards, and feeds its watchdog
  libmd-dev              # SHA-256 of the captures that platter-bench was given
  libjs-chart.js         # Chart.js: draws the charts of platter-bench --html; put into the page
  liburing-dev           # io_uring, which platter-bench kernel compares with the other ways
)

# install_packages NAME…: those that are missing, and says which.
install_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q ' installed$' || missing+=("$name")
  done
  ((${#missing[@]} > 0)) || return 0
  say "Installing from Debian: ${missing[*]}"
  as_root apt-get -qq update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
    "${missing[@]}" >/dev/null
}

# build DIR OPTION…: builds what has changed. A directory that was configured otherwise gets these
# options; one that this meson or this version of platter cannot use any more is made anew.
build() {
  local dir=$1 log
  shift
  if [[ ! -e $dir/build.ninja ]]; then
    log=$(meson setup "$dir" "$@" 2>&1)
  elif ! meson_has "$dir" "$@"; then
    log=$(meson setup --reconfigure "$dir" "$@" 2>&1) || log=$(meson setup --wipe "$dir" "$@" 2>&1)
  fi || {
    echo "$log"
    return 1
  }
  ninja -C "$dir" --quiet
}

# meson_has DIR -DNAME=VALUE…: whether the directory was configured with all of these.
meson_has() {
  local dir=$1 options option
  shift
  options=$(meson introspect --buildoptions "$dir" 2>/dev/null | python3 -c '
import json, sys
for option in json.load(sys.stdin):
    value = option["value"]
    text = ",".join(value) if isinstance(value, list) else str(value)
    print("-D%s=%s" % (option["name"], text.lower() if isinstance(value, bool) else text))
') || return
  for option in "$@"; do
    grep -qxF -e "$option" <<<"$options" || return
  done
}
