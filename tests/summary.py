#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""summary.py JUNIT.xml…: adds up what meson's tests reported. Ends with status 1 on a failure, or
if one of the files is missing or holds no test."""
import sys
import xml.etree.ElementTree

passed = failed = 0
empty = []
for path in sys.argv[1:]:
    try:
        cases = list(xml.etree.ElementTree.parse(path).iter("testcase"))
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        print(f"summary: {path}: {error}")
        cases = []
    if not cases:
        empty.append(path)
    for case in cases:
        bad = case.find("failure") is not None or case.find("error") is not None
        passed, failed = passed + (not bad), failed + bad
for path in empty:
    print(f"summary: no test ran for {path}")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or empty or not passed else 0)
