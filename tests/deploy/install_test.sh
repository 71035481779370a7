#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# install_test.sh BUILD: `meson install` puts everything where the README says; the programs run; the
# unit is one that systemd takes, and is confined as the README claims.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
  echo "FAILED: $*"
  exit 1
}

DESTDIR=$dir meson install -C "$1" --no-rebuild >/dev/null
at=$dir/usr/local
for program in platter platter-bench; do
  [[ $("$at/bin/$program" --version) == *[0-9].[0-9]* ]] || fail "$program --version"
done
for file in share/doc/platter/{README,bare-metal,threat-model,CHANGELOG}.md lib/sysusers.d/platter.conf \
  share/doc/platter/examples/kernel-interfaces.conf share/bash-completion/completions/platter; do
  [[ -s $at/$file ]] || fail "no $file"
done
for page in man1/platter.1 man1/platter-bench.1 man5/platter.yaml.5 man8/platter-host-setup.8; do
  [[ -s $at/share/man/$page ]] || fail "no page $page (is scdoc installed?)"
done
here=$(dirname "$(readlink -f "$0")")
for sample in "$here"/../../config/*.yaml; do
  cmp "$sample" "$at/share/doc/platter/examples/${sample##*/}" || fail "a sample is missing: config/meson.build"
done
for part in "$here"/../../deploy/host-setup.d/*.sh; do
  cmp "$part" "$at/share/platter/host-setup.d/${part##*/}" || fail "a part of host-setup is missing"
done
[[ $(readlink "$at/sbin/platter-host-setup") == /usr/local/share/platter/host-setup ]] || fail "the name of host-setup"
"$at/share/platter/host-setup" --help | grep -q 'gets a server ready' || fail "host-setup --help"

# The unit. The programs are where they are only in $dir.
unit=$at/lib/systemd/system/platter@.service
grep -q '^ExecStart=/usr/local/bin/platter run /etc/platter/%i.yaml$' "$unit" || fail "ExecStart"
sed "s|/usr/local/bin/|$at/bin/|" "$unit" >"$dir/platter@test.service"
said=$(systemd-analyze verify --man=no "$dir/platter@test.service" 2>&1 | grep -F platter || true)
[[ -z $said ]] || fail "systemd-analyze verify: $said"

# exposure FILE LIMIT: systemd-analyze security's figure, in tenths, is at most that.
exposure() {
  systemd-analyze security --offline=true --threshold="$2" "$1" >"$dir/report" ||
    fail "$(tail -n 1 "$dir/report"), more than $2 tenths"
}
exposure "$dir/platter@test.service" 13
# With the drop-in for the kernel's interfaces, as systemd puts the two together.
cat "$dir/platter@test.service" "$at/share/doc/platter/examples/kernel-interfaces.conf" >"$dir/platter@both.service"
exposure "$dir/platter@both.service" 21
echo passed
