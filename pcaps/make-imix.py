#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes imix.pcap: the simple Internet mix, for measuring.

The mix is frames of 64, 570 and 1518 bytes in the ratio 7:4:1. These sizes
count the frame check sequence, as sizes on the wire are quoted. A capture holds
no check sequence, so the frames here are 60, 566 and 1514 bytes.

The file is the same on every run: 25 UDP flows take turns, and 25 shares no
divisor with the 12 frames of the mix, so every flow carries the mix too. The
payload starts with the number of the frame in the file, the number of the flow
and the number of the frame in its flow (big endian, 8 + 2 + 4 bytes), so a
reader can tell whether frames were lost, repeated or put out of order.
"""

import ipaddress
import struct
import sys

MIX = (60, 566, 60, 60, 566, 60, 1514, 60, 566, 60, 60, 566)
FRAMES = 1200
FLOWS = 25
GAP_US = 10  # between frames, in the time stamps only
PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
DESTINATION_MAC = bytes.fromhex("020000000002")
SOURCE_MAC = bytes.fromhex("020000000001")
# RFC 2544 (section C.2.2) sets 198.18.0.0/15 aside for measuring.
SOURCE = int(ipaddress.IPv4Address("198.18.0.1"))
DESTINATION = int(ipaddress.IPv4Address("198.19.0.1"))


def checksum(data):
    """The Internet checksum, RFC 1071."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def payload(number, size):
    flow = number % FLOWS
    head = struct.pack(">QHI", number, flow, number // FLOWS)
    return head + bytes((number + i) & 0xFF for i in range(size - len(head)))


def udp(number, addresses, size):
    flow = number % FLOWS
    ports = struct.pack(">HH", 49152 + flow, 49152 + flow)
    data = payload(number, size - 8)
    pseudo = addresses + struct.pack(">HH", 17, size)
    check = checksum(pseudo + ports + struct.pack(">HH", size, 0) + data)
    # RFC 768: a checksum that comes out as zero is sent as all ones.
    return ports + struct.pack(">HH", size, check or 0xFFFF) + data


def ipv4(number, size):
    flow = number % FLOWS
    addresses = struct.pack(">II", SOURCE + flow, DESTINATION + flow)
    start = struct.pack(">BBHHHBB", 0x45, 0, size, number, 0x4000, 64, 17)
    check = checksum(start + b"\0\0" + addresses)
    header = start + struct.pack(">H", check) + addresses
    return header + udp(number, addresses, size - len(header))


def frame(number):
    ethernet = DESTINATION_MAC + SOURCE_MAC + struct.pack(">H", 0x0800)
    return ethernet + ipv4(number, MIX[number % len(MIX)] - len(ethernet))


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make-imix.py FILE")
    with open(sys.argv[1], "wb") as out:
        out.write(PCAP_HEADER)
        for number in range(FRAMES):
            data = frame(number)
            seconds, micros = divmod(number * GAP_US, 1000000)
            out.write(struct.pack("<IIII", seconds, micros, len(data), len(data)))
            out.write(data)


if __name__ == "__main__":
    main()
