#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""platter among hostile peers; tests/soak/run.sh starts it.

One platter with a bridge between two veth ends, a memif server, a memif client and a vhost-user port.
In rounds of some twenty seconds, all at once and drawn by the seed: memif and vhost-user peers lie
(memif_peer.py, vhost_peer.py), telemetry clients send nonsense, stay and vanish, nobody reads
platter's standard output and error, an interface is deleted and made again under traffic. After each
round it is quiet for a moment. Asked for throughout, fifty times a second: /platter/info.

It fails unless platter runs on, answers within 100 ms at p99, lets honest peers in after each round,
has as many descriptors and as much memory as after the first round, and ends with its accounting
closed and its pools full.
"""
import fcntl
import json
import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROUND = 20  # seconds, quiet ones included
QUIET = 4
DEAF = 0.01  # how likely it is, at each look, that nobody reads for a while
P99 = 0.1  # seconds
SETTLES = 5  # seconds
PATIENCE = 300  # seconds, with peers that run at the least priority on a machine that is busy
MEMORY_SLACK = 4096  # kB
DESCRIPTOR_SLACK = 2  # a connection that the memif client tries may be open
F_SETPIPE_SZ = 1031


def sh(command, check=True):
    subprocess.run(command, shell=True, check=check, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def plug(name):
    sh(f"ip link add {name} type veth peer name {name}p && "
       f"echo 1 >/proc/sys/net/ipv6/conf/{name}/disable_ipv6; echo 1 >/proc/sys/net/ipv6/conf/{name}p/disable_ipv6; "
       f"ip link set {name} up; ip link set {name}p up")


# Each of these is a process of its own, for so many seconds.


def frames(seed, seconds, name):
    """Traffic of all lengths into the bridge, most of it between few stations."""
    rng = random.Random(seed)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
                raw.bind((name + "p", 0))
                while time.monotonic() < end:
                    for _ in range(rng.randrange(1, 70)):
                        station = bytes([2, 0, 0, 0, 0, rng.randrange(8)])
                        other = bytes([2, 0, 0, 0, 0, rng.randrange(8)])
                        length = rng.choice([14, 46, 60, 64, 128, 1000, 1514])
                        raw.send((other + station + b"\x88\xb5").ljust(length, b"x"))
                    time.sleep(0.002)
        except OSError:
            time.sleep(0.05)  # unplugged


def plugging(seed, seconds, name):
    rng = random.Random(seed)
    end = time.monotonic() + seconds - 2
    while time.monotonic() < end:
        time.sleep(rng.uniform(0.5, 3))
        sh(f"ip link del {name}", check=False)
        time.sleep(rng.uniform(0, 1.5))
        plug(name)


def clients(seed, seconds, path):
    """Telemetry clients that are no good."""
    rng = random.Random(seed)
    end = time.monotonic() + seconds
    idle = []
    while time.monotonic() < end:
        try:
            client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            client.settimeout(0.5)
            client.connect(path)
            kind = rng.randrange(5)
            if kind == 0:
                idle.append(client)
                if len(idle) > 20:
                    idle.pop(rng.randrange(20)).close()
                continue
            if kind == 1:
                client.send(rng.randbytes(rng.randrange(1, 2000)))
            elif kind == 2:
                client.send(b"/platter/" + rng.choice([b"port", b"rules", b"fdb", b"drops", b"x"]) + b"," * rng.randrange(3)
                            + str(rng.randrange(1 << 70)).encode())
            elif kind == 3:  # asks and does not listen
                for _ in range(50):
                    client.send(b"/platter/drops")
            elif kind == 4:
                client.send(b"/")
                client.recv(65536)
            client.close()
        except OSError:
            pass
        time.sleep(rng.random() * 0.02)


def liar(seed, seconds, program, *arguments):
    command = ["python3", os.path.join(HERE, program), *arguments, "--seconds", str(seconds), "--seed", str(seed)]
    sys.exit(subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode)


class Platter:
    def __init__(self, binary, directory):
        self.prefix = f"soak-{os.getpid()}-{random.SystemRandom().randrange(1 << 30)}"
        self.telemetry = f"/var/run/dpdk/{self.prefix}/dpdk_telemetry.v2"
        config = os.path.join(directory, "soak.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"""
ports:
  x: {{ device: "net_af_packet0,iface=soak0" }}
  y: {{ device: "net_af_packet1,iface=soak1" }}
  server: {{ device: "net_memif0,role=server,socket-abstract=no,socket={directory}/server.sock" }}
  n0: {{ device: "net_ring0" }}
  client: {{ device: "net_memif1,role=client,socket-abstract=no,socket={directory}/client.sock" }}
  n1: {{ device: "net_ring1" }}
  guest: {{ device: "net_vhost0,iface={directory}/guest.sock" }}
  n2: {{ device: "net_ring2" }}
forward:
  - bridge: [x, y]
  - wire: [server, n0]
  - wire: [client, n1]
  - wire: [guest, n2]
overload: drop
workers: {{ cores: [{max(os.sched_getaffinity(0))}] }}
memory: {{ hugepages: off }}
telemetry: {{ prefix: {self.prefix} }}
""")
        self.process = subprocess.Popen([binary, "run", "--watch", config], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.words = {}
        for pipe in (self.process.stdout, self.process.stderr):
            fcntl.fcntl(pipe, F_SETPIPE_SZ, 4096)
            os.set_blocking(pipe.fileno(), False)
            self.words[pipe] = b""
        end = time.monotonic() + 60
        while b"forwarding;" not in self.words[self.process.stdout]:
            self.read()
            if self.process.poll() is not None or time.monotonic() > end:
                sys.exit(f"platter does not start: {self.words[self.process.stderr].decode()}")
            time.sleep(0.05)

    def read(self):
        """What has come; of much, the end."""
        for pipe in self.words:
            while text := pipe.read():
                self.words[pipe] = (self.words[pipe] + text)[-100000:]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def memory(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


class Asker:
    """Asks for /platter/info, and how long that takes."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(10)
        self.socket.connect(path)
        self.socket.recv(16384)
        self.times = []

    def get(self, command):
        self.socket.send(command.encode())
        return self.socket.recv(65536).decode()

    def ask(self):
        start = time.monotonic()
        try:
            json.loads(self.get("/platter/info"))
        except (OSError, ValueError):
            return False
        finally:
            self.times.append(time.monotonic() - start)
        return True

    def p99(self):
        return sorted(self.times)[len(self.times) * 99 // 100]


def act(job, *arguments):
    """At the least priority: that peers are many, and the machine small, is not platter's delay."""
    os.nice(19)
    job(*arguments)


def actors(rng, directory, platter, seconds):
    seed = lambda: rng.randrange(1 << 31)
    jobs = [(frames, "soak0"), (frames, "soak1"), (plugging, "soak1"), (clients, platter.telemetry),
            (liar, "memif_peer.py", "client", f"{directory}/server.sock"),
            (liar, "memif_peer.py", "server", f"{directory}/client.sock"),
            (liar, "vhost_peer.py", f"{directory}/guest.sock")]
    return [multiprocessing.Process(name=f"{job.__name__} {more}", target=act, args=(job, seed(), seconds, *more)) for job, *more in jobs]


def soak_round(rng, directory, platter, asker):
    """Returns what went wrong."""
    wrong = []
    others = actors(rng, directory, platter, ROUND - QUIET)
    for other in others:
        other.start()
    deaf_until, end = 0.0, time.monotonic() + ROUND
    while time.monotonic() < end:
        if not asker.ask():
            wrong.append("no answer within ten seconds")
            break
        now = time.monotonic()
        if now >= deaf_until:
            platter.read()
            if rng.random() < DEAF:
                deaf_until = now + rng.uniform(0.5, 6)
        if platter.process.poll() is not None:
            break
        time.sleep(0.02)
    for other in others:
        other.join(PATIENCE)
        if other.exitcode != 0:
            wrong.append(f"{other.name} ends with {other.exitcode}")
            other.kill()
    platter.read()
    if platter.process.poll() is not None:
        return [f"platter ended with {platter.process.returncode}"]
    honest = subprocess.run(["python3", os.path.join(HERE, "memif_peer.py"), "client", f"{directory}/server.sock",
                             "honest"], capture_output=True, text=True, check=False)
    if honest.returncode != 0:
        wrong.append(f"an honest memif client is not served: {honest.stdout}{honest.stderr}"
                     f"{[asker.get(of) for of in ('/platter/port,server', '/platter/port,n0', '/platter/worker,0')]}")
    return wrong


def settled(platter, base):
    """Descriptors and memory, when what the round has left is closed: at once, or within SETTLES."""
    end = time.monotonic() + SETTLES
    time.sleep(0.5)
    while base and platter.descriptors() > base[0] + DESCRIPTOR_SLACK and time.monotonic() < end:
        platter.read()
        time.sleep(0.1)
    return platter.descriptors(), platter.memory()


def finish(platter):
    platter.process.send_signal(signal.SIGTERM)
    end = time.monotonic() + 30
    while platter.process.poll() is None and time.monotonic() < end:
        platter.read()
        time.sleep(0.02)
    platter.read()
    out = platter.words[platter.process.stdout].decode(errors="replace")
    wrong = []
    if platter.process.poll() != 0:
        wrong.append(f"platter ends with {platter.process.returncode}")
    if "in flight 0: closed" not in out:
        wrong.append("the accounting is not closed")
    if "every mbuf came back" not in out:
        wrong.append("pools are not full")
    return wrong


def main():
    binary, minutes, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    print(f"soak: {minutes:g} minutes, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="platter-soak-") as directory:
        for name in ("soak0", "soak1"):
            plug(name)
        first = multiprocessing.Process(target=liar, args=(0, 2, "memif_peer.py", "server", f"{directory}/client.sock",
                                                           "says_nothing"))
        first.start()
        while not os.path.exists(f"{directory}/client.sock"):
            time.sleep(0.05)
        platter = Platter(binary, directory)
        first.join()
        asker = Asker(platter.telemetry)
        wrong, rounds, base = [], 0, None
        while not wrong and (rounds < 2 or rounds * ROUND < minutes * 60):
            wrong = soak_round(rng, directory, platter, asker)
            rounds += 1
            if platter.process.poll() is not None:
                break
            now = settled(platter, base)
            base = base or now
            print(f"round {rounds}: {len(asker.times)} answers, p99 {asker.p99() * 1000:.1f} ms, longest "
                  f"{max(asker.times) * 1000:.0f} ms; {now[0]} descriptors, {now[1]} kB", flush=True)
            if now[0] > base[0] + DESCRIPTOR_SLACK:
                wrong.append(f"{now[0]} descriptors, {base[0]} after the first round")
            if now[1] > base[1] + MEMORY_SLACK:
                wrong.append(f"{now[1]} kB of memory, {base[1]} after the first round")
        if asker.p99() > P99:
            wrong.append(f"answers take {asker.p99() * 1000:.0f} ms at p99")
        wrong += finish(platter)
    for text in wrong:
        print(f"soak: {text}", flush=True)
    if wrong:
        for pipe, text in platter.words.items():
            sys.stdout.write(text.decode(errors="replace")[-3000:])
    print("soak: failed" if wrong else "soak: passed", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
