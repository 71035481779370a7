#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Includes run one way, up the list of libraries and never down it, and the build sees to that.

For each library a file is compiled by the library's own compile line, as compile_commands.json has
it: with an include of its own, which it finds; and with an include of a library that stands below it
in the list, which fails the build. The preprocessor is asked for all others below.
"""
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

# From the top: what stands on nothing, to what may see all. A new library has its place here.
LIBRARIES = ["base", "config", "layout", "packet", "datapath", "figures", "host", "replay", "ports",
             "features", "control"]
PROGRAMS = "cli"

source, build = sys.argv[1:3]


def compile_lines():
    """By library: the arguments of one of its files without that file and its output."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as commands:
        entries = json.load(commands)
    lines = {}
    for entry in entries:
        path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), source).split(os.sep)
        if path[0] in ("lib", "app") and path[-1].endswith(".c"):
            arguments = [a for a in shlex.split(entry["command"]) if a != "ccache"]
            # Meson ends a line with what it writes: dependencies, then -o OBJECT -c FILE. Of the
            # parts of a library, the one that sees the most.
            arguments = arguments[:arguments.index("-MD")]
            if len(arguments) > len(lines.get(path[1], [])):
                lines[path[1]] = arguments
    return lines


def header(library):
    folder = os.path.join(source, "app" if library == PROGRAMS else "lib", library)
    return f"{library}/" + sorted(name for name in os.listdir(folder) if name.endswith(".h"))[0]


def compile_text(arguments, text):
    return subprocess.run(arguments + ["-fsyntax-only", "-x", "c", "-"], cwd=build, text=True,
                          input=text, capture_output=True, check=False)


def check(job):
    library, below, arguments = job
    # What is not as it should be is named by an #error, all in one go.
    asked = (f'#if !__has_include("{header(library)}")\n'
             f"#error {library} does not find {header(library)} of its own\n#endif\n")
    asked += "".join(f'#if __has_include("{header(other)}")\n'
                     f"#error {library} can include {header(other)}, which stands below it\n"
                     "#endif\n" for other in below)
    result = compile_text(arguments, asked)
    if result.returncode != 0:
        return result.stderr
    wrong = header(below[0])
    result = compile_text(arguments, f'#include "{wrong}"\n')
    if result.returncode == 0 or wrong not in result.stderr:
        return f"{library}: including {wrong} does not fail, or for another reason:\n{result.stderr}"
    return ""


def main():
    lines = compile_lines()
    folders = sorted(name for name in os.listdir(os.path.join(source, "lib")))
    unknown = [name for name in folders if name not in LIBRARIES]
    problems = [f"lib/{name} has no place in the list" for name in unknown]
    below = LIBRARIES + [PROGRAMS]
    jobs = [(library, below[i + 1:], lines[library]) for i, library in enumerate(LIBRARIES)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        problems += [problem for problem in pool.map(check, jobs) if problem]
    print("\n".join(problems) or f"{len(jobs)} libraries, none includes what stands below it")
    return 1 if problems else 0


sys.exit(main())
