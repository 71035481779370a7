#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A vhost-user front end (what qemu is to a guest) that lies.

    vhost_peer.py SOCKET [--seed N] [--seconds S] [LIE...]

Tells each lie once, in the order given (none given: all of them); with --seconds, lies drawn by the
seed for so long. Messages: the vhost-user protocol as qemu's docs/interop/vhost-user.rst has it.
"""
import argparse
import array
import mmap
import os
import random
import socket
import struct
import sys
import time

(GET_FEATURES, SET_FEATURES, SET_OWNER, RESET_OWNER, SET_MEM_TABLE, SET_LOG_BASE, SET_LOG_FD, SET_VRING_NUM,
 SET_VRING_ADDR, SET_VRING_BASE, GET_VRING_BASE, SET_VRING_KICK, SET_VRING_CALL, SET_VRING_ERR,
 GET_PROTOCOL_FEATURES, SET_PROTOCOL_FEATURES, GET_QUEUE_NUM, SET_VRING_ENABLE, SEND_RARP, NET_SET_MTU,
 SET_SLAVE_REQ_FD, IOTLB_MSG) = range(1, 23)
GET_INFLIGHT_FD, SET_INFLIGHT_FD, SET_STATUS, GET_STATUS = 31, 32, 39, 40
VERSION_1 = 1 << 32
PROTOCOL_FEATURES = 1 << 30
SIZE = 1 << 21
BASE = 0x10000000
QUEUE = 256


class Peer:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.socket.settimeout(3)
        self.fds = []
        self.map = None

    def keep(self, fd):
        self.fds.append(fd)
        return fd

    def say(self, kind, body=b"", *fds, flags=1, size=None):
        text = struct.pack("=III", kind, flags, len(body) if size is None else size) + body
        control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        self.socket.sendmsg([text], control)

    def ask(self, kind, body=b""):
        self.say(kind, body)
        got = self.socket.recv(1024)
        if not got:
            raise ConnectionError("closed")
        return got[12:]

    def close(self):
        self.socket.close()
        if self.map is not None:
            self.map.close()
        for fd in self.fds:
            os.close(fd)

    def memory(self, size=SIZE):
        fd = self.keep(os.memfd_create("guest", os.MFD_CLOEXEC))
        os.ftruncate(fd, size)
        return fd

    def eventfd(self):
        return self.keep(os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC))

    def negotiate(self):
        self.say(SET_OWNER)
        self.ask(GET_FEATURES)
        self.say(SET_FEATURES, struct.pack("=Q", VERSION_1))

    def table(self, regions, fds):
        body = struct.pack("=II", len(regions), 0) + b"".join(struct.pack("=QQQQ", *r) for r in regions)
        self.say(SET_MEM_TABLE, body, *fds)

    def attach(self):
        """As an honest guest does: memory, two queues, enabled."""
        self.negotiate()
        fd = self.memory()
        self.map = mmap.mmap(fd, SIZE)
        self.table([(0, SIZE, BASE, 0)], [fd])
        for index in range(2):
            at = BASE + index * 0x10000
            self.say(SET_VRING_NUM, struct.pack("=II", index, QUEUE))
            self.say(SET_VRING_BASE, struct.pack("=II", index, 0))
            self.say(SET_VRING_ADDR, struct.pack("=IIQQQQ", index, 0, at, at + 0x3000, at + 0x2000, 0))
            self.say(SET_VRING_CALL, struct.pack("=Q", index), self.eventfd())
            self.say(SET_VRING_KICK, struct.pack("=Q", index), self.eventfd())
        time.sleep(0.02)

    def vring(self, index, entries):
        """Descriptors (address, length, flags, next), and all of them available."""
        for i, entry in enumerate(entries):
            struct.pack_into("=QIHH", self.map, index * 0x10000 + 16 * i, *entry)
        for i in range(len(entries)):
            struct.pack_into("=H", self.map, index * 0x10000 + 0x2000 + 4 + 2 * i, i)
        struct.pack_into("=H", self.map, index * 0x10000 + 0x2002, len(entries))


def honest(peer, rng):
    peer.attach()


def connect_close(peer, rng):
    pass


def header_only(peer, rng):
    """Says that more will come."""
    peer.say(rng.choice([SET_FEATURES, SET_MEM_TABLE]), b"", size=rng.choice([8, 40, 264]))
    time.sleep(rng.random() * 2)


def half_a_header(peer, rng):
    peer.socket.send(struct.pack("=I", SET_OWNER)[: rng.randrange(1, 4)])


def noise(peer, rng):
    peer.socket.send(rng.randbytes(rng.randrange(1, 600)))


def too_large(peer, rng):
    peer.say(SET_FEATURES, b"", size=rng.choice([4096, 1 << 31, 0xFFFFFFFF]))


def unknown(peer, rng):
    for _ in range(rng.randrange(1, 30)):
        peer.say(rng.choice([0, 23, 41, 77, 0xFFFFFFFF]), b"", *[peer.eventfd() for _ in range(rng.randrange(0, 9))])


def descriptors(peer, rng):
    """With messages that take none, or fewer, or none of that kind."""
    kind = rng.choice([SET_OWNER, GET_FEATURES, SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_CALL, SET_VRING_KICK,
                       SET_VRING_ERR, SET_LOG_BASE, SET_LOG_FD, SET_SLAVE_REQ_FD, SET_MEM_TABLE, SET_INFLIGHT_FD,
                       GET_INFLIGHT_FD, SET_STATUS])
    peer.say(kind, rng.choice([b"", struct.pack("=Q", rng.randrange(3)), bytes(40)]),
             *[peer.eventfd() for _ in range(rng.randrange(1, 9))])


def kicks(peer, rng):
    peer.negotiate()
    for _ in range(200):
        kind = rng.choice([SET_VRING_KICK, SET_VRING_CALL, SET_VRING_ERR])
        peer.say(kind, struct.pack("=Q", rng.choice([0, 1, 2, 255])), peer.eventfd())


def vring_index(peer, rng):
    peer.negotiate()
    kind = rng.choice([SET_VRING_NUM, SET_VRING_BASE, GET_VRING_BASE, SET_VRING_ENABLE])
    peer.say(kind, struct.pack("=II", rng.choice([2, 255, 256, 0xFFFFFFFF]), rng.choice([0, 1, 65535, 0xFFFFFFFF])))


def vring_with_descriptors(peer, rng):
    """For a ring that cannot be made: who closes what came with it?"""
    peer.say(rng.choice([SET_VRING_NUM, SET_VRING_BASE, SET_VRING_ENABLE]), struct.pack("=II", 300, 256),
             *[peer.eventfd() for _ in range(8)])


def vring_size(peer, rng):
    peer.negotiate()
    peer.say(SET_VRING_NUM, struct.pack("=II", 0, rng.choice([0, 3, 32769, 65536, 0xFFFFFFFF])))


def memory_lies(peer, rng):
    peer.negotiate()
    size = rng.choice([0, 4096, SIZE + 4096, 1 << 40, (1 << 64) - 4096])
    offset = rng.choice([0, 4096, SIZE, 1 << 63, (1 << 64) - 4096])
    count = rng.choice([0, 1, 8, 9, 0xFFFF])
    body = struct.pack("=II", count, 0) + struct.pack("=QQQQ", 0, size, BASE, offset) * min(count, 8)
    peer.say(SET_MEM_TABLE, body, *[peer.memory() for _ in range(rng.randrange(0, 9))])


def memory_again(peer, rng):
    peer.attach()
    for _ in range(20):
        peer.table([(0, SIZE, BASE, 0)], [peer.memory()])


def inflight(peer, rng):
    peer.negotiate()
    for _ in range(20):
        queues, size = rng.choice([(1, 128), (2, 256), (65535, 65535), (0, 0)])
        if rng.random() < 0.5:
            peer.say(GET_INFLIGHT_FD, struct.pack("=QQHHxxxx", 0, 0, queues, size))
        else:
            peer.say(SET_INFLIGHT_FD, struct.pack("=QQHHxxxx", rng.choice([4096, 1 << 40]), 0, queues, size), peer.memory())


def ring_address(peer, rng):
    peer.attach()
    at = rng.choice([0, BASE - 4096, BASE + SIZE - 16, 1 << 63])
    peer.say(SET_VRING_ADDR, struct.pack("=IIQQQQ", rng.randrange(2), 0, at, at, at, at))


def ring_descriptors(peer, rng):
    """Buffers outside, without end, in circles."""
    peer.attach()
    entries = []
    for i in range(QUEUE):
        entries.append((rng.choice([0x40000, SIZE - 8, SIZE, 1 << 40, (1 << 64) - 1]),
                        rng.choice([0, 64, 2048, 65536, 0xFFFFFFFF]), rng.choice([0, 1, 2, 3, 4, 0xFFFF]),
                        rng.choice([i, (i + 1) % QUEUE, 0, 65535])))
    for index in range(2):
        peer.vring(index, entries)
    time.sleep(0.05)


def shrink(peer, rng):
    """Takes memory away while nothing is known to use it."""
    peer.negotiate()
    fd = peer.memory()
    peer.table([(0, SIZE, BASE, 0)], [fd])


def many(peer, rng):
    others = [Peer(peer.path) for _ in range(40)]
    for other in others:
        other.close()


LIES = [honest, connect_close, header_only, half_a_header, noise, too_large, unknown, descriptors, kicks, vring_index,
        vring_with_descriptors, vring_size, memory_lies, memory_again, inflight, ring_address, ring_descriptors, shrink, many]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("socket")
    parser.add_argument("lies", nargs="*")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float)
    options = parser.parse_intermixed_args()
    lies = {lie.__name__: lie for lie in LIES}
    chosen = [lies[name] for name in options.lies] or LIES
    rng = random.Random(options.seed)
    end, told = time.monotonic() + (options.seconds or 0), 0
    while time.monotonic() < end if options.seconds else told < len(chosen):
        lie = rng.choice(chosen) if options.seconds else chosen[told]
        peer = Peer(options.socket)
        peer.path = options.socket
        try:
            lie(peer, rng)
        except (ConnectionError, socket.timeout, BrokenPipeError):
            pass
        peer.close()
        told += 1
        if not options.seconds:
            print(lie.__name__, flush=True)
    print(f"{told} lies", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
