# SPDX-License-Identifier: BSD-3-Clause
"""A reader's machine: a copy of the samples and captures, platter in the PATH, and namespaces of its
own. NICs become null devices, because a test machine has none; cores by number become its own."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
PCI = re.compile(r'"(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]"')


def for_this_machine(text):
    """Null devices that make no frames (no-rx), numbered from 100, in place of NICs; cores 0, 1, …"""
    numbers = iter(range(100, 200))
    text = PCI.sub(lambda _: f'"net_null{next(numbers)},no-rx=1"', text)
    cores = sorted(os.sched_getaffinity(0))
    first = iter(cores)
    text = re.sub(r"core: \d+", lambda _: f"core: {next(first)}", text)
    return re.sub(r"cores: \[(.*)\]", lambda m: f"cores: {cores[:m[1].count(',') + 1]}", text)


class Reader(unittest.TestCase):
    """`directory`: where the reader is. `environment`: of what is typed there."""
    programs = []

    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)
        shutil.copytree(TOP / "pcaps", self.directory + "/pcaps")
        os.mkdir(self.directory + "/config")
        for sample in (TOP / "config").glob("*.yaml"):
            self.write("config/" + sample.name, for_this_machine(sample.read_text()))
        os.mkdir(self.directory + "/bin")
        for program in self.programs:
            os.symlink(program, f"{self.directory}/bin/{os.path.basename(program)}")
        self.environment = dict(os.environ, PATH=f"{self.directory}/bin:{os.environ['PATH']}")

    def write(self, name, text):
        pathlib.Path(self.directory, name).write_text(text)


def main():
    """SCRIPT PROGRAM… [-- UNITTEST ARGUMENTS]: the tests of the script, in namespaces."""
    if os.environ.get("PLATTER_READER") != "inside":
        inside = ("mount --make-rprivate / && mount -t tmpfs tmpfs /run && "
                  "mkdir -p /run/netns /run/lock && ip link set lo up && exec \"$@\"")
        command = ["unshare", "--mount", "--net", "bash", "-c", inside, "bash", sys.executable]
        environment = dict(os.environ, PLATTER_READER="inside")
        sys.exit(subprocess.run(command + sys.argv, env=environment, check=False).returncode)
    arguments = sys.argv[1:]
    end = arguments.index("--") if "--" in arguments else len(arguments)
    Reader.programs = [os.path.realpath(a) for a in arguments[:end]]
    unittest.main(argv=sys.argv[:1] + arguments[end + 1:], verbosity=2)
