#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""figures_test.py PLATTER PLATTER-BENCH: telemetry, --json, the summary, `platter figures` and its
page of the documentation agree, figure by figure."""
import json
import os
import re
import signal
import socket
import subprocess
import time

import reader

# One of each kind of thing that is counted.
EVERYTHING = """
ports:
  left: { device: "net_null0,size=64" }
  right: { device: "net_null1,size=64" }
  a: { device: "replay,file=pcaps/imix.pcap,loop=0,rate=100kpps" }
  b: { device: "net_null2,no-rx=1" }
  ids: { device: "net_null3,no-rx=1" }
forward:
  - wire: [left, right]
  - bridge: { name: lan, ports: [a, b] }
  - sink: [ids]
rules:
  - { name: seen, from: a, match: "udp", mirror: ids }
workers: { cores: [0, 1] }
memory: { hugepages: off }
telemetry: { prefix: figures_test }
"""

WIRE = """
ports:
  left: { device: "net_null0" }
  right: { device: "net_null1" }
forward: [ wire: [left, right] ]
memory: { hugepages: off }
telemetry: { prefix: figures_test }
"""

# A thing of each kind that has several, as telemetry's parameter and as keys of the JSON.
THINGS = {
    "port": ("left", ["ports", "left"]), "replay": ("a", ["ports", "a", "replay"]),
    "worker": ("0", ["workers", 0]), "bridge": ("lan", ["bridges", "lan"]),
}
# What telemetry gives by page or as a whole, and where a thing is in it and in the JSON.
LISTS = {
    "handoff": ("/platter/handoffs", "0_to_1_right", ["handoffs", "0_to_1_right"]),
    "pool": ("/platter/pools", "frames_0", ["pools", "frames_0"]),
    "rule": ("/platter/rules", "0", ["rules", 0]),
    "copies": ("/platter/copies", "short_frame", ["copies", "short_frame"]),
    "address": ("/platter/fdb,lan", "0", None),
}
# States that are another by the time of the JSON.
# The last three: on a busy machine a worker may be late.
CHANGES = {("replay", "state"), ("accounting", "pools_full"), ("accounting", "consistent"),
           ("worker", "answers"), ("worker", "place")}


def at(value, path):
    for key in path:
        value = value[key]
    return value


class Client:
    """Of the telemetry socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(20)
        self.socket.connect(path)
        self.socket.recv(1024)

    def ask(self, command):
        self.socket.send(command.encode())
        return json.loads(self.socket.recv(65536))[command.split(",")[0]]


class Figures(reader.Reader):
    maxDiff = None

    def platter(self, *arguments, status=0):
        done = subprocess.run(["platter", *arguments], env=self.environment, cwd=self.directory,
                              stdout=subprocess.PIPE, timeout=120, check=False)
        self.assertEqual(done.returncode, status, arguments)
        return done.stdout.decode()

    def tables(self):
        return {t["thing"]: t for t in json.loads(self.platter("figures", "--json"))}

    def forwarded(self):
        """What telemetry says of a run, by command, and the JSON at its end."""
        self.write("all.yaml", reader.for_this_machine(EVERYTHING))
        with subprocess.Popen(["platter", "run", "--json", "all.yaml"], env=self.environment,
                              cwd=self.directory, stdout=subprocess.PIPE) as process:
            try:
                client = self.connect(process)
                end = time.monotonic() + 60
                while (client.ask("/platter/rules")["0"]["packets"] < 1000
                       or client.ask("/platter/bridge,lan")["entries"] < 1
                       or client.ask("/platter/info")["rates_end_seconds"] == 0):
                    self.assertLess(time.monotonic(), end, "nothing is forwarded")
                    time.sleep(0.05)
                said = {"info": client.ask("/platter/info")}
                for thing, (name, _) in THINGS.items():
                    said[thing] = client.ask(f"/platter/{thing},{name}")
                for thing, (command, key, _) in LISTS.items():
                    said[thing] = client.ask(command)[key]
                for thing in ("drops", "accounting"):
                    said[thing] = client.ask("/platter/" + thing)
                said["ports"] = client.ask("/platter/ports")["left"]
                said["workers"] = client.ask("/platter/workers")["0"]
            finally:
                process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        return said, json.loads(out)

    def connect(self, process):
        end = time.monotonic() + 60
        while True:
            try:
                return Client("/var/run/dpdk/figures_test/dpdk_telemetry.v2")
            except (FileNotFoundError, ConnectionRefusedError):
                self.assertIsNone(process.poll(), "platter has ended")
                self.assertLess(time.monotonic(), end)
                time.sleep(0.02)

    def test_telemetry_and_json_have_what_the_tables_say(self):
        said, summary = self.forwarded()
        tables = self.tables()
        self.assertEqual(set(said) - {"ports", "workers"}, set(tables), "a kind is not tried")
        for thing, table in tables.items():
            names = {f["name"] for f in table["figures"]}
            self.assertEqual(set(said[thing]), names, f"telemetry: {thing}")
            path = {**{t: p for t, (_, p) in THINGS.items()},
                    **{t: p for t, (_, _, p) in LISTS.items()}}.get(thing, [thing])
            if path is None:
                self.assertNotIn("json", {k for k, v in table.items() if v is not None})
                continue
            found = at(summary, path)
            self.assertEqual(set(found) - {"replay"}, names, f"JSON: {thing}")
            for f in table["figures"]:
                self.agree(thing, f, said[thing][f["name"]], found[f["name"]])
        self.assertEqual(set(summary), {p.split(".")[0] for p in
                                        (t["json"] for t in tables.values()) if p})
        for several, thing in (("ports", "port"), ("workers", "worker")):
            self.assertEqual(set(said[several]),
                             {f["name"] for f in tables[thing]["figures"] if f["listed"]})

    def agree(self, thing, figure, asked, at_the_end):
        """What telemetry said during a run, and the JSON at its end."""
        where = f"{thing}: {figure['name']}: {asked} in telemetry, {at_the_end} in JSON"
        if figure["kind"] == "state":
            if (thing, figure["name"]) not in CHANGES:
                self.assertEqual(asked, at_the_end, where)
        elif isinstance(asked, dict):
            self.assertIsInstance(at_the_end, dict, where)
        elif asked is not None and at_the_end is not None:
            for value in (asked, at_the_end):
                self.assertIsInstance(value, (int, float), where)
                self.assertNotIsInstance(value, bool, where)
            if figure["kind"] == "counter":
                self.assertLessEqual(asked, at_the_end, where)
            if figure["unit"] == "share":
                self.assertTrue(0 <= asked <= 1 and 0 <= at_the_end <= 1, where)

    def test_the_summary_has_the_numbers_of_the_json(self):
        self.write("wire.yaml", WIRE)
        replay = ["replay", "wire.yaml", "left=pcaps/imix.pcap", "right=pcaps/dns.pcapng"]
        text = self.platter(*replay)
        summary = json.loads(self.platter(*replay, "--json"))
        lines = text.splitlines()
        for thing, several in (("port", summary["ports"].items()),
                               ("worker", enumerate(summary["workers"]))):
            table = self.tables()[thing]
            start = next(i for i, line in enumerate(lines)
                         if re.match(f"{thing} .*received", line))
            heading = re.split(r"  +", lines[start])[1:]
            shown = [f for f in table["figures"]
                     if f["name"].replace("_per_", "/").replace("_", " ") in heading]
            self.assertEqual(len(shown), len(heading), lines[start])
            self.assertGreaterEqual(len(shown), 4)
            for row, (key, figures) in enumerate(several, start + 1):
                values = lines[row].split()
                self.assertEqual(values[0], str(key))
                for f, value in zip(shown, values[1:]):
                    if f["kind"] == "counter":
                        self.assertEqual(value, str(figures[f["name"]]), f"{key}: {f['name']}")
        a = summary["accounting"]
        self.assertIn(f"accounting: received {a['received']} + cloned {a['cloned']}\n"
                      f"  = transmitted {a['transmitted']} + dropped {a['dropped']} + in flight "
                      f"{a['in_flight']}: closed\n", text)

    def test_the_page_is_what_the_program_prints(self):
        page = (reader.TOP / "app/platter/figures.md").read_text()
        self.assertEqual(page, self.platter("figures", "--markdown"),
                         "run `platter figures --markdown > app/platter/figures.md`")

    def test_the_list_fits_a_terminal_and_is_whole(self):
        text = self.platter("figures")
        self.assertEqual([line for line in text.splitlines() if len(line) > 80], [])
        for table in self.tables().values():
            for figure in table["figures"]:
                self.assertRegex(text, f"(?m)^  {figure['name']} +{figure['kind']} ")
                self.assertTrue(figure["help"])
                self.assertRegex(figure["name"], "^[a-z0-9_]+$")


if __name__ == "__main__":
    os.umask(0o077)
    reader.main()
