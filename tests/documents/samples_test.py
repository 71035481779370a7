#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""samples_test.py PLATTER: every sample configuration does what its comments say, by the commands
that stand there, run one after the other on a reader's machine. A command is a line of the comment
that is indented by three spaces; one with something to fill in (ADDRESS, …) is left out. A sample
in which no `platter run` is left fails."""
import reader
import shell


def comment_commands(text):
    lines = [line[4:] for line in text.splitlines() if line.startswith("#   ")]
    return [c for c in shell.joined(lines) if not shell.has_placeholder(c)]


class Samples(reader.Reader):
    def try_sample(self, path):
        commands = comment_commands(path.read_text())
        self.assertTrue(any("platter run" in c for c in commands), f"no command runs {path.name}")
        shell.run_all(commands, self.environment, self.directory)


def add_test(path):
    name = "test_" + path.stem.replace("-", "_")
    setattr(Samples, name, lambda self: self.try_sample(path))


for sample in sorted((reader.TOP / "config").glob("*.yaml")):
    add_test(sample)

if __name__ == "__main__":
    reader.main()
