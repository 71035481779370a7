# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A NIC from the kernel's driver to vfio-pci and back, by the kernel's driver_override.

bind_to=vfio-pci # or uio_pci_generic, without an IOMMU

# nic_refusal ADDRESS: prints why it cannot be taken; nothing where it can.
nic_refusal() {
  local what
  if ! nic_exists "$1"; then
    echo "there is no such NIC; those here: ${nics[*]:-none}"
    return
  elif nic_keeps_driver "$1"; then
    echo "DPDK drives it through the kernel's ${nic_driver[$1]:-driver}: use it as it is, without --nic"
    return
  fi
  nic_carries what "$1"
  if [[ -n $what ]] && ((force < 2)); then
    echo "it carries $what; taking it can cut you off. If you can reach this machine another way, say --force --force"
  else
    nic_group_refusal "$1"
  fi
}

nic_group_refusal() {
  local others
  if iommu_on; then
    nic_strangers others "$1" "${ask_nics[*]}"
    [[ -z $others ]] || echo "its IOMMU group ${nic_group[$1]} has $others, too; VFIO gives a group away only as a whole: $(group_fix "$1")"
  elif [[ $ask_noiommu == no ]] && ! noiommu_on; then
    echo "there is no IOMMU: $(iommu_fix); or --no-iommu, which is unsafe"
  fi
}

driver_is() { # driver_is ADDRESS NAME
  link_name "nic_driver[$1]" "$pci/$1/driver"
  [[ ${nic_driver[$1]} == "$2" ]]
}

nic_take() {
  local address=$1 name flags up='' addresses='' override from=${nic_driver[$1]} had=${nic_net[$1]}
  for name in $had; do
    value flags "/sys/class/net/$name/flags"
    ((flags & 1)) && up+=" $name"
    ! interface_has_address "$name" || addresses+=" $name"
  done
  value override "$pci/$address/driver_override"
  [[ $override != '(null)' ]] || override=
  remember nic "$address" "${from:--}" "${override:--}" "${up:--}" "$bind_to"
  [[ $from != "$bind_to" ]] || return 0
  put "$bind_to" "$pci/$address/driver_override"
  [[ -z $from ]] || put "$address" "$pci/$address/driver/unbind"
  put "$address" /sys/bus/pci/drivers_probe
  if wait_for 10 driver_is "$address" "$bind_to"; then
    link_name "nic_group[$address]" "$pci/$address/iommu_group"
    changed nic "$address: from ${from:-no driver}${had:+ ($had)} to $bind_to"
    [[ -z $addresses ]] || note "the addresses of$addresses went with it; --undo brings the interface up again, your network set-up (ifup, networkctl) its addresses"
  else
    failed "$address: $bind_to does not take it; the kernel says why: dmesg | tail"
    nic_return "$address" "${from:--}" "${override:--}" "${up:--}"
  fi
}

# nic_users ADDRESS: the processes that have its group open.
nic_users() {
  local uio
  for uio in "$root$pci/$1/uio"/*; do :; done
  # /dev/null: with one directory alone ls would not name it.
  # shellcheck disable=SC2012 # links of /proc have plain names
  ls -l /dev/null "$root"/proc/[0-9]*/fd 2>/dev/null |
    awk -v group="${nic_group[$1]:-none}" -v uio="/dev/${uio##*/}" '
      /^\/.*:$/ { n = split($0, part, "/"); pid = part[n - 1] }
      $NF == "/dev/vfio/" group || $NF == "/dev/vfio/noiommu-" group || $NF == uio {
        print pid
      }' | sort -nu
}


# nic_return ADDRESS DRIVER OVERRIDE UP: as it was found.
nic_return() {
  local address=$1 driver=${2#-} override=${3#-}
  if [[ ! -e $root$pci/$address ]]; then
    note "$address is not there now; it comes back to the kernel when it is plugged in"
    return 0
  fi
  put "$override" "$pci/$address/driver_override"
  if ! driver_is "$address" "$driver"; then
    [[ -z ${nic_driver[$address]} ]] || put "$address" "$pci/$address/driver/unbind"
    nic_rebind "$address" "$driver" || return 1
    changed nic "$address: back to ${driver:-no driver}"
  fi
  [[ $4 == - ]] || nic_up "$address" "$4"
}

nic_rebind() {
  [[ -n $2 ]] || return 0
  load_module "$2" "/sys/bus/pci/drivers/$2"
  driver_is "$1" "$2" || put "$1" "/sys/bus/pci/drivers/$2/bind"
  wait_for 10 driver_is "$1" "$2" || {
    failed "$1: $2 does not take it back; modprobe $2; echo $1 >$pci/$1/driver_override"
    return 1
  }
}

nic_has_interface() { # nic_has_interface ADDRESS [NAME]
  nic_interfaces "nic_net[$1]" "$1"
  [[ -n ${nic_net[$1]} && " ${nic_net[$1]} " == *" ${2:-}${2:+ }"* ]]
}

# The NIC's interface, under its old name or, where nobody renames it to that, under a new one.
nic_up() {
  local name flags had=${2# }
  wait_for 2 nic_has_interface "$1" "${had%% *}" || nic_has_interface "$1" ||
    failed "$1: its interface $had did not come back; dmesg may say why"
  for name in ${nic_net[$1]}; do
    value flags "/sys/class/net/$name/flags"
    ((flags & 1)) || {
      put "$(printf '0x%x' $((flags | 1)))" "/sys/class/net/$name/flags"
      changed interface "$name: up"
    }
  done
}

# VFIO's own mode where the kernel has it (Debian 12's has not), else uio_pci_generic.
noiommu_choose() {
  ! load_module vfio "$noiommu" || return 0
  bind_to=uio_pci_generic
  load_module "$bind_to" "/sys/bus/pci/drivers/$bind_to" ||
    failed "--no-iommu: this kernel has neither VFIO's no-IOMMU mode nor $bind_to"
}

noiommu_set() {
  local before
  wrapped 'WARNING: ' 9 '' "no IOMMU. A NIC, and whoever tells it where to write, reaches all of the memory of this machine: a wrong address overwrites anything, and nothing notices. platter has to run as root. Only for machines that hold nothing else."
  [[ $bind_to == vfio-pci ]] || return 0
  value before "$noiommu"
  remember noiommu mode "$before"
  [[ $before == Y ]] || {
    put Y "$noiommu"
    changed vfio "no-IOMMU mode on; the kernel marks itself tainted"
  }
}
