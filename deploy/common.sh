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
  libdpdk-dev            # DPDK 22.11: ports, mbufs, rings, telemetry; the drivers come with it
  libpcap-dev            # reads captures
  libyaml-dev            # reads the configuration
  libjansson-dev         # writes --json
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

# build DIR OPTION…: configures once, then builds what has changed.
build() {
  local dir=$1
  shift
  local log
  if [[ ! -e $dir/build.ninja ]]; then
    log=$(meson setup "$dir" "$@" 2>&1) || {
      echo "$log"
      return 1
    }
  fi
  ninja -C "$dir" --quiet
}
