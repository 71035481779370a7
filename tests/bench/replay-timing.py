#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""How well does a replay port keep its time?

Runs platter with one worker, a replay port and a null port, and reads what the port itself measured:
with original timing, how late frames were handed out (a capture with gaps from 25 to 2,000
microseconds, sent round and round); with a rate, how near what was achieved came to what was asked.
Every figure is the median of several runs, with the least and the most.

Run it as root on an idle machine: what else runs on the worker's core is measured, too.
"""
import argparse
import json
import os
import random
import resource
import statistics
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PLATTER = os.path.join(os.environ.get("BUILD", os.path.join(HERE, "../../build")),
                       "app/platter/platter")
RATES = ["10kpps", "1Mpps", "10Mpps", "50Mpps", "1Gbit", "10Gbit", "100Gbit"]
WITHIN = 20  # microseconds


def write_capture(path, gaps):
    """Frames of 350 bytes at these distances in nanoseconds."""
    frame = bytes.fromhex("020000000002020000000001") + b"\x08\x00" + bytes(336)
    now = 1_700_000_000_000_000_000
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1))
        for gap in gaps:
            file.write(struct.pack("<IIII", now // 10**9, now % 10**9, len(frame), len(frame)))
            file.write(frame)
            now += gap


def run(directory, capture, options, core, seconds):
    path = os.path.join(directory, "timing.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"""ports:
  source: {{ device: "replay,file={capture},loop=0,{options}" }}
  drain: {{ device: "net_null0,no-rx=1" }}
workers: {{ cores: [{core}], layout: run-to-completion }}
forward: [wire: [source, drain]]
telemetry: {{ prefix: bench_timing }}
""")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_nivcsw
    result = subprocess.run([PLATTER, "run", "--duration", str(seconds), "--json", path],
                            capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"platter ended with {result.returncode}:\n{result.stderr}")
    replay = json.loads(result.stdout)["ports"]["source"]["replay"]
    replay["preempted"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_nivcsw - before
    return replay


def spread(values, scale=1.0, form="{:.2f}"):
    return (form.format(statistics.median(values) * scale) + " (" +
            form.format(min(values) * scale) + " to " + form.format(max(values) * scale) + ")")


def original(options, directory):
    random.seed(20)
    capture = os.path.join(directory, "gaps.pcap")
    write_capture(capture, [random.randint(25_000, 2_000_000) for _ in range(1000)])
    runs = [run(directory, capture, "rate=original", options.core, 2 * options.seconds)
            for _ in range(options.runs)]
    late = {name: [r["late_" + name] for r in runs] for name in ("p50", "p99", "p999", "most")}
    print("original timing, gaps of 25 to 2000 us, microseconds late")
    print("  half by", spread(late["p50"], 1e6))
    print("  99% by", spread(late["p99"], 1e6) + f"; wanted {WITHIN}:",
          "met" if statistics.median(late["p99"]) <= WITHIN / 1e6 else "NOT met")
    print("  99.9% by", spread(late["p999"], 1e6) + ", all by", spread(late["most"], 1e6))
    preempted = [r["preempted"] for r in runs]
    print("  other work took the core from platter", spread(preempted, 1, "{:.0f}"), "times")
    return {"late": late, "preempted": preempted}


def rates(options, directory):
    capture = os.path.join(directory, "even.pcap")
    write_capture(capture, [1000] * 256)
    figures = {}
    print("rates, per cent of what was asked; wanted 99.5 to 100.5")
    for rate in RATES:
        share = []
        for _ in range(options.runs):
            r = run(directory, capture, "rate=" + rate, options.core, options.seconds)
            unit = "achieved_bits" if rate.endswith("bit") else "achieved_pps"
            number = float(rate.rstrip("kMGbitps"))
            asked = number * {"k": 1e3, "M": 1e6, "G": 1e9}[rate[len(f"{number:g}")]]
            share.append(r[unit] / asked)
        good = abs(statistics.median(share) - 1) <= 0.005
        print(f"  {rate:>8}: {spread(share, 100)}: {'met' if good else 'NOT met'}")
        figures[rate] = share
    return {"rates": figures}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1, help="of each run")
    parser.add_argument("--core", type=int, default=1, help="of the worker")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    if not os.access(PLATTER, os.X_OK):
        sys.exit(f"{PLATTER} is missing: build platter first (deploy/demo.sh), or name its build "
                 "directory in BUILD")
    with tempfile.TemporaryDirectory() as directory:
        figures = {}
        for measure in (original, rates):
            figures.update(measure(options, directory))
            if options.json:
                with open(options.json, "w", encoding="utf-8") as file:
                    json.dump(figures, file, indent=2)


if __name__ == "__main__":
    main()
