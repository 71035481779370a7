#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Makes what the emulated machine boots: Debian's kernel and a root file system in memory.
#
#   tests/metal/image.sh OUT PLATTER [PROGRAM…]
#
# OUT/kernel, OUT/root.cpio: the root is two archives, one behind the other (the kernel unpacks both).
# The first holds the tools and the kernel's modules and is kept in ~/.cache/platter, by the versions
# it was made of. The second holds platter as it was built, DPDK's drivers, host-setup and the
# programs given, and is made anew when one of these changed. Programs come with the libraries that
# they have on this machine, so it must be Debian 12, as for the build. No mounts, no loop devices.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
out=$1
shift
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/platter/metal
drivers=/usr/lib/x86_64-linux-gnu/dpdk/pmds-23.0

# What host-setup and the tests call, as on a server: Debian's own, not busybox's.
tools=(
  bash awk sed grep find xargs stat cat cp mv rm mkdir rmdir ln ls readlink realpath touch chmod chown
  chgrp mknod tee head tail sort uniq tr cut wc date sleep printf test id uname nproc env timeout
  basename dirname dd seq base64 sha256sum od cmp diff true false tty stty sync mktemp expr
  getent groupadd useradd usermod setpriv prlimit su kill ps pgrep free sysctl
  mount umount mountpoint findmnt lscpu dmesg flock unshare taskset hostname
  lspci setpci modprobe insmod rmmod lsmod depmod ip
)
modules=(vfio-pci vfio_iommu_type1 uio_pci_generic e1000e e1000 vmxnet3 virtio_net virtio_pci virtio_blk tun veth)

fail() {
  echo "image.sh: $*" >&2
  exit 1
}

# put ROOT FILE: copies a file to its real place, with a link from the name it is called by. /bin,
# /lib and the like are links on Debian, so that name begins in /usr.
put() {
  local root=$1 name=$2 real
  real=$(realpath "$name")
  [[ $name != /@(bin|sbin|lib|lib64)/* ]] || name=/usr$name
  [[ -e $root$real ]] || install -D "$real" "$root$real"
  [[ $name == "$real" || -L $root$name ]] || {
    mkdir -p "$root${name%/*}"
    ln -s "$real" "$root$name"
  }
}

# put_libraries ROOT FILE…: the shared libraries that these need.
put_libraries() {
  local root=$1 file
  shift
  ldd "$@" | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// && NF == 2 && !/:$/ { print $1 }' |
    sort -u | while IFS= read -r file; do
    put "$root" "$file"
  done
}

archive() { # archive ROOT FILE
  chmod 755 "$1" # mktemp made it
  (cd "$1" && find . -print0 | cpio --quiet --null --create --format=newc --owner=0:0) >"$2"
}

# The usual directories, with /bin and the like as links into /usr.
skeleton() {
  local root=$1 name
  mkdir -p "$root"/{dev,proc,sys,run,tmp,root,etc,mnt,var/lib,usr/{bin,sbin,lib,lib64}}
  for name in bin sbin lib lib64; do
    ln -s "usr/$name" "$root/$name"
  done
  ln -s /run "$root/var/run"
  cp /etc/{passwd,group,shadow,nsswitch.conf,os-release} "$root/etc"
}

# The kernel's modules in `modules`, and those they need.
add_modules() { # add_modules ROOT VERSION UNPACKED
  local root=$1 version=$2 from=$3 name file
  depmod -b "$from" "$version"
  for name in "${modules[@]}"; do
    modprobe -d "$from" -S "$version" --show-depends "$name" | awk '$1 == "insmod" { print $2 }'
  done | sort -u | while IFS= read -r file; do
    install -D -m 644 "$file" "$root/usr${file#"$from"}"
  done
  cp "$from/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$root/usr/lib/modules/$version"
  depmod -b "$root" "$version"
}

fetch_kernel() { # fetch_kernel PACKAGE VERSION DIRECTORY: unpacks it there
  (cd "$3" && apt-get -qq -o APT::Sandbox::User=root download "$1=$2") ||
    fail "cannot download $1; is there a Debian mirror in /etc/apt?"
  dpkg -x "$3"/"$1"_*.deb "$3/kernel"
}

put_tools() {
  local root=$1 name file files=()
  for name in "${tools[@]}"; do
    file=$(type -P "$name") || fail "$name is not installed; deploy/test.sh installs what is needed"
    put "$root" "$file"
    files+=("$file")
  done
  put_libraries "$root" "${files[@]}" 2>/dev/null # scripts have none, and ldd says so
}

base() ( # base NAME: makes cache/NAME.cpio and cache/NAME.kernel
  work=$(mktemp -d "$cache/work.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  root=$work/root
  fetch_kernel "$kernel" "$kernel_version" "$work"
  version=${kernel#linux-image-}
  skeleton "$root"
  put_tools "$root"
  add_modules "$root" "$version" "$work/kernel"
  install -D -m 644 /usr/share/misc/pci.ids "$root/usr/share/misc/pci.ids"
  archive "$root" "$work/base.cpio"
  mv "$work/base.cpio" "$cache/$1.cpio"
  mv "$work/kernel/boot/vmlinuz-$version" "$cache/$1.kernel"
)

overlay() ( # overlay FILE PLATTER PROGRAM…
  file=$1
  shift
  work=$(mktemp -d "$out/work.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/usr/local/bin" "$work$drivers"
  cp -d "$drivers"/*.so* "$work$drivers"
  put_libraries "$work" "$@" "$drivers"/*.so
  install "$@" "$work/usr/local/bin"
  cp -r "$source"/deploy/host-setup{,.d} "$work/usr/local/bin"
  install "$source/tests/metal/init.sh" "$work/init"
  archive "$work" "$file"
)

kernel=$(apt-cache depends linux-image-amd64 2>/dev/null | awk '$1 == "Depends:" { print $2; exit }')
[[ -n $kernel ]] || fail "apt knows no package linux-image-amd64; run apt-get update"
kernel_version=$(apt-cache policy "$kernel" | awk '$1 == "Candidate:" { print $2 }')
mkdir -p "$cache" "$out"
name=$kernel-$({
  echo "$kernel_version"
  cat "$0" /var/lib/dpkg/status
} | sha256sum | cut -c 1-16)
[[ -e $cache/$name.cpio && -e $cache/$name.kernel ]] || (base "$name")
overlay "$out/overlay.cpio" "$@"
cat "$cache/$name.cpio" "$out/overlay.cpio" >"$out/root.cpio"
ln -sf "$cache/$name.kernel" "$out/kernel"
