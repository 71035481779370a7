# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# check: every NIC, and whether platter could have it.

check_nics() {
  local address ready=0
  for address in "${nics[@]}"; do
    check_nic "$address" && ((ready++))
  done
  if ((${#nics[@]} == 0)); then
    finding problem nics "none on the PCI bus" "platter forwards between NICs; virtual devices do too"
  elif ((ready == 0)); then
    finding problem nics "none is ready for platter" "a NIC is one device of its configuration" \
      "sudo $me --apply --nic ADDRESS"
  fi
}

# check_nic ADDRESS: true where platter can have it as it is.
check_nic() {
  local address=$1 link what place
  nic_link link "$address"
  nic_carries what "$address"
  place="${nic_id[$address]}${nic_group[$address]:+, IOMMU group ${nic_group[$address]}}"
  [[ ${nic_node[$address]:--1} == -1 ]] || place+=", node ${nic_node[$address]}"
  check_nic_width "$address"
  if nic_keeps_driver "$address"; then
    check_nic_kept "$address" "$place" "$link" "$what"
  elif nic_on_vfio "$address"; then
    check_nic_vfio "$address" "$place"
  elif nic_on_uio "$address"; then
    finding advice "$address" "${nic_driver[$address]}, $place; ready, without protection" \
      "the NIC can write to all memory; platter must run as root" "$(iommu_fix)"
  elif [[ -n $what ]]; then
    finding ok "$address" "${nic_driver[$address]} ($link), $place; stays: it carries $what"
    return 1
  else
    check_nic_kernel "$address" "$place" "$link"
  fi
}

check_nic_vfio() {
  local address=$1 others
  nic_strangers others "$address" ''
  if [[ -n $others ]]; then
    finding problem "$address" "vfio-pci, $2; the group has $others, too" \
      "VFIO gives a group away only as a whole" "$(group_fix "$address")"
    return 1
  fi
  finding ok "$address" "vfio-pci, $2; ready"
  check_nic_pages "$address"
}

check_nic_kernel() {
  local address=$1 others
  nic_strangers others "$address" ''
  if [[ -n $others ]]; then
    finding advice "$address" "${nic_driver[$address]:-no driver}${3:+ ($3)}, $2; the group has $others, too" \
      "VFIO gives a group away only as a whole" "$(group_fix "$address")"
  else
    finding advice "$address" "${nic_driver[$address]:-no driver}${3:+ ($3)}, $2" \
      "platter can have it when VFIO has it instead of the kernel" \
      "sudo $me --apply --nic $address"
  fi
  return 1
}

check_nic_kept() {
  local address=$1 driver=mlx5_core
  [[ ${nic_id[$address]} != 1414:* ]] || driver=mana
  case ${nic_driver[$address]} in
  mlx4_core | mlx5_core | mana)
    finding ok "$address" "${nic_driver[$address]} ($3), $2; ready: DPDK shares it with the kernel${4:+, which has $4 on it}"
    ;;
  vfio-pci)
    finding problem "$address" "vfio-pci, $2" "DPDK drives it through the kernel's $driver" \
      "sudo $me --undo, or: echo | sudo tee $pci/$address/driver_override; echo $address | sudo tee /sys/bus/pci/drivers/vfio-pci/unbind; sudo modprobe $driver; echo $address | sudo tee /sys/bus/pci/drivers_probe"
    return 1
    ;;
  *)
    finding problem "$address" "${nic_driver[$address]:-no driver}, $2" \
      "DPDK drives it through the kernel's $driver" "sudo modprobe $driver"
    return 1
    ;;
  esac
  if [[ $driver == mlx5_core && ! -e $root$pci/$address/infiniband ]]; then
    finding advice "$address" "the kernel offers no verbs for it" \
      "DPDK's driver gives the NIC its work through them" "sudo modprobe -a mlx5_ib ib_uverbs"
  fi
  check_nic_pages "$address"
}

# The command that binds a whole group, where all of it are NICs that may be taken.
group_fix() {
  local path other driver command="sudo $me --apply" what
  for path in "$root/sys/kernel/iommu_groups/${nic_group[$1]}/devices"/*; do
    other=${path##*/}
    if nic_exists "$other"; then
      nic_carries what "$other"
      if [[ -z $what ]] && ! nic_keeps_driver "$other"; then
        command+=" --nic $other"
        continue
      fi
    else
      link_name driver "$pci/$other/driver"
      ! shares_group "$driver" || continue
    fi
    command=
    break
  done
  echo "${command:-another slot, or a firmware setting that splits groups (ACS)}"
}

check_nic_pages() {
  local node=${nic_node[$1]:--1} n1g n2m
  [[ $node != -1 && -e $root/sys/devices/system/node/node$node ]] || return 0
  pages_count n2m "$node" 2048
  pages_count n1g "$node" 1048576
  ((n2m + n1g > 0)) || finding problem "$1" "its node, $node, has no hugepages" \
    "frames would cross to the other node's memory" "sudo $me --apply --hugepages $(pages_wanted "$node")"
  return 0
}

# A card for x8 in a slot with four lanes has half of its rate.
check_nic_width() {
  local now most speed best
  value now "$pci/$1/current_link_width"
  value most "$pci/$1/max_link_width"
  value speed "$pci/$1/current_link_speed"
  value best "$pci/$1/max_link_speed"
  [[ $now =~ ^[1-9][0-9]*$ && $most =~ ^[1-9][0-9]*$ ]] || return 0
  if ((now < most)) || [[ $speed != "$best" ]]; then
    finding advice "$1" "PCIe x$now at $speed; the NIC could x$most at $best" \
      "a slot that is too narrow holds a fast NIC below its line rate" "another slot"
  fi
}
