# SPDX-License-Identifier: BSD-3-Clause
"""Runs platter and another forwarder in turn and compares them; see versus-testpmd.sh."""
import argparse
import json
import os
import statistics
import sys
import tempfile

from peers import (NULL, Unable, address, core_distance, missing_core_distance, missing_testpmd,
                   missing_vswitch, platter, testpmd, vswitch, write_capture, write_frames)

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
    add_bridge(table, options, directory)
    add_mirror(table, options, directory)
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


def add_bridge(table, options, directory):
    """A bridge that knows 8,192 addresses, half of them behind each port, and frames from each of
    one half to each of the other."""
    here, there = range(4096), range(4096, 8192)
    source = os.path.join(directory, "bridge.pcap")
    write_frames(source, [address(to) + address(own) + b"\x88\xb5" + bytes(50)
                          for own, to in zip(here, there)])
    device = f"net_pcap0,rx_pcap={source},infinite_rx=1"

    def bridge():
        entries = [f'{{ address: "{address(number).hex(":")}", port: port{int(number in there)} }}'
                   for number in (*here, *there)]
        return platter(options, directory, [device, NULL[1]],
                       f"bridge: {{ ports: [port0, port1], static: [{', '.join(entries)}] }}", [1],
                       ONE)

    table["bridge"] = ("bridge of 8,192 addresses against testpmd io, one core, net_pcap "
                       "infinite_rx of 64 bytes to null", 0.40,
                       bridge, lambda: testpmd(options, [device, NULL[1]], "io"))
    table["bridge-ovs"] = ("the same against Open vSwitch, userspace datapath, normal", 2.0,
                           bridge,
                           lambda: vswitch(options, directory, device,
                                           [address(number).hex(":") for number in there]))


def add_mirror(table, options, directory):
    """Everything mirrored to a second port: packets sent, by both ports, against those of a wire."""
    out = ["net_null1,no-rx=1", "net_null2,no-rx=1"]
    rules = "rules: [{ from: [port0], match: \"\", mirror: [port2] }]"

    def mirror(source):
        return platter(options, directory, [source, *out],
                       "wire: [port0, port1]}, {sink: [port2]", [1], ONE, more=rules)

    def replay(size):
        path = write_capture(os.path.join(directory, f"mirror-{size}.pcap"), size)
        return f"replay,file={path},loop=0"

    table["mirror"] = ("wire with everything mirrored to a third port against wire, one core, null "
                       "devices, 64 bytes, packets sent", 0.75,
                       lambda: mirror(NULL[0]),
                       lambda: platter(options, directory, NULL, "wire: [port0, port1]", [1], ONE))
    table["mirror-1518"] = ("mirror of 1,518 bytes against mirror of 64 bytes, from replay", 0.95,
                            lambda: mirror(replay(1518)), lambda: mirror(replay(64)))


def missing(what):
    """Why a scenario cannot be measured here, or None."""
    if "Open vSwitch" in what:
        return missing_vswitch()
    return missing_testpmd() if "testpmd" in what else None


def compare(options, name, what, wanted, first, second):
    print(f"{name}: {what}", flush=True)
    if name.startswith("pipeline") and not missing_core_distance(options.platter):
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


def check(options, table):
    """Says at once what is missing, and what it is needed for."""
    lost = {}
    for name in options.scenario:
        why = missing(table[name][0])
        if why:
            lost.setdefault(why, []).append(name)
    for why, names in lost.items():
        print(f"{why}\n  not measured without: {' '.join(names)}", file=sys.stderr, flush=True)
    why = missing_core_distance(options.platter)
    if why and any(name.startswith("pipeline") for name in options.scenario):
        print(f"{why}\n  not shown without: how far the cores are apart", file=sys.stderr,
              flush=True)
    return {name: why for why, names in lost.items() for name in names}


def write(options, results):
    """After every scenario: what was measured is not lost by what comes next."""
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=2)


def main():
    parser = argparse.ArgumentParser(prog="versus-testpmd.sh", description=__doc__.split("\n")[0])
    parser.add_argument("--platter", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument("scenario", nargs="*",
                        help="all where none is named; an unknown name lists them")
    options = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as directory:
        table = scenarios(options, directory)
        unknown = [name for name in options.scenario if name not in table]
        if unknown:
            parser.error(f"there is no scenario '{unknown[0]}'; there are {' '.join(table)}")
        options.scenario = options.scenario or list(table)
        lost = check(options, table)
        for name in options.scenario:
            try:
                if name in lost:
                    raise Unable(lost[name])
                results.append(compare(options, name, *table[name]))
            except Unable as why:
                print(f"{name}: not measured: {why}", flush=True)
                results.append({"scenario": name, "what": table[name][0], "not_measured": str(why)})
            write(options, results)
    sys.exit(any("not_measured" in result for result in results))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
