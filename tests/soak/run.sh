#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# platter among peers and clients that lie, pipes that nobody reads and NICs that come and go, under
# traffic: see soak.py.
#
#   tests/soak/run.sh [MINUTES [SEED [BUILD]]]   60 minutes, seed 1, build/; root
#
# In network and mount namespaces of its own: nothing of the machine is changed.
set -euo pipefail
cd "$(dirname "$0")/../.."
minutes=${1:-60} seed=${2:-1} build=${3:-build}
# shellcheck disable=SC2016
exec unshare --net --mount --pid --fork --kill-child --mount-proc bash -c '
  ip link set lo up
  exec python3 tests/soak/soak.py "$@"' soak "$build/app/platter/platter" "$minutes" "$seed"
