# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What the NICs of this machine are: PCI devices of class 02, by address.

pci=/sys/bus/pci/devices
nics=() # addresses
declare -A nic_id=() nic_driver=() nic_net=() nic_node=() nic_group=()

nics_read() {
  local path
  protected_read
  for path in "$root$pci"/*; do
    nic_read "${path##*/}"
  done
}

nic_read() {
  local address=$1 class vendor device
  value class "$pci/$address/class"
  [[ $class == 0x02* ]] || return 0
  nics+=("$address")
  value vendor "$pci/$address/vendor"
  value device "$pci/$address/device"
  nic_id[$address]=${vendor#0x}:${device#0x}
  link_name "nic_driver[$address]" "$pci/$address/driver"
  link_name "nic_group[$address]" "$pci/$address/iommu_group"
  value "nic_node[$address]" "$pci/$address/numa_node"
  nic_interfaces "nic_net[$address]" "$address"
}

# nic_interfaces VAR ADDRESS: their names; virtio has a device in between.
nic_interfaces() {
  local _path _names=''
  for _path in "$root$pci/$2"/net/* "$root$pci/$2"/virtio*/net/*; do
    [[ ! -e $_path ]] || _names+=" ${_path##*/}"
  done
  printf -v "$1" %s "${_names# }"
}

nic_exists() { [[ -n ${nic_id[$1]:-} ]]; }

# Some DPDK drivers work through the kernel's and share the NIC with it: mlx4, mlx5 (Mellanox, the
# whole vendor) and mana.
nic_keeps_driver() {
  case ${nic_id[$1]} in
  15b3:* | 1414:00ba) return 0 ;;
  *) return 1 ;;
  esac
}

nic_on_vfio() { [[ ${nic_driver[$1]} == vfio-pci ]]; }
nic_on_uio() { [[ ${nic_driver[$1]} == uio_pci_generic || ${nic_driver[$1]} == igb_uio ]]; }

# nic_carries VAR ADDRESS: "the default route (eth0)"; nothing where it may be taken.
nic_carries() {
  local _name _what=''
  for _name in ${nic_net[$2]}; do
    [[ -z ${carries[$_name]:-} ]] || _what="${carries[$_name]} ($_name)"
  done
  printf -v "$1" %s "$_what"
}

# shares_group DRIVER: whether VFIO gives a group away while this driver has a device of it; "" for
# none. Linux's drivers say so by driver_managed_dma.
shares_group() {
  [[ $1 == @(|vfio-pci|pcieport|pci-stub) ]]
}

# nic_strangers VAR ADDRESS ALLOWED: devices of the same IOMMU group that a driver other than VFIO
# has, so that the kernel would not give the group away; without those in ALLOWED.
nic_strangers() {
  local _path _other _driver _list=''
  for _path in "$root/sys/kernel/iommu_groups/${nic_group[$2]:-none}/devices"/*; do
    _other=${_path##*/}
    [[ $_other != "$2" && $_other != '*' && " $3 " != *" $_other "* ]] || continue
    link_name _driver "$pci/$_other/driver"
    shares_group "$_driver" || _list+=", $_other ($_driver)"
  done
  printf -v "$1" %s "${_list#, }"
}

# nic_link VAR ADDRESS: "eth1 up, 10000 Mbit/s"; nothing where the kernel does not drive it.
nic_link() {
  local _name _state _speed _all=''
  for _name in ${nic_net[$2]}; do
    value _state "/sys/class/net/$_name/operstate"
    value _speed "/sys/class/net/$_name/speed"
    _all+=", $_name ${_state:-unknown}"
    [[ ! $_speed =~ ^[1-9][0-9]*$ || $_state != up ]] || _all+=" $_speed Mbit/s"
  done
  printf -v "$1" %s "${_all#, }"
}

nics_json() {
  local address comma='' need link others
  for address in "${nics[@]}"; do
    need=vfio
    ! nic_keeps_driver "$address" || need=kernel
    nic_link link "$address"
    nic_strangers others "$address" ''
    nic_json "$address" "$need" "$link" "$others"
  done
}

nic_json() {
  local texts=() text list names
  for text in "$1" "${nic_id[$1]}" "${nic_driver[$1]}" "$2" "$3" "${nic_group[$1]}" "$4"; do
    json_text text "$text"
    texts+=("$text")
  done
  read -ra names <<<"${nic_net[$1]}"
  json_list list "${names[@]}"
  printf '%s\n  {"address": %s, "id": %s, "driver": %s, "needs": %s, "interfaces": %s,' "$comma" \
    "${texts[@]:0:4}" "$list"
  printf '\n   "link": %s, "iommu_group": %s, "group_others": %s, "numa_node": %d}' \
    "${texts[@]:4}" "${nic_node[$1]:--1}"
  comma=,
}
