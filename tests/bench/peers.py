# SPDX-License-Identifier: BSD-3-Clause
"""Forwarders, each run for some seconds on virtual devices: platter, dpdk-testpmd, Open vSwitch.

All are measured in the same way: the drivers' own count of packets sent, read twice, over the time
between the two readings. Each function gives packets a second, and the share of its cores that the
forwarder had: below 1 the machine was busy with something else. Where one cannot, it raises Unable,
with a sentence that says why and what would help.
"""
import json
import os
import shutil
import socket
import struct
import subprocess
import time

BURST = 64  # platter's own
NULL = ["net_null0,size=64", "net_null1,no-rx=1"]


class Unable(Exception):
    """Something is missing or does not work; the message says what, and what to do."""


def missing_testpmd():
    """Why dpdk-testpmd cannot run, or None."""
    return None if shutil.which("dpdk-testpmd") else "dpdk-testpmd is missing: apt install dpdk"


def missing_vswitch():
    """Why Open vSwitch cannot run, or None."""
    root = os.environ.get("OVS_ROOT", "")
    needed = ("/usr/sbin/ovsdb-server", "/usr/bin/ovs-vsctl",
              "/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk")
    for path in needed:
        if not os.access(root + path, os.X_OK):
            return (f"Open vSwitch is missing ({root + path}): apt install "
                    "openvswitch-switch-dpdk, or unpack it and set OVS_ROOT")
    return None


def missing_core_distance(program):
    """Why core_distance cannot run, or None."""
    path = core_distance_program(program)
    return None if os.access(path, os.X_OK) else (
        f"{os.path.normpath(path)} is missing: meson configure -Dtests=true in the build "
        "directory, then ninja")


class Telemetry:
    """A client of DPDK's telemetry socket."""

    def __init__(self, prefix):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(5)
        self.socket.connect(f"/var/run/dpdk/{prefix}/dpdk_telemetry.v2")
        self.socket.recv(1024)

    def ask(self, command):
        self.socket.send(command.encode())
        return json.loads(self.socket.recv(16384))[command.split(",")[0]]

    def close(self):
        self.socket.close()


def connect(prefix, process):
    for _ in range(500):
        if process.poll() is not None:
            said = process.stderr.read().decode(errors="replace").strip().splitlines()
            raise Unable(f"{os.path.basename(process.args[0])} ended with status "
                         f"{process.returncode}: {said[-1] if said else 'it said nothing'}")
        try:
            return Telemetry(prefix)
        except (FileNotFoundError, ConnectionRefusedError):
            time.sleep(0.01)
    raise Unable(f"{os.path.basename(process.args[0])}: no telemetry socket in five seconds")


def sent(telemetry):
    replies = [telemetry.ask(f"/ethdev/stats,{port}") for port in telemetry.ask("/ethdev/list")]
    return sum(reply["opackets"] for reply in replies if reply)  # none before the port has started


def wait_for_traffic(telemetry):
    for _ in range(500):
        if sent(telemetry) > 0:
            return
        time.sleep(0.01)
    raise Unable("no packet was forwarded in five seconds")


def reading(count, seconds=5):
    """What `count` gives, and when, at a moment at which it has just changed: figures are not of the
    moment at which they are asked for, but are made anew now and then."""
    first, end = count(), time.monotonic() + seconds
    while time.monotonic() < end:
        now = count()
        if now != first:
            return now, time.monotonic()
        time.sleep(0.001)
    raise Unable(f"no packet was forwarded in {seconds} seconds")


def processor_seconds(pid):
    """What all threads of a process have run, as the scheduler counts it."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def measure(command, prefix, seconds, workers=1):
    """Packets a second that `command` forwards in the steady state, and the share of its cores
    that it had meanwhile: below 1 the machine was busy with something else."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    try:
        telemetry = connect(prefix, process)
        wait_for_traffic(telemetry)
        time.sleep(0.5)
        before, start = reading(lambda: sent(telemetry))
        ran = processor_seconds(process.pid)
        time.sleep(seconds)
        after, end = reading(lambda: sent(telemetry))
        ran = processor_seconds(process.pid) - ran
        telemetry.close()
        return (after - before) / (end - start), min(1, ran / (end - start) / workers)
    finally:
        process.terminate()
        process.communicate(timeout=30)
        shutil.rmtree(f"/var/run/dpdk/{prefix}", ignore_errors=True)  # testpmd leaves its directory


def platter(options, directory, ports, forward, cores, layout, handoff="auto", more=""):
    lines = ["ports:"]
    lines += [f'  port{i}: {{ device: "{device}" }}' for i, device in enumerate(ports)]
    lines += [f"workers: {{ cores: {cores}, layout: {layout}, handoff: {handoff} }}",
              f"forward: [{{{forward}}}]",
              "memory: { hugepages: on }",
              "telemetry: { prefix: bench_platter }", more]
    path = os.path.join(directory, "bench.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return measure([options.platter, "run", path], "bench_platter", options.seconds,
                   len(cores))


def testpmd(options, ports, mode, *more):
    command = ["dpdk-testpmd", "--in-memory", "--no-pci", "--file-prefix=bench_testpmd",
               "-l", "0,1", "--main-lcore=0"]
    for device in ports:
        command.append(f"--vdev={device}")
    command += ["--", f"--burst={BURST}", f"--forward-mode={mode}", "--auto-start",
                "--total-num-mbufs=16384", "--no-lsc-interrupt", "--nb-cores=1"]
    command += list(more)
    return measure(command, "bench_testpmd", options.seconds)


def core_distance_program(program):
    """Beside platter's binary, in the same build."""
    return os.path.join(os.path.dirname(program), "../../tests/bench/core_distance")


def core_distance(options):
    """What bounds every handoff; the same program runs before each series, for a host may move the
    virtual machine's cores."""
    return subprocess.run([core_distance_program(options.platter)], check=True, capture_output=True,
                          text=True).stdout.strip()


def address(number):
    """A locally administered MAC address, as bytes."""
    return struct.pack(">HI", 0x0200, number)


def write_frames(path, frames):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for i, frame in enumerate(frames):
            file.write(struct.pack("<IIII", 0, i, len(frame), len(frame)) + frame)
    return path


def write_capture(path, size, frames=256):
    """Frames of `size` bytes; a small file, so that its bytes stay in the cache as null's do."""
    frame = address(2) + address(1) + b"\x08\x00" + bytes(size - 14)
    return write_frames(path, [frame] * frames)




class Vswitch:
    """An Open vSwitch of its own, with database and sockets in `directory`, on its userspace
    datapath. Package openvswitch-switch-dpdk; OVS_ROOT names a directory it was unpacked in."""

    def __init__(self, directory):
        root = os.environ.get("OVS_ROOT", "")
        self.bin, self.directory = f"{root}/usr/bin", os.path.join(directory, "ovs")
        os.makedirs(self.directory)
        self.environment = dict(os.environ, OVS_RUNDIR=self.directory, OVS_LOGDIR=self.directory,
                                OVS_DBDIR=self.directory,
                                LD_LIBRARY_PATH=f"{root}/usr/lib/x86_64-linux-gnu" if root else "")
        database, self.socket = f"{self.directory}/conf.db", f"unix:{self.directory}/db.sock"
        schema = f"{root}/usr/share/openvswitch/vswitch.ovsschema"
        self.processes = []
        self.run("ovsdb-tool", "create", database, schema)
        self.start(f"{root}/usr/sbin/ovsdb-server", database, f"--remote=p{self.socket}")
        self.vsctl("--no-wait", "init")
        self.vsctl("--no-wait", "set", "Open_vSwitch", ".", "other_config:dpdk-init=true",
                   "other_config:pmd-cpu-mask=0x2", "other_config:dpdk-lcore-mask=0x1",
                   "other_config:dpdk-extra=--in-memory --no-pci --file-prefix=bench_ovs")
        self.start(f"{root}/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk",
                   f"--unixctl={self.directory}/ctl", self.socket)
        self.vsctl("add-br", "br", "--", "set", "bridge", "br", "datapath_type=netdev")

    def start(self, *command):
        with open(f"{self.directory}/log", "a", encoding="utf-8") as log:
            self.processes.append(subprocess.Popen(command, env=self.environment, stdout=log,
                                                   stderr=log))
        time.sleep(0.5)

    def run(self, program, *arguments):
        result = subprocess.run([f"{self.bin}/{program}", *arguments], env=self.environment,
                                capture_output=True, text=True, timeout=60, check=False)
        if result.returncode != 0 or "Error" in result.stderr:
            raise Unable(f"{program} {' '.join(arguments)}: {result.stderr.strip()}")
        return result.stdout

    def vsctl(self, *arguments):
        return self.run("ovs-vsctl", f"--db={self.socket}", "--timeout=60", *arguments)

    def add_port(self, name, device):
        self.vsctl("add-port", "br", name, "--", "set", "Interface", name, "type=dpdk",
                   f"options:dpdk-devargs={device}")
        error = self.vsctl("get", "Interface", name, "error").strip()
        if error not in ("", "[]"):
            raise Unable(f"Open vSwitch: {device}: {error}")

    def know(self, name, addresses):
        """Static entries of its table of addresses; as ovs-appctl fdb/add, over one connection."""
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(f"{self.directory}/ctl")
            for number, station in enumerate(addresses):
                control.send(json.dumps({"method": "fdb/add", "id": number,
                                         "params": ["br", name, "0", station]}).encode())
                reply = json.loads(control.recv(4096))
                if reply["error"]:
                    raise Unable(f"Open vSwitch: fdb/add {station}: {reply['error']}")

    def sent(self, name):
        """The datapath's own count; the database's is up to five seconds old."""
        shown = self.run("ovs-appctl", "-t", f"{self.directory}/ctl", "dpctl/show", "-s")
        port = shown[shown.index(f": {name} ("):]
        return int(port[port.index("TX packets:") + len("TX packets:"):].split()[0])

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
            process.wait(timeout=30)


def vswitch(options, directory, device, known):
    """Open vSwitch between `device` and a null device, with `known` addresses behind that; the
    first to see what it does with a flow is not measured."""
    switch = Vswitch(directory)
    try:
        switch.add_port("out", NULL[1])
        switch.know("out", known)
        switch.add_port("in", device)
        time.sleep(2)
        process = switch.processes[1].pid
        before, start = reading(lambda: switch.sent("out"))
        ran = processor_seconds(process)
        time.sleep(options.seconds)
        after, end = reading(lambda: switch.sent("out"))
        ran = processor_seconds(process) - ran
        return (after - before) / (end - start), min(1, ran / (end - start))
    finally:
        switch.stop()
        shutil.rmtree(switch.directory)
