#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The first process of the emulated machine. It mounts what a Debian machine has and then serves the
# second serial line, where the test on the host sends commands: each is one line of base64, runs in
# this shell (so that it can start programs and wait for them), and is answered by a line "STATUS
# LENGTH" and so many bytes, which are what it wrote. The first line carries the kernel's messages.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
mount -t debugfs debugfs /sys/kernel/debug
mkdir -p /dev/hugepages /dev/shm /dev/pts
mount -t hugetlbfs -o pagesize=2M hugetlbfs /dev/hugepages
mount -t tmpfs tmpfs /dev/shm
mount -t devpts devpts /dev/pts
ln -s /proc/self/fd /dev/fd
# As udev would: the kernel's own drivers for the NICs.
modprobe -a e1000e e1000 vmxnet3 virtio_pci virtio_net
ip link set lo up
stty -F /dev/ttyS1 raw -echo
exec 9<>/dev/ttyS1
echo ready >&9
while IFS= read -r line <&9; do
  eval "$(base64 -d <<<"$line")" </dev/null >/run/reply 2>&1 9>&-
  printf '%d %d\n' $? "$(stat -c %s /run/reply)" >&9
  cat /run/reply >&9
done
echo o >/proc/sysrq-trigger
