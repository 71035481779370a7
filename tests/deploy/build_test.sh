#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# build_test.sh COMMON.SH SUMMARY.PY: a build directory gets the options that are asked for, however
# it was made before, and a run without tests is a failure. With a project of two lines.
set -euo pipefail
# shellcheck disable=SC1090 # deploy/common.sh
. "$1"
summary=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

fail() {
  echo "FAILED: $*"
  exit 1
}

cat >meson.build <<'END'
project('two-lines', 'c')
if get_option('tests')
  test('true', find_program('true'))
endif
END
echo "option('tests', type: 'boolean', value: true)" >meson_options.txt

lists_tests() { [[ $(meson test -C build --list 2>/dev/null) == *true* ]]; }

build build -Dtests=false # as the demo does
! lists_tests || fail "-Dtests=false was not taken"
build build -Dtests=true # as the tests do, afterwards
lists_tests || fail "a directory made without tests keeps them out"
build build
lists_tests || fail "no options are not other options"

# One that meson cannot read any more, as an upgrade leaves behind.
echo "of another version" >build/meson-private/coredata.dat
build build -Dtests=true >/dev/null
lists_tests || fail "a directory that meson cannot read is not made anew"

# Results.
echo '<testsuites><testsuite><testcase name="a"/></testsuite></testsuites>' >one.xml
echo '<testsuites/>' >none.xml
"$summary" one.xml >/dev/null || fail "one passed test is a success"
! "$summary" one.xml none.xml >/dev/null || fail "a file without tests is not a success"
! "$summary" one.xml missing.xml >/dev/null || fail "a missing file is not a success"
echo passed
