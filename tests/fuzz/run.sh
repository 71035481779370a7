#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# run.sh BUILD SECONDS: runs each fuzz target from its kept corpus (tests/fuzz/corpus/NAME), two at a
# time, and fails if one finds something. What it found is left in BUILD.
set -uo pipefail
build=$(realpath "$1")
corpus=$(cd "$(dirname "$0")" && pwd)/corpus
failed=0

fuzz() { # fuzz TARGET
  local name log=$1.log seeds
  name=$(basename "$1" _fuzz)
  seeds=$(mktemp -d) # new inputs go there: the kept corpus stays as it is
  "$1" -max_total_time="$2" -rss_limit_mb=1024 -timeout=10 -artifact_prefix="$1." \
    "$seeds" "$corpus/$name" >"$log" 2>&1
  local status=$?
  rm -rf "$seeds"
  tail -n 1 "$log"
  if ((status != 0)); then
    echo "fuzz $name: FAILED; see $log"
    tail -n 40 "$log"
  else
    echo "fuzz $name: nothing found"
  fi
  return $status
}

targets=("$build"/tests/fuzz/*_fuzz)
for ((i = 0; i < ${#targets[@]}; i += 2)); do
  pids=()
  for target in "${targets[@]:i:2}"; do
    fuzz "$target" "$2" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do
    wait "$pid" || failed=1
  done
done
exit $failed
