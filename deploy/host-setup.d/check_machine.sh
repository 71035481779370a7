# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# check: processor, clock, IOMMU, VFIO, memory and limits.

check() {
  [[ $json == yes ]] || echo "What platter needs of this machine:"
  check_cpu
  check_clock
  check_iommu
  check_vfio
  check_pages
  check_memlock
  check_files
  check_cores
  check_nics
  report_end
  exit $?
}

cpu_flags() {
  local line
  REPLY=
  while read -r line; do
    if [[ $line == flags* ]]; then
      REPLY=" ${line#*: } "
      return
    fi
  done <"$root/proc/cpuinfo"
}

check_cpu() {
  local wider=''
  cpu_flags
  if [[ $REPLY != *' sse4_2 '* ]]; then
    finding problem cpu "no SSE4.2" "Debian's DPDK is built for it and does not start without" \
      "another machine; in a virtual one, show the host's CPU (qemu: -cpu host)"
    return
  fi
  [[ $REPLY != *' avx2 '* ]] || wider+=", AVX2"
  [[ $REPLY != *' avx512bw '* ]] || wider+=", AVX-512"
  finding ok cpu "SSE4.2${wider:-; no AVX2, whose receive and transmit paths drivers have}"
}

check_clock() {
  local source
  cpu_flags
  value source /sys/devices/system/clocksource/clocksource0/current_clocksource
  if [[ $REPLY != *' constant_tsc '* || $REPLY != *' nonstop_tsc '* ]]; then
    finding advice clock "the TSC is not said to be invariant" \
      "rates and times are counted in its cycles" \
      "another machine; in a virtual one, qemu: -cpu host,+invtsc"
  elif [[ $source == hpet || $source == acpi_pm ]]; then
    finding advice clock "invariant TSC, but the kernel uses $source" \
      "reading that clock takes a microsecond each time" "kernel argument tsc=reliable"
    kernel_argument tsc=reliable
  else
    finding ok clock "invariant TSC"
  fi
}

iommu_on() { compgen -G "$root/sys/class/iommu/*" >/dev/null; }

noiommu=/sys/module/vfio/parameters/enable_unsafe_noiommu_mode
noiommu_on() {
  local mode
  value mode "$noiommu"
  [[ $mode == Y || $mode == 1 ]]
}

# Whether a NIC is in platter's hands, or can be, without an IOMMU.
unprotected() {
  local address
  noiommu_on && return
  for address in "${nics[@]}"; do
    ! nic_on_uio "$address" || return 0
  done
  return 1
}

# Whether there is a NIC that only VFIO can drive.
vfio_needed() {
  local address
  for address in "${nics[@]}"; do
    nic_keeps_driver "$address" || return 0
  done
  return 1
}

check_iommu() {
  local groups level=problem
  if iommu_on; then
    groups=("$root"/sys/kernel/iommu_groups/*)
    finding ok iommu "on, ${#groups[@]} groups"
    return
  fi
  if unprotected; then
    finding advice iommu "none, and NICs are used without" \
      "a NIC can write to all of the machine's memory; platter must run as root" \
      "$(iommu_fix)"
    return
  fi
  vfio_needed || level=ok
  finding "$level" iommu "none" "VFIO keeps a NIC's DMA inside platter's memory with it" \
    "$(iommu_fix)"
  [[ $level == ok || $(iommu_fix) != "kernel argument "* ]] || kernel_argument intel_iommu=on iommu=pt
}

# The firmware's description of the IOMMU: where it is there, the firmware has it switched on.
iommu_table() {
  local table
  for table in DMAR IVRS; do
    [[ ! -e $root/sys/firmware/acpi/tables/$table ]] || echo "$table"
  done
}

# Intel's wants to be asked for in some kernels; AMD's is on unless it is switched off.
iommu_fix() {
  local off
  off=$(grep -oE '\b(intel_iommu|amd_iommu|iommu)=off\b' "$root/proc/cmdline")
  if [[ -n $off ]]; then
    echo "take ${off//$'\n'/ and } out of the kernel arguments (/etc/default/grub; update-grub; reboot)"
    return
  fi
  case $(iommu_table) in
  DMAR*) echo "kernel argument intel_iommu=on iommu=pt" ;;
  IVRS*) echo "dmesg | grep AMD-Vi says why it is off" ;;
  *) echo "switch VT-d or AMD-Vi on in the firmware's set-up" ;;
  esac
}

# Loaded, or there to be loaded.
check_vfio() {
  local release
  vfio_needed || return 0
  value release /proc/sys/kernel/osrelease
  if [[ -e $root/sys/bus/pci/drivers/vfio-pci ]]; then
    finding ok vfio-pci "loaded"
  elif grep -qs '/vfio-pci\.ko' "$root/lib/modules/$release/modules.dep"; then
    finding ok vfio-pci "not loaded yet; --apply loads it"
  else
    finding problem vfio-pci "this kernel ($release) has no such driver" \
      "NICs are handed to platter through it" "apt install linux-image-amd64; reboot"
  fi
}

# limit VAR NAME: the soft limit that this shell was given.
limit() {
  local _found
  _found=$(sed -n "s/^$2  *\([^ ]*\) .*/\1/p" "$root/proc/self/limits" 2>/dev/null)
  printf -v "$1" %s "${_found:-unlimited}"
}

check_memlock() {
  local bytes
  limit bytes "Max locked memory"
  if [[ $bytes == unlimited ]]; then
    finding ok memlock "unlimited"
  elif ((EUID == 0)); then
    finding ok memlock "$((bytes / 1024)) KB, which does not bind root"
  else
    finding advice memlock "$((bytes / 1024)) KB for you" \
      "VFIO locks all packet memory; only root may go over the limit" \
      "sudo $me --apply --user $(id -un)" "in a service: LimitMEMLOCK=infinity"
  fi
}

# DPDK keeps a file open for each hugepage that it uses.
check_files() {
  local files
  limit files "Max open files"
  if [[ $files == unlimited ]] || ((files >= 1024)); then
    finding ok "open files" "$files"
  else
    finding advice "open files" "$files" "each hugepage in use is an open file" "ulimit -n 4096"
  fi
}
