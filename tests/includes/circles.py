#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Circles of includes in lib/ and app/, and folders that have grown too large.

A module is NAME.h and NAME.c of a folder. A circle is modules that each need the next one's header,
back to the first: none of them can be understood, tested or moved without the others. Folders are
looked at in the same way. Whether a library includes what stands below it is the build's to refuse
(wrong_include_test.py).

What is known stands in KNOWN_CIRCLES and LARGE_FOLDERS, which may only shrink: an entry that is not
needed any more fails, too.
"""
import os
import re
import subprocess
import sys

SOURCES_MAX = 15

# Modules of a circle, as one entry.
KNOWN_CIRCLES = [
    ["app/platter-bench/machine/files", "app/platter-bench/machine/machine",
     "app/platter-bench/machine/time"],
    ["app/platter-bench/throughput/measure", "app/platter-bench/throughput/measuring",
     "app/platter-bench/throughput/seek"],
    ["app/platter/show", "app/platter/show_table"],
    ["lib/config/config", "lib/config/document", "lib/config/errors", "lib/config/option",
     "lib/config/sections"],
    ["lib/control/appliance", "lib/control/stall"],
    ["lib/layout/layout", "lib/layout/layout_plan"],
    ["lib/packet/copy", "lib/packet/packet"],
    ["lib/ports/output", "lib/ports/port", "lib/ports/replay"],
    ["lib/replay/capture_format", "lib/replay/capture_reader"],
    ["app/platter-bench/machine", "app/platter-bench/report"],
]

# Folders with more than SOURCES_MAX .c files, and how many.
LARGE_FOLDERS = {
    "app/platter": 22,
    "app/platter-bench/kernel": 21,
    "app/platter-bench/throughput": 19,
    "lib/config": 18,
    "lib/control": 20,
}


def tracked():
    listed = subprocess.run(["git", "ls-files", "lib/*.[ch]", "app/*.[ch]"], check=True,
                            capture_output=True, text=True)
    return [path for path in listed.stdout.split() if os.path.exists(path)]


def resolve(path, include, files):
    """The file that an include names: below lib/ or app/, or beside or above who includes it."""
    folder = os.path.dirname(path)
    places = ["lib", "app"]
    while folder:
        places.append(folder)
        folder = os.path.dirname(folder)
    for place in places:
        candidate = os.path.normpath(os.path.join(place, include))
        if candidate in files:
            return candidate
    return None


def module(path):
    """NAME_internal.h is what the files of the module NAME share."""
    return os.path.splitext(path)[0].removesuffix("_internal")


def edges(files, node_of):
    graph = {node_of(path): set() for path in files}
    for path in files:
        with open(path, encoding="utf-8") as text:
            for include in re.findall(r'^#include "([^"]+)"', text.read(), re.MULTILINE):
                target = resolve(path, include, files)
                if target is not None and node_of(target) != node_of(path):
                    graph[node_of(path)].add(node_of(target))
    return graph


def reachable(graph, start):
    seen, left = set(), [start]
    while left:
        for node in graph[left.pop()]:
            if node not in seen:
                seen.add(node)
                left.append(node)
    return seen


def circles(graph):
    """Sets of nodes that all reach each other, of more than one."""
    reach = {node: reachable(graph, node) for node in graph}
    found = {frozenset(other for other in reach[node] if node in reach[other])
             for node in graph if node in reach[node]}
    return sorted((sorted(circle) for circle in found))


def sources_of_folders(files):
    count = {}
    for path in files:
        if path.endswith(".c"):
            folder = os.path.dirname(path)
            count[folder] = count.get(folder, 0) + 1
    return count


def main():
    files = set(tracked())
    problems = []
    found = (circles(edges(files, module)) +
             circles(edges(files, os.path.dirname)))
    known = [sorted(circle) for circle in KNOWN_CIRCLES]
    problems += ["a circle of includes: " + ", ".join(circle)
                 for circle in found if circle not in known]
    problems += ["no circle any more, take it out of KNOWN_CIRCLES: " + ", ".join(circle)
                 for circle in known if circle not in found]
    count = sources_of_folders(files)
    for folder, n in sorted(count.items()):
        allowed = LARGE_FOLDERS.get(folder, SOURCES_MAX)
        if n > allowed:
            problems.append(f"{folder} has {n} sources, more than {allowed}: it is two rooms")
    for folder, n in LARGE_FOLDERS.items():
        now = count.get(folder, 0)
        if now < n:
            problems.append(f"{folder} has {now} sources now: say so in LARGE_FOLDERS")
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


sys.exit(main())
