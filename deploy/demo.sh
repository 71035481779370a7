#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Installs what platter is built from, builds it, and shows it at work: a recorded capture forwarded
# by two workers, by reference, and compared frame by frame; then a live run with a status line a
# second. Bare Debian 12; root or sudo; nothing is left on the system but the packages.
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/common.sh

install_packages "${build_packages[@]}" python3
say "Building platter in build/"
if [[ -e build/build.ninja ]]; then
  build build # as it was configured, with the tests or without
else
  build build -Dtests=false
fi
platter=build/app/platter/platter
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

say "1. What would it do? platter check config/demo.yaml"
$platter check config/demo.yaml

say "2. A recorded TCP transfer from left to right, Internet mix from right to left"
$platter replay config/demo.yaml left=pcaps/tcp-retransmit.pcap right=pcaps/imix.pcap --out "$out"

say "3. Did every frame arrive, byte for byte and in order?"
python3 deploy/same-frames.py pcaps/tcp-retransmit.pcap "$out/right.pcap"
python3 deploy/same-frames.py pcaps/imix.pcap "$out/left.pcap"

say "4. The same two workers at full speed for five seconds: platter run config/demo.yaml"
$platter run --watch --duration 5 config/demo.yaml

say "That was platter. Next: README.md, or config/ for your own ports."
