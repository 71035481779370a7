#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""same-frames.py A.pcap B.pcap: do both captures hold the same frames in the same order?

Time stamps are not compared. Says so and ends with status 0, or names the first difference and ends
with status 1. Reads pcap, not pcapng.
"""
import struct
import sys


def frames(path):
    with open(path, "rb") as file:
        data = file.read()
    order = {0xA1B2C3D4: "<", 0xA1B23C4D: "<"}.get(struct.unpack_from("<I", data)[0], ">")
    at = 24
    while at < len(data):
        length = struct.unpack_from(order + "I", data, at + 8)[0]
        yield data[at + 16:at + 16 + length]
        at += 16 + length


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    a, b = (list(frames(path)) for path in sys.argv[1:])
    for number, (left, right) in enumerate(zip(a, b), 1):
        if left != right:
            sys.exit(f"frame {number} differs: {len(left)} and {len(right)} bytes")
    if len(a) != len(b):
        sys.exit(f"{sys.argv[1]} has {len(a)} frames, {sys.argv[2]} has {len(b)}")
    print(f"{sys.argv[2]}: the same {len(a)} frames as {sys.argv[1]}, byte for byte, in order")


if __name__ == "__main__":
    main()
