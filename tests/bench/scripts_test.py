#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""scripts_test.py PLATTER: runs every script of this directory once, for a short time, and looks at
what it prints and writes; and what it says if something that it needs is missing."""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
PLATTER = os.path.realpath(sys.argv[1])
BUILD = os.path.dirname(os.path.dirname(os.path.dirname(PLATTER)))
CORES = sorted(os.sched_getaffinity(0))


def run(name, *arguments, status=0, **environment):
    """Runs a script; what it printed. A traceback is a failure whatever the status."""
    ended = subprocess.run([os.path.join(HERE, name) if name.endswith(".sh") else sys.executable,
                            *([] if name.endswith(".sh") else [os.path.join(HERE, name)]),
                            *arguments],
                           env={**os.environ, "BUILD": BUILD, **environment}, capture_output=True,
                           text=True, timeout=120, check=False)
    said = ended.stdout + ended.stderr
    print(f"{name} {' '.join(arguments)}: status {ended.returncode}\n{said}", flush=True)
    assert "Traceback" not in said, name
    assert ended.returncode == status, f"{name}: status {ended.returncode} in place of {status}"
    return said


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def versus_testpmd(directory):
    """Without any peer: both scenarios that need one are named at once, with the package; the third
    is measured; and the JSON has all of them."""
    path = os.path.join(directory, "versus.json")
    said = run("versus_testpmd.py", "--platter", PLATTER, "--pairs", "1", "--seconds", "0.1",
               "--json", path, "wire", "bridge-ovs", "mirror", status=1, PATH="/nonexistent",
               OVS_ROOT="/nonexistent")
    assert "dpdk-testpmd is missing: apt install dpdk" in said
    assert "apt install openvswitch-switch-dpdk" in said
    wire, bridge, mirror = read(path)
    assert "apt install dpdk" in wire["not_measured"]
    assert "openvswitch-switch-dpdk" in bridge["not_measured"]
    assert all(rate > 0 for pair in mirror["packets_per_second"] for rate in pair), mirror
    said = run("versus-testpmd.sh", "--pairs", "1", "--seconds", "0.1", "mirror")
    assert "median" in said
    said = run("versus_testpmd.py", "--platter", PLATTER, "nonsense", status=2)
    assert "there is no scenario 'nonsense'" in said
    said = run("versus-testpmd.sh", "mirror", status=2, BUILD="/nonexistent")
    assert "/nonexistent/app/platter/platter is missing" in said


def growth():
    said = run("growth.py", "--pairs", "1", "--seconds", "0.1", "--rows", "1")
    rows = re.findall(r"^.*\S   +-?[\d.]+   \(-?[\d.]+ to -?[\d.]+\)$", said, re.MULTILINE)
    assert len(rows) == 4, "a row of each table"
    assert "platter is missing" in run("growth.py", status=1, BUILD="/nonexistent")


def replay_timing(directory):
    path = os.path.join(directory, "timing.json")
    run("replay-timing.py", "--runs", "1", "--seconds", "0.2", "--core", str(CORES[-1]), "--json",
        path)
    assert read(path), "figures"
    assert "platter is missing" in run("replay-timing.py", status=1, BUILD="/nonexistent")


def agree(directory):
    def report(name, *sizes):
        points = [{"size": size, "samples": [{"transmitted": 100 + k, "seconds": 1} for k in range(3)]}
                  for size in sizes]
        path = os.path.join(directory, name)
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"points": points}, file)
        return path

    first, second, other = report("a", 64, 128), report("b", 64, 256), report("c", 1)
    said = run("agree.py", first, second)
    assert "1 points of both: 1 agree" in said and "1 points are in" in said
    run("agree.py", first, other, status=1)
    assert "no report of platter-bench" in run("agree.py", first, __file__, status=1)


def main():
    with tempfile.TemporaryDirectory() as directory:
        agree(directory)
        versus_testpmd(directory)
        growth()
        replay_timing(directory)


main()
