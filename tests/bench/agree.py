#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""agree.py FIRST.json SECOND.json: whether two runs of platter-bench agree with each other.

A point agrees where the quartiles of its rates, which the report prints in brackets, overlap, or
miss each other by less than they are wide. Points that say "too wide to tell" in one of the runs
claim nothing and are counted apart, as are those that only one run has. Exit status 1 where fewer
than nine of ten points agree, or none can be compared.
"""
import json
import statistics
import sys

TOO_WIDE = 0.15  # of the median: SPREAD_MAX in app/platter-bench/report/stats.h


def rate(sample):
    return (sample.get("transmitted") or sample["bytes"]) / sample["seconds"]


def points(path):
    try:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        return figures(report)
    except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError) as why:
        sys.exit(f"{path}: no report of platter-bench (--json): {type(why).__name__}: {why}")


def figures(report):
    found = {}
    for point in report["points"]:
        name = " ".join(str(value) for key, value in point.items()
                        if key in ("layout", "set", "frame", "copies", "way", "route", "size"))
        rates = [rate(sample) for sample in point["samples"]]
        rates = rates if len(rates) > 1 else 2 * rates  # quartiles of one are that one
        low, middle, high = statistics.quantiles(rates, n=4, method="inclusive")
        found[name] = (low, middle, high)
    return found


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    first, second = (points(path) for path in sys.argv[1:])
    agree, wide, differ = 0, 0, []
    both = [name for name in first if name in second]
    for path, here, there in ((sys.argv[1], first, second), (sys.argv[2], second, first)):
        lone = [name for name in here if name not in there]
        if lone:
            print(f"{len(lone)} points are in {path} alone: {', '.join(lone[:3])}"
                  f"{', …' if len(lone) > 3 else ''}")
    for name in both:
        (low, middle, high), (other_low, other_middle, other_high) = first[name], second[name]
        if (high - low) / middle > TOO_WIDE or (other_high - other_low) / other_middle > TOO_WIDE:
            wide += 1
            continue
        apart = max(low - other_high, other_low - high)
        if apart <= (high - low) + (other_high - other_low):
            agree += 1
        else:
            differ.append((abs(other_middle / middle - 1), name, middle, other_middle))
    print(f"{len(both)} points of both: {agree} agree, {len(differ)} differ, "
          f"{wide} too wide to tell in one of the runs")
    for _, name, one, other in sorted(differ, reverse=True):
        print(f"  {name}: {one:.4g} and {other:.4g}, {100 * (other / one - 1):+.1f}%")
    sys.exit(agree == 0 or agree < 0.9 * (agree + len(differ)))


main()
