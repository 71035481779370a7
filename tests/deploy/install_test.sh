#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# install_test.sh BUILD: `meson install` puts both programs where the README says, and they run.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
DESTDIR=$dir meson install -C "$1" --no-rebuild >/dev/null
for program in platter platter-bench; do
  [[ $("$dir/usr/local/bin/$program" --version) == *[0-9].[0-9]* ]]
done
