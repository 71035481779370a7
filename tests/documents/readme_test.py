#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""readme_test.py PLATTER PLATTER-BENCH: the README's commands print what the README shows, in shape
(numbers, and how many spaces stand before them, differ from run to run); its configurations are
valid; and the examples of every --help do what they are for."""
import re
import subprocess

import reader
import shell

README = (reader.TOP / "README.md").read_text()

# What is shown in the README and tried elsewhere, because this machine is not the one to try it on.
ELSEWHERE = {
    "deploy/host-setup": "tests/metal, tests/e2e/host_setup_*",
    "sudo deploy/host-setup": "the same",
}


def blocks(language):
    """The fenced blocks of a language."""
    return [body for name, body in re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
            if name == language]


def sessions():
    """(command, what it shows) for each `$ command` of the README."""
    found = []
    for block in blocks(""):
        parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
        for part in parts[1:]:
            command, _, shown = part.partition("\n")
            found.append((command, shown))
    return found


def shape(text):
    """Lines with every number, unit and width taken out of them; without those that only a busy
    machine prints."""
    text = re.sub(r"^ *worker .*% of its time stolen: .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"\d[\d.]*(?: [kMG]\b)?", "0", text)
    text = re.sub(r" +", " ", text)
    return [line.strip() for line in text.strip().splitlines()]


class Readme(reader.Reader):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.write("broken.yaml", (reader.TOP / "tests/documents/broken.yaml").read_text())
        self.write("my.yaml", reader.for_this_machine((reader.TOP / "config/wire.yaml").read_text()))

    def typed(self, command, status=0):
        command = re.sub(r"^sudo ", "", command)
        command = command.replace("build/app/platter/", "").replace("build/app/platter-bench/", "")
        done = subprocess.run(["bash", "-c", command], env=self.environment, cwd=self.directory,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, timeout=120, check=False)
        text = done.stdout.decode(errors="replace")
        self.assertEqual(done.returncode, status, f"{command}:\n{text}")
        return text

    def test_sessions_print_what_is_shown(self):
        compared = 0
        for command, shown in sessions():
            if any(command.startswith(name) for name in ELSEWHERE):
                continue
            if shell.FOREVER.match(re.sub(r"^sudo |build/app/platter/", "", command)):
                shell.run_all([command.replace("sudo ", "").replace("build/app/platter/", "")],
                              self.environment, self.directory)
                continue
            text = self.typed(command, status=2 if "broken.yaml" in command else 0)
            if shown.strip():
                self.assertEqual(shape(shown), shape(text), command)
                compared += 1
        self.assertGreaterEqual(compared, 3)

    def test_configurations_are_valid(self):
        self.write("blocked.txt", "192.0.2.0/24\n") # which the rules name
        found = blocks("yaml")
        self.assertGreaterEqual(len(found), 3)
        for text in found:
            # Parts of a file: the ports that they name, and a sink for those that nobody forwards.
            if "ports:" not in text.split("forward:")[0].split("rules:")[0]:
                text = self.completed(text)
            self.write("shown.yaml", text)
            self.typed("platter check shown.yaml")

    @staticmethod
    def completed(text):
        words = set(re.findall(r"\b[a-z]+\d?\b", re.sub(r"#.*", "", text)))
        names = [n for n in ("desk", "server", "uplink", "lan", "wan", "guests", "ids", "lab",
                             "collector", "probe1", "probe2", "probe3") if n in words]
        if "bridge:" in text:
            names.remove("lan") # the bridge's name
        ports = "".join(f'  {n}: {{ device: "net_null{i}" }}\n' for i, n in enumerate(names))
        sink = "" if "forward:" in text else f"forward: [ sink: [{', '.join(names)}] ]\n"
        return "ports:\n" + ports + sink + text

    def helps(self):
        """(command, its --help) of both programs, and of each command that they list."""
        for program in ("platter", "platter-bench"):
            text = self.typed(f"{program} --help")
            names = re.findall(r"^  ([a-z-]+)  ", text, re.MULTILINE)
            self.assertGreaterEqual(len(names), 2, text)
            yield program, text
            for name in names:
                yield f"{program} {name}", self.typed(f"{program} {name} --help")

    def test_help_fits_a_terminal(self):
        for command, text in self.helps():
            wide = [line for line in text.splitlines() if len(line) > 80]
            self.assertEqual(wide, [], f"{command} --help has lines of more than 80 columns")

    def test_help_examples(self):
        tried = 0
        for command, text in self.helps():
            examples = re.search(r"^(?:Example|Start with): (.*(?:\n +platter.*)*)", text, re.MULTILINE)
            self.assertIsNotNone(examples, f"{command} --help has no example")
            for example in examples[1].splitlines():
                tried += self.try_example(example.strip())
        self.assertGreaterEqual(tried, 10)

    def try_example(self, command):
        if "bench" in command: # its shortest form: how long it measures is not the example
            command += " --quick --repeat 1" if "zero-copy" in command else ""
            if "compare" in command:
                return 0 # tests/unit/bench_compare
            if "throughput" in command:
                command += " --sizes 68 --trial 0.05 --repeat 1 --limit 1 --wait 0.05 --settle 0"
            if "kernel" in command:
                return 0 # tests/e2e/bench_kernel
        if "veth" in command: # its namespaces: samples_test
            return 0
        if "platter telemetry" in command: # asks one that runs
            self.run_all("platter run my.yaml", command)
        elif shell.FOREVER.match(command):
            self.try_run(command)
        else:
            self.typed(command)
        return 1

    def try_run(self, command):
        """EAL arguments of an example show something that is not there without them."""
        (_, shown), = self.run_all(command)
        plain, _, arguments = command.partition(" -- ")
        if arguments:
            (_, less), = self.run_all(plain)
            more = [line for line in shape(shown) if line not in shape(less)]
            self.assertTrue(any("null" in line for line in more), f"{command}: shows only {more}")

    def run_all(self, *commands):
        return shell.run_all(commands, self.environment, self.directory)


if __name__ == "__main__":
    reader.main()
