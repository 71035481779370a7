# SPDX-License-Identifier: BSD-3-Clause
"""Runs platter and dpdk-testpmd in turn and compares them; see versus-testpmd.sh.

Both are measured in the same way: the driver's own count of packets sent, read twice from DPDK's
telemetry socket, over the time between the two readings.
"""
import argparse
import json
import os
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

BURST = 64  # platter's own


class Telemetry:
    """A client of DPDK's telemetry socket."""

    def __init__(self, prefix):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(5)
        self.socket.connect(f"/var/run/dpdk/{prefix}/dpdk_telemetry.v2")
        self.socket.recv(1024)

    def ask(self, command):
        self.socket.send(command.encode())
        return json.loads(self.socket.recv(16384))[command.split(",")[0]]

    def close(self):
        self.socket.close()


def connect(prefix, process):
    for _ in range(500):
        if process.poll() is not None:
            sys.exit(f"{process.args[0]} ended with status {process.returncode}")
        try:
            return Telemetry(prefix)
        except (FileNotFoundError, ConnectionRefusedError):
            time.sleep(0.01)
    sys.exit(f"{process.args[0]}: no telemetry socket")


def sent(telemetry):
    replies = [telemetry.ask(f"/ethdev/stats,{port}") for port in telemetry.ask("/ethdev/list")]
    return sum(reply["opackets"] for reply in replies if reply)  # none before the port has started


def wait_for_traffic(telemetry):
    for _ in range(500):
        if sent(telemetry) > 0:
            return
        time.sleep(0.01)
    sys.exit("no packet was forwarded in five seconds")


def processor_seconds(pid):
    """What all threads of a process have run, as the scheduler counts it."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def measure(command, prefix, seconds, workers=1):
    """Packets a second that `command` forwards in the steady state, and the share of its cores
    that it had meanwhile: below 1 the machine was busy with something else."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    try:
        telemetry = connect(prefix, process)
        wait_for_traffic(telemetry)
        time.sleep(0.5)
        before, start, ran = sent(telemetry), time.monotonic(), processor_seconds(process.pid)
        time.sleep(seconds)
        after, end = sent(telemetry), time.monotonic()
        ran = processor_seconds(process.pid) - ran
        telemetry.close()
        return (after - before) / (end - start), min(1, ran / (end - start) / workers)
    finally:
        process.terminate()
        process.communicate(timeout=30)
        shutil.rmtree(f"/var/run/dpdk/{prefix}", ignore_errors=True)  # testpmd leaves its directory


def platter(options, directory, ports, forward, cores, layout, handoff="auto"):
    lines = ["ports:"]
    lines += [f'  port{i}: {{ device: "{device}" }}' for i, device in enumerate(ports)]
    lines += [f"workers: {{ cores: {cores}, layout: {layout}, handoff: {handoff} }}",
              f"forward: [{forward}]",
              "memory: { hugepages: on }",
              "telemetry: { prefix: bench_platter }"]
    path = os.path.join(directory, "bench.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return measure([options.platter, "run", path], "bench_platter", options.seconds,
                   len(cores))


def testpmd(options, ports, mode, *more):
    command = ["dpdk-testpmd", "--in-memory", "--no-pci", "--file-prefix=bench_testpmd",
               "-l", "0,1", "--main-lcore=0"]
    for device in ports:
        command.append(f"--vdev={device}")
    command += ["--", f"--burst={BURST}", f"--forward-mode={mode}", "--auto-start",
                "--total-num-mbufs=16384", "--no-lsc-interrupt", "--nb-cores=1"]
    command += list(more)
    return measure(command, "bench_testpmd", options.seconds)


def core_distance(options):
    """What bounds every handoff; the same program runs before each series, for a host may move the
    virtual machine's cores."""
    program = os.path.join(os.path.dirname(options.platter), "../../tests/bench/core_distance")
    return subprocess.run([program], check=True, capture_output=True, text=True).stdout.strip()


def write_capture(path, size, frames=256):
    """Frames of `size` bytes; a small file, so that its bytes stay in the cache as null's do."""
    frame = bytes.fromhex("020000000002020000000001") + b"\x08\x00" + bytes(size - 14)
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for i in range(frames):
            file.write(struct.pack("<IIII", 0, i, size, size) + frame)
    return path


NULL = ["net_null0,size=64", "net_null1,no-rx=1"]
ONE = "run-to-completion"


def scenarios(options, directory):
    """name: (what is compared, the share that is wanted or None, first, second)"""
    table = {
        "wire": ("wire against testpmd io, one core, null devices, 64 bytes", 0.97,
                 lambda: platter(options, directory, NULL, "wire: [port0, port1]", [1], ONE),
                 lambda: testpmd(options, NULL, "io")),
        "reflect": ("reflect against testpmd macswap, one core, a null device, 64 bytes", 0.97,
                    lambda: platter(options, directory, NULL[:1], "reflect: [port0]", [1], ONE),
                    lambda: testpmd(options, NULL[:1], "macswap", "--port-topology=loop")),
        "pipeline": ("pipeline on two cores against one worker run to completion", 0.90,
                     lambda: platter(options, directory, NULL, "wire: [port0, port1]", [0, 1],
                                     "pipeline"),
                     lambda: platter(options, directory, NULL, "wire: [port0, port1]", [1], ONE)),
        "pipeline-1024": ("the same with handoffs of 1,024 references", None,
                          lambda: platter(options, directory, NULL, "wire: [port0, port1]", [0, 1],
                                          "pipeline", 1024),
                          lambda: platter(options, directory, NULL, "wire: [port0, port1]", [1],
                                          ONE)),
    }
    for size in (64, 1500):
        path = write_capture(os.path.join(directory, f"{size}.pcap"), size)
        ports = [f"net_pcap0,rx_pcap={path},infinite_rx=1", NULL[1]]
        table[f"pcap-{size}"] = (
            f"wire against testpmd io, one core, net_pcap infinite_rx of {size} bytes to null",
            0.97,
            lambda ports=ports: platter(options, directory, ports, "wire: [port0, port1]", [1],
                                        ONE),
            lambda ports=ports: testpmd(options, ports, "io"))
    add_replay(table, options, directory)
    return table


def add_replay(table, options, directory):
    """Replay by reference against testpmd, which copies each frame in net_pcap, and against
    itself: what it costs does not depend on how long the frames are."""
    def replay(size):
        path = write_capture(os.path.join(directory, f"replay-{size}.pcap"), size)
        ports = [f"replay,file={path},loop=0", NULL[1]]
        return platter(options, directory, ports, "wire: [port0, port1]", [1], ONE)

    def copying(size):
        path = write_capture(os.path.join(directory, f"replay-{size}.pcap"), size)
        ports = [f"net_pcap0,rx_pcap={path},infinite_rx=1", NULL[1]]
        return testpmd(options, ports, "io")

    for size, wanted in ((64, 1.3), (512, 2.5), (1518, 5)):
        table[f"replay-{size}"] = (
            f"replay to null against testpmd io from net_pcap infinite_rx, one core, {size} bytes",
            wanted, lambda size=size: replay(size), lambda size=size: copying(size))
    for size, wanted in ((1518, 0.95), (9000, 0.9)):
        table[f"replay-flat-{size}"] = (
            f"replay of {size} bytes against replay of 64 bytes, one core", wanted,
            lambda size=size: replay(size), lambda: replay(64))


def compare(options, name, what, wanted, first, second):
    print(f"{name}: {what}", flush=True)
    if name.startswith("pipeline"):
        print(f"  a cache line takes {core_distance(options)} cycles from core to core and back",
              flush=True)
    ratios, rates = [], []
    for pair in range(options.pairs):
        # Who goes first changes from pair to pair: a machine that slows down favours nobody.
        a, b = (first(), second()) if pair % 2 == 0 else reversed((second(), first()))
        (a, a_share), (b, b_share) = a, b
        ratios.append(a / b)
        rates.append((a, b))
        share = min(a_share, b_share)
        busy = f" (machine busy: had {share:.0%} of its cores)" if share < 0.95 else ""
        print(f"  pair {pair + 1}: {a / 1e6:7.1f} Mpps against {b / 1e6:7.1f} Mpps: {a / b:.3f}"
              f"{busy}", flush=True)
    median = statistics.median(ratios)
    verdict = "" if wanted is None else (
        f"; wanted {wanted:.2f}: {'met' if median >= wanted else 'NOT met'}")
    print(f"  median {median:.3f}, spread {min(ratios):.3f} to {max(ratios):.3f}{verdict}",
          flush=True)
    return {"scenario": name, "what": what, "wanted": wanted, "median": median, "ratios": ratios,
            "packets_per_second": rates}


def main():
    parser = argparse.ArgumentParser(prog="versus-testpmd.sh", description=__doc__.split("\n")[0])
    parser.add_argument("--platter", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument("scenario", nargs="*",
                        help="all where none is named; an unknown name lists them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        table = scenarios(options, directory)
        unknown = [name for name in options.scenario if name not in table]
        if unknown:
            parser.error(f"there is no scenario '{unknown[0]}'; there are {' '.join(table)}")
        results = [compare(options, name, *table[name])
                   for name in options.scenario or table]
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=2)


if __name__ == "__main__":
    main()
