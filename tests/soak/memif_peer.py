#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A memif peer that lies.

    memif_peer.py client SOCKET [--seed N] [--seconds S] [LIE...]   to platter's server
    memif_peer.py server SOCKET [--seed N] [--seconds S] [LIE...]   to platter's client

Tells each lie once, in the order given (none given: all of them); with --seconds, lies drawn by the
seed for so long. Prints a line for each lie and what came back. The messages are those of memif 2.0
(drivers/net/memif/memif.h of DPDK 22.11).
"""
import argparse
import array
import fcntl
import mmap
import os
import random
import select
import socket
import struct
import sys
import time

ACK, HELLO, INIT, ADD_REGION, ADD_RING, CONNECT, CONNECTED, DISCONNECT = range(1, 9)
COOKIE = 0x3E31F20
LOG2 = 10
SLOTS = 1 << LOG2
RING = 128 + 16 * SLOTS
BUFFER = 2048
SIZE = 2 * RING + 2 * SLOTS * BUFFER
GONE = "it had left before"
TRIES = 3  # a client waits two seconds for a server, which may be busy with the lie before
PATIENCE = 10  # seconds


def message(kind, body=b""):
    return (struct.pack("=H", kind) + body).ljust(128, b"\0")


def init(number=0, version=0x0200, secret=b""):
    return message(INIT, struct.pack("=HIB24s32s", version, number, 0, secret, b"liar"))


def region(index=0, size=SIZE):
    return message(ADD_REGION, struct.pack("=HQ", index, size))


def ring(from_client, offset, index=0, at=0, log2=LOG2):
    return message(ADD_RING, struct.pack("=HHHIBH", 1 if from_client else 0, index, at, offset, log2, 0))


def memory(size=SIZE, seal=True):
    fd = os.memfd_create("memif", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
    os.ftruncate(fd, size)
    if seal:
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
    return fd


class Peer:
    """One connection, and what it has opened."""

    def __init__(self, connection):
        self.socket = connection
        self.socket.settimeout(5)
        self.fds = []
        self.map = None

    def keep(self, fd):
        self.fds.append(fd)
        return fd

    def say(self, text, *fds):
        control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        self.socket.sendmsg([text], control)

    def hear(self):
        """The kind of the next message; 0: the other side has closed."""
        try:
            got = self.socket.recv(256)
        except (ConnectionError, BrokenPipeError):
            return 0
        if got and struct.unpack_from("=H", got)[0] == DISCONNECT:
            self.reason = got[6:].split(b"\0")[0].decode()
        return struct.unpack_from("=H", got)[0] if got else 0

    def expect(self, kind):
        got = self.hear()
        if got != kind:
            raise ConnectionError(f"message {got} in place of {kind}")

    def close(self):
        self.socket.close()
        if self.map is not None:
            self.map.close()
        for fd in self.fds:
            os.close(fd)

    def part(self, text, *fds):
        self.say(text, *fds)
        self.expect(ACK)

    def eventfd(self, flags=os.EFD_NONBLOCK):
        return self.keep(os.eventfd(0, flags | os.EFD_CLOEXEC))

    def lay_out(self, fd):
        """Rings and buffers, as an honest client has them."""
        self.map = mmap.mmap(fd, SIZE)
        for i in range(2):
            struct.pack_into("=IHH", self.map, i * RING, COOKIE, 0, 0)
            for slot in range(SLOTS):
                offset = 2 * RING + (i * SLOTS + slot) * BUFFER
                struct.pack_into("=HHIII", self.map, i * RING + 128 + 16 * slot, 0, 0, BUFFER, offset, 0)

    def begin(self):
        """The server may still be busy with the one before."""
        for _ in range(100):
            self.expect(HELLO)
            self.say(init())
            if self.hear() == ACK:
                return
            self.socket.close()
            time.sleep(0.01)
            self.socket = self.again().socket
        raise ConnectionError("the server does not become free")

    def regions(self):
        self.begin()
        fd = self.keep(memory())
        self.lay_out(fd)
        self.part(region(), fd)
        return fd

    def rings(self):
        self.regions()
        self.part(ring(True, 0), self.eventfd())
        self.part(ring(False, RING), self.eventfd())

    def attach(self):
        self.rings()
        self.say(message(CONNECT, b"liar"))
        self.expect(CONNECTED)
        # Room for what comes: head of the ring from the server.
        struct.pack_into("=H", self.map, RING + 6, SLOTS)

    def descriptor(self, ring_number, slot, flags=0, at=0, length=64, offset=None):
        if offset is None:
            offset = 2 * RING + (ring_number * SLOTS + slot % SLOTS) * BUFFER
        place = ring_number * RING + 128 + 16 * (slot % SLOTS)
        struct.pack_into("=HHIII", self.map, place, flags, at, length, offset, 0)

    def head(self, value):
        """Of the ring to the server: so many slots are full."""
        struct.pack_into("=H", self.map, 6, value & 0xFFFF)

    def served(self):
        """Whether the server has taken all that is in the ring: at once, or later on a busy machine."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if struct.unpack_from("=H", self.map, 64)[0] == struct.unpack_from("=H", self.map, 6)[0]:
                return True
            time.sleep(0.002)
        return False


def refused(peer, text, *fds):
    """Says it; right is that the other side closes. One that believes it gets the rest, too."""
    peer.say(text, *fds)
    while True:
        kind = peer.hear()
        if kind == 0:
            return True
        if kind == CONNECTED:
            time.sleep(0.05)
            return "believed"
        if kind == ACK:
            for rest, needs in ((ring(True, 0), True), (ring(False, RING), True), (message(CONNECT), False)):
                peer.say(rest, *([peer.eventfd()] if needs else []))


# What a client can do. Each returns whether the server behaved.


def honest(peer, rng):
    peer.attach()
    for slot in range(5):
        peer.descriptor(0, slot, length=64 + slot)
    peer.head(5)
    return peer.served()


def connect_close(peer, rng):
    return True


def silent(peer, rng):
    """Many that say nothing: the oldest are let go."""
    others = [peer.again() for _ in range(100)]
    try:
        return peer.hear() == HELLO and peer.hear() == 0
    finally:
        for other in others:
            other.close()


def deaf(peer, rng):
    """Talks, and reads nothing."""
    peer.begin()
    peer.socket.settimeout(0.5)
    try:
        for _ in range(3000):
            peer.say(message(ACK))
    except (socket.timeout, ConnectionError):
        pass
    return True


def short_message(peer, rng):
    peer.begin()
    return refused(peer, message(ADD_REGION)[: rng.randrange(1, 127)])


def unknown_message(peer, rng):
    peer.begin()
    return refused(peer, message(rng.choice([0, 9, 77, 65535]), os.urandom(100)))


def out_of_turn(peer, rng):
    peer.begin()
    return refused(peer, message(rng.choice([HELLO, CONNECTED]), bytes(rng.randbytes(100))))


def parts_first(peer, rng):
    peer.expect(HELLO)
    return refused(peer, region(), peer.keep(memory()))


def init_twice(peer, rng):
    peer.begin()
    return refused(peer, init(rng.randrange(4)))


def init_with_descriptors(peer, rng):
    peer.expect(HELLO)
    return refused(peer, init(), *[peer.eventfd() for _ in range(rng.randrange(1, 8))])


def region_too_large(peer, rng):
    peer.begin()
    size = rng.choice([SIZE, SIZE + 1, 1 << 30, 1 << 46, (1 << 64) - 1])
    fd = peer.keep(memory(4096))
    os.pwrite(fd, struct.pack("=I", COOKIE), 0)
    return refused(peer, region(size=size), fd)


def region_unsealed(peer, rng):
    peer.begin()
    return refused(peer, region(), peer.keep(memory(seal=False)))


def region_no_memory(peer, rng):
    peer.begin()
    read, write = os.pipe()
    peer.keep(read)
    peer.keep(write)
    return refused(peer, region(), rng.choice([read, write]))


def region_index(peer, rng):
    peer.begin()
    return refused(peer, region(index=rng.choice([1, 255, 256, 65535])), peer.keep(memory()))


def region_without_descriptor(peer, rng):
    peer.begin()
    return refused(peer, region())


def region_two_descriptors(peer, rng):
    peer.begin()
    return refused(peer, region(), peer.keep(memory()), peer.keep(memory()))


def regions_left(peer, rng):
    """Offers memory and goes without connecting."""
    peer.begin()
    for index in range(rng.randrange(1, 200)):
        peer.part(region(index, 4096), peer.keep(memory(4096)))
    return True


def ring_outside(peer, rng):
    peer.regions()
    offset = rng.choice([SIZE - 128, SIZE - RING + 8, SIZE, 0x7FFFFFF8, 0xFFFFFFF8])
    return refused(peer, ring(True, offset), peer.eventfd())


def ring_region(peer, rng):
    peer.regions()
    return refused(peer, ring(True, 0, at=rng.choice([1, 255, 256, 65535])), peer.eventfd())


def ring_size(peer, rng):
    peer.regions()
    return refused(peer, ring(True, 0, log2=rng.choice([15, 16, 31, 32, 255])), peer.eventfd())


def ring_twice(peer, rng):
    peer.rings()
    return refused(peer, ring(rng.random() < 0.5, 0, index=rng.choice([0, 1, 254])), peer.eventfd())


def ring_of_a_pipe(peer, rng):
    peer.regions()
    read, write = os.pipe()
    peer.keep(read)
    peer.keep(write)
    return refused(peer, ring(True, 0), rng.choice([read, write]))


def no_rings(peer, rng):
    peer.regions()
    return refused(peer, message(CONNECT))


def one_ring(peer, rng):
    peer.regions()
    peer.part(ring(rng.random() < 0.5, 0), peer.eventfd())
    return refused(peer, message(CONNECT))


def no_cookie(peer, rng):
    peer.rings()
    struct.pack_into("=I", peer.map, rng.choice([0, RING]), 0)
    return refused(peer, message(CONNECT))


def parts_afterwards(peer, rng):
    peer.attach()
    return refused(peer, region(1, 4096), peer.keep(memory(4096)))


def connect_twice(peer, rng):
    peer.attach()
    return refused(peer, message(CONNECT))


def escapes(peer, rng):
    peer.begin()
    peer.say(message(DISCONNECT, b"\0\0\0\0" + b"\x1b[2J\n\n" * 15))
    return peer.hear() == 0


def shrink(peer, rng):
    peer.attach()
    try:
        os.ftruncate(peer.fds[0], 0)
        return False
    except PermissionError:
        return True


def vanish(peer, rng):
    """Goes in the middle of traffic."""
    peer.attach()
    for slot in range(SLOTS):
        peer.descriptor(0, slot)
    peer.head(SLOTS)
    return True


CLIENT = [honest, connect_close, silent, deaf, short_message, unknown_message, out_of_turn, parts_first,
          init_twice, init_with_descriptors, region_too_large, region_unsealed, region_no_memory, region_index,
          region_without_descriptor, region_two_descriptors, regions_left, ring_outside, ring_region, ring_size,
          ring_twice, ring_of_a_pipe, no_rings, one_ring, no_cookie, parts_afterwards, connect_twice, escapes,
          shrink, vanish]


# What a server can do to platter's client.


def says_nothing(peer, rng):
    time.sleep(rng.random() * 0.5)
    return True


def hangs_up(peer, rng):
    return True


def hello():
    return message(HELLO, struct.pack("=32sHHHHHB", b"liar", 0x0200, 0x0200, 255, 254, 254, 14))


def greets_only(peer, rng):
    peer.say(hello())
    time.sleep(rng.random() * 0.2)
    return True


def hello_twice(peer, rng):
    peer.say(hello())
    return refused(peer, hello())


def hello_noise(peer, rng):
    peer.say(message(HELLO, rng.randbytes(32) + hello()[34:48]))
    return True


def connected_first(peer, rng):
    return refused(peer, message(CONNECTED, b"liar"))


def client_words(peer, rng):
    peer.say(hello())
    kind, body = rng.choice([(INIT, init()), (ADD_REGION, region(1)), (ADD_RING, ring(True, 0)), (CONNECT, None)])
    return refused(peer, body or message(kind))


def refuses(peer, rng):
    peer.say(hello())
    peer.expect(INIT)
    peer.say(message(DISCONNECT, b"\0\0\0\0\x1b[31mno"))
    return True


SERVER = [says_nothing, hangs_up, greets_only, hello_twice, hello_noise, connected_first, client_words, refuses]


def connected(path):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(path)
    peer = Peer(connection)
    peer.again = lambda: connected(path)
    return peer


def accepted(path):
    """A generator of connections of platter's client, which comes back every two seconds."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    listener.listen(8)
    while True:
        ready, _, _ = select.select([listener], [], [], 20)
        if not ready:
            raise TimeoutError("platter's client does not come back")
        connection = listener.accept()[0]
        # A client speaks second. One that can be read has given up waiting for the liar before.
        if select.select([connection], [], [], 0)[0]:
            connection.close()
            continue
        yield Peer(connection)


def tell(lie, peer, rng):
    """True: the other side behaved; else what it did. GONE: it had left before the lie was told."""
    try:
        good = lie(peer, rng)
    except BrokenPipeError:
        good = lie.__name__ in ("silent", "deaf") or GONE
    except (ConnectionError, socket.timeout, TimeoutError) as error:
        good = lie.__name__ in ("silent", "deaf") or f"{type(error).__name__} {error}"
    finally:
        peer.close()
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["client", "server"])
    parser.add_argument("socket")
    parser.add_argument("lies", nargs="*")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float)
    options = parser.parse_intermixed_args()
    lies = {lie.__name__: lie for lie in (CLIENT if options.role == "client" else SERVER)}
    chosen = [lies[name] for name in options.lies] or list(lies.values())
    rng = random.Random(options.seed)
    peers = accepted(options.socket) if options.role == "server" else iter(lambda: connected(options.socket), None)
    bad = 0
    if options.seconds is None:
        for lie in chosen:
            for _ in range(TRIES):
                good = tell(lie, next(peers), rng)
                if good is not GONE:
                    break
            bad += good is not True
            print(f"{lie.__name__}: {'as it should' if good is True else good}", flush=True)
    else:
        end, told = time.monotonic() + options.seconds, 0
        while time.monotonic() < end:
            tell(rng.choice(chosen), next(peers), rng)
            told += 1
        print(f"{told} lies", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
