#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""growth.py [--pairs N] [--seconds S] [--rows N] [TABLE …]: what bridge and rules cost.

Cycles per packet of one worker, run to completion, frames of 64 bytes from replay ports, less those
of a wire on the same ports, measured in turn: as the bridge's table grows (addresses), as there are
more rules on a port (rules), as a list of addresses grows (lists), and for each filter of
config/rules.yaml alone (filters). Run it as root, on an idle machine.
"""
import argparse
import os
import random
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

import peers

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
PLATTER = os.path.join(os.environ.get("BUILD", TOP + "/build"), "app/platter/platter")
ADDRESSES = (1_000, 8_000, 64_000, 256_000, 1_000_000)
RULES = (1, 2, 4, 8, 16, 32, 64)
LISTS = (1, 10, 100, 1_000, 10_000, 100_000)
FILTERS = ('match: "udp port 53"', 'match: "icmp6 and ip6[40] == 134"', 'match: "tcp port 443"',
           'match: "not ip"', 'match: ""', 'match: "src net 10.9.0.0/16"',
           'match: "udp port 53", any_vlan: true')


def cycles(directory, ports, forward, options, more="", settle=0.5):
    """Busy cycles per packet over `seconds`, by the worker's own count."""
    path = os.path.join(directory, "growth.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("ports:\n" + "".join(f'  port{i}: {{ device: "{device}" }}\n'
                                        for i, device in enumerate(ports)))
        file.write(f"workers: {{ cores: [1], layout: run-to-completion }}\nforward: [{{{forward}}}]\n"
                   "memory: { hugepages: on }\ntelemetry: { prefix: bench_growth }\n" + more)
    with subprocess.Popen([PLATTER, "run", path], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            telemetry = peers.connect("bench_growth", process)
            peers.wait_for_traffic(telemetry)
            time.sleep(settle)
            def counted():
                figures = telemetry.ask("/platter/worker,0")
                return figures["received"], figures["busy_cycles"]

            (packets, busy), _ = peers.reading(counted)
            time.sleep(options.seconds)
            (more_packets, more_busy), _ = peers.reading(counted)
            telemetry.close()
            return (more_busy - busy) / (more_packets - packets)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def extra(options, first, second):
    """What `first` costs more than `second`: median and spread of pairs taken in turn."""
    costs = []
    for pair in range(options.pairs):
        a, b = (first(), second()) if pair % 2 == 0 else reversed((second(), first()))
        costs.append(a - b)
    return f"{statistics.median(costs):7.1f}   ({min(costs):.1f} to {max(costs):.1f})"


def addresses(options, directory):
    print("addresses   bridge more than wire, cycles per packet")
    for number in ADDRESSES[:options.rows]:
        half = number // 2
        order = list(range(half))
        random.Random(1).shuffle(order)
        ports = []
        for side in range(2):
            frames = (peers.address((1 - side) * half + i) + peers.address(side * half + i) +
                      b"\x88\xb5" + bytes(50) for i in order)
            path = peers.write_frames(os.path.join(directory, f"{side}.pcap"), list(frames))
            ports.append(f"replay,file={path},loop=0,memory=1GB")
        bridge = f"bridge: {{ ports: [port0, port1], capacity: {max(65536, number)} }}"
        settle = 0.5 + number / 200_000  # until all are learned
        print(f"{number:9,}   " + extra(
            options,
            lambda: cycles(directory, ports, bridge, options, settle=settle),
            lambda: cycles(directory, ports, "wire: [port0, port1]", options)), flush=True)


def udp_frames(sources):
    """IPv4 and UDP, of 64 bytes, without the check sums that no filter looks at."""
    for i, start in enumerate(sources):
        ip = struct.pack(">BBHHHBBHII", 0x45, 0, 50, i, 0, 64, 17, 0, start, 0x0A000100 + i)
        yield peers.address(2) + peers.address(1) + b"\x08\x00" + ip + struct.pack(
            ">HHHH", 40000 + i, 40000, 30, 0) + bytes(22)


def source(directory, sources=256 * (0x0A000001,)):
    path = peers.write_frames(os.path.join(directory, "udp.pcap"), list(udp_frames(sources)))
    return [f"replay,file={path},loop=0", "net_null1,no-rx=1"]


def rules(options, directory):
    print("rules       more than a wire without, cycles per packet")
    ports = source(directory)
    for number in RULES[:options.rows]:
        lines = "".join(f'  - {{ from: [port0], match: "udp port {1000 + i}", count: true }}\n'
                        for i in range(number))
        print(f"{number:9}   " + extra(
            options,
            lambda: cycles(directory, ports, "wire: [port0, port1]", options, "rules:\n" + lines),
            lambda: cycles(directory, ports, "wire: [port0, port1]", options)), flush=True)


def lists(options, directory):
    """Random addresses of 10.0.0.0/8, in the list and, others, in the frames: 4,096 of them, so
    that a lookup does not find in the cache what the one before has left."""
    print("match_any   more than a wire without, cycles per packet")
    draw = random.Random(1)

    def some(number):
        return [0x0A000000 + draw.randrange(1 << 24) for _ in range(number)]

    ports = source(directory, some(4096))
    path = os.path.join(directory, "list.txt")
    for number in LISTS[:options.rows]:
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(socket.inet_ntoa(struct.pack(">I", address)) + "\n"
                            for address in some(number))
        line = ("rules:\n  - { from: [port0], match_any: { field: src, file: " + path + " }, "
                "count: true }\n")
        print(f"{number:9,}   " + extra(
            options,
            lambda: cycles(directory, ports, "wire: [port0, port1]", options, line),
            lambda: cycles(directory, ports, "wire: [port0, port1]", options)), flush=True)


def filters(options, directory):
    print("one rule                                more than a wire without, cycles per packet")
    ports = source(directory)
    for text in FILTERS[:options.rows]:
        line = f'rules:\n  - {{ from: [port0], {text}, count: true }}\n'
        print(f'{text:37}   ' + extra(
            options,
            lambda: cycles(directory, ports, "wire: [port0, port1]", options, line),
            lambda: cycles(directory, ports, "wire: [port0, port1]", options)), flush=True)


def main():
    tables = {"addresses": addresses, "rules": rules, "lists": lists, "filters": filters}
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each measurement")
    parser.add_argument("--rows", type=int, help="only so many of each table, from the first")
    parser.add_argument("table", nargs="*", help=" ".join(tables))
    options = parser.parse_args()
    if not set(options.table) <= set(tables):
        parser.error(f"the tables are {' '.join(tables)}")
    if not os.access(PLATTER, os.X_OK):
        sys.exit(f"{PLATTER} is missing: build platter first (deploy/demo.sh), or name its build "
                 "directory in BUILD")
    failed = False
    for name in options.table or tables:
        with tempfile.TemporaryDirectory() as directory:
            try:
                tables[name](options, directory)
            except peers.Unable as why:
                failed = True
                print(f"{name}: not measured: {why}", flush=True)
    sys.exit(failed)


main()
