#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""manual_test.py PLATTER PLATTER-BENCH: the pages of the manual have every key that the parser of
configurations knows, and every option that the programs' --help has, and no others."""
import pathlib
import re
import subprocess
import sys
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = {}
KINDS = {"wire", "reflect", "sink", "bridge"} # which name themselves, each in its own source
TERM = re.compile(r"^\*([^*]+)\*", re.MULTILINE)


def known_keys():
    """Of all tables of options in lib/config and lib/features, and the kinds of forwarding."""
    keys = set()
    for source in (TOP / "lib").glob("**/*.c"):
        if "config" not in str(source) and "features" not in str(source):
            continue
        for key, reader in re.findall(r'^\s+\{"([a-z_-]+)",\s*(\w+)', source.read_text(), re.MULTILINE):
            if re.search(r"read|^option_", reader):
                keys.add(key)
    return keys


class Manual(unittest.TestCase):
    maxDiff = None

    def test_configuration(self):
        page = (TOP / "config/platter.yaml.5.scd").read_text()
        shown = set()
        for term in TERM.findall(page.split("# EXAMPLE")[0]):
            shown.add(term.split(".")[-1].replace("[]", ""))
        keys = known_keys() | KINDS
        self.assertGreater(len(keys), 60, "the tables are not where this test looks")
        self.assertEqual(sorted(keys - shown), [], "keys that the page lacks")
        self.assertEqual(sorted(shown - keys), [], "keys that nobody reads")

    def test_options(self):
        for name, page in (("platter", "app/platter/platter.1.scd"),
                           ("platter-bench", "app/platter-bench/platter-bench.1.scd")):
            text = (TOP / page).read_text()
            shown = set(re.findall(r"^\*(--[a-z0-9-]+)\*", text, re.MULTILINE))
            known = set()
            helped = subprocess.run([PROGRAMS[name], "--help"], text=True, capture_output=True, check=True)
            commands = re.findall(r"^  ([a-z-]+)  ", helped.stdout, re.MULTILINE)
            self.assertGreaterEqual(len(commands), 2)
            for command in commands:
                self.assertIn(f"*{command}*", text)
                helped = subprocess.run([PROGRAMS[name], command, "--help"], text=True,
                                        capture_output=True, check=True)
                known |= set(re.findall(r"^  (--[a-z0-9-]+)", helped.stdout, re.MULTILINE))
            self.assertEqual(shown, known, page)

    def test_host_setup(self):
        page = (TOP / "deploy/platter-host-setup.8.scd").read_text()
        helped = subprocess.run([TOP / "deploy/host-setup", "--help"], text=True, capture_output=True,
                                check=True)
        for option in set(re.findall(r"--[a-z0-9-]+", helped.stdout)):
            self.assertIn(f"*{option}*", page)


if __name__ == "__main__":
    PROGRAMS["platter"], PROGRAMS["platter-bench"] = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1], verbosity=2)
