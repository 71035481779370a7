#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# What is checked without running anything. Fails at the end if any part did, having shown them all.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
status=0

check() { # check NAME COMMAND…
  local name=$1
  shift
  if "$@"; then
    echo "$name: clean"
  else
    echo "$name: FAILED"
    status=1
  fi
}

sources() { git ls-files "$@"; }

no_match() { # no_match PATTERN FILE…: fails and shows the lines where the pattern is found
  ! grep -nE "$@"
}

format() { sources '*.c' '*.h' '*.cc' | xargs clang-format --dry-run --Werror; }

analyse() {
  sources 'app/*.c' 'lib/*.c' | xargs cppcheck --quiet --error-exitcode=1 --std=c11 \
    --library=bsd --enable=warning,performance,portability --inline-suppr --suppress=missingIncludeSystem \
    -D_GNU_SOURCE -I lib
}

# The parts of host-setup share variables: they are checked as one program.
shells() {
  sources '*.sh' .ci/run ':!deploy/host-setup.d' | xargs shellcheck -x --severity=warning &&
    shellcheck -x -a --severity=warning deploy/host-setup
}

licences() {
  local missing
  missing=$(sources '*.c' '*.h' '*.cc' '*.sh' '*.py' 'meson.build' '*/meson.build' .ci/run \
    deploy/host-setup |
    xargs grep -L 'SPDX-License-Identifier: BSD-3-Clause')
  [[ -z $missing ]] || {
    echo "$missing"
    return 1
  }
}

# The build gives each library only the headers below it. What is left to check: the fast path
# neither allocates, logs, locks nor copies payloads, and stages see of the datapath only stage.h and
# write to a packet by way of its burst.
# What control runs of a feature. All else in its folder is the workers'.
control_side='features/(.*/)?(addresses\.c|(config|control|control_internal|feature|filter_code|forwarding|ports|statics|status|table)\.[ch])$'

workers_side() { sources 'lib/features/*.[ch]' | grep -vE "$control_side"; }

# shellcheck disable=SC2046
layering() {
  no_match '#include "(control|config|layout)/' $(workers_side) $(sources 'lib/packet/*') &&
    no_match '#include <rte_' $(sources 'lib/base/*' 'lib/config/*' 'lib/layout/*') &&
    no_match '#include "datapath/(burst|counters|datapath|dispatch|handoff|memory|transmit|worker)' $(workers_side) &&
    no_match '#include "packet/(packet|copy)\.h|\bpacket_(is_)?(writable|extensible)' $(workers_side) &&
    no_match '\b(malloc|calloc|rte_malloc|printf|RTE_LOG|pthread_mutex_lock|__atomic_fetch|__sync_)\b' \
      $(workers_side) $(sources 'lib/datapath/*.c' | grep -vE 'datapath/(datapath|memory|stage)\.c')
}

circles() { python3 tests/includes/circles.py; }

check format format
check cppcheck analyse
check shellcheck shells
check licences licences
check layering layering
check circles circles
exit $status
