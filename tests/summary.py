#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""summary.py JUNIT.xml…: adds up what meson's tests reported. Ends with status 1 on a failure, or
where no test ran."""
import sys
import xml.etree.ElementTree

passed = failed = 0
for path in sys.argv[1:]:
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        bad = case.find("failure") is not None or case.find("error") is not None
        passed, failed = passed + (not bad), failed + bad
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
