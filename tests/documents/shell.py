# SPDX-License-Identifier: BSD-3-Clause
"""Runs the commands of a document as a reader would: one script in one shell, and what goes on until
Ctrl-C (`platter run`, `dpdk-testpmd`) in a terminal of its own beside it."""
import os
import re
import signal
import subprocess
import tempfile
import time

FOREVER = re.compile(r"^\s*(platter run (?!.*--duration)|dpdk-testpmd )")


def joined(lines):
    """Commands as one string each: what goes on over several lines (\\, for … done, <<'END') is one."""
    commands, open_parts, text = [], 0, ""
    for line in lines:
        text += line + "\n"
        open_parts += len(re.findall(r"(?:^|;)\s*(?:for|while)\b|<<'END'$", line))
        open_parts -= len(re.findall(r"\bdone\b|^END$", line))
        if not line.rstrip().endswith("\\") and open_parts == 0:
            commands.append(text)
            text = ""
    assert not text, f"a command without an end: {text}"
    return commands


def has_placeholder(command):
    """Whether a reader has to put something in first: ADDRESS, FILE, …"""
    bare = re.sub(r"#.*|\"[^\"]*\"|'[^']*'|^END$", "", command, flags=re.MULTILINE)
    return "…" in bare or re.search(r"(?<![\w/.-])[A-Z]{3,}(?![\w.=-])", bare) is not None


class Background:
    """A command that ends at Ctrl-C."""

    def __init__(self, command, environment, directory):
        self.command = command.strip()
        self.output = tempfile.TemporaryFile()
        self.process = subprocess.Popen(["bash", "-c", "exec " + self.command], stdout=self.output,
                                        stderr=subprocess.STDOUT, stdin=subprocess.PIPE,
                                        env=environment, cwd=directory)

    def text(self):
        return os.pread(self.output.fileno(), 1 << 20, 0).decode(errors="replace")

    def wait_for(self, words, seconds=60):
        deadline = time.monotonic() + seconds
        while words not in self.text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"{self.command}: never said '{words}':\n{self.text()}")
            time.sleep(0.05)

    def stop(self):
        """Ctrl-C. Returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.stdin.close()
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{self.command}: goes on after Ctrl-C:\n{self.text()}") from None

    def close(self):
        self.output.close()


def run_all(commands, environment, directory):
    """Runs the commands in order. Each must succeed, and each platter must say that its accounting
    closed. Returns what each printed."""
    printed, background = [], []
    try:
        for command in commands:
            if FOREVER.match(command):
                running = Background(command, environment, directory)
                background.append(running)
                running.wait_for("forwarding" if "platter run" in command else "Port statistics")
                time.sleep(0.3)
                continue
            done = subprocess.run(["bash", "-ec", command], env=environment, cwd=directory,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  stdin=subprocess.DEVNULL, timeout=60, check=False)
            text = done.stdout.decode(errors="replace")
            assert done.returncode == 0, f"{command}: exit status {done.returncode}:\n{text}"
            printed.append((command, text))
    finally:
        ended = [(b, b.stop()) for b in background]
    for running, status in ended:
        assert status == 0, f"{running.command}: exit status {status}:\n{running.text()}"
        if "platter run" in running.command:
            assert "in flight 0: closed" in running.text(), running.text()
        printed.append((running.command, running.text()))
        running.close()
    return printed
