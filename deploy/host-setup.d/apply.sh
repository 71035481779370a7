# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# --apply: all that could be refused is asked first; then one change after the other.

options='' ask_nics=() ask_pages='' ask_pages_1g='' ask_user='' ask_noiommu=no force=0

option() { # option NAME VALUE
  options+="$1 "
  case $1 in
  --nic) ask_nics+=("$(nic_address "$2")") || exit 2 ;;
  --hugepages) ask_pages=$(page_number "$@") || exit 2 ;;
  --hugepages-1g) ask_pages_1g=$(page_number "$@") || exit 2 ;;
  --user)
    [[ -n $2 ]] || usage "'--user' needs a name"
    ask_user=$2
    ;;
  --no-iommu) ask_noiommu=yes ;;
  --force) ((force++)) ;;
  esac
}

# As the kernel writes it: with the domain, in small letters.
nic_address() {
  local address=${1,,}
  [[ $address == *:*:* ]] || address=0000:$address
  [[ $address =~ ^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$ ]] ||
    usage "--nic: expected an address like 0000:03:00.0, found '$1'; '$me check' lists the NICs"
  echo "$address"
}

page_number() {
  [[ $2 =~ ^[0-9]{1,7}$ ]] || usage "$1: expected a number of pages, found '$2'"
  echo $((10#$2))
}

apply() {
  apply_refuse
  state_open
  [[ $ask_noiommu == no ]] || noiommu_set
  apply_pages
  apply_nics
  [[ -z $ask_user ]] || user_allow "$ask_user"
  boot_write
  boot_reload
  apply_end
}

apply_refuse() {
  local address why
  for address in "${ask_nics[@]}"; do
    why=$(nic_refusal "$address")
    [[ -z $why ]] || failed "$address: $why"
  done
  if [[ $ask_noiommu == yes ]] && iommu_on; then
    failed "--no-iommu: this machine has an IOMMU; leave the option out"
  elif [[ $ask_noiommu == yes ]]; then
    noiommu_choose
  fi
  if [[ -n $ask_user ]]; then
    why=$(user_refusal "$ask_user")
    [[ -z $why ]] || failed "$why"
  fi
  refuse_pages "${ask_pages:-0}" 2048
  refuse_pages "${ask_pages_1g:-0}" 1048576
  for why in "$unit" "$rules" "$module_options" "$limits"; do
    ! file_foreign "$why" || failed "$why is there and somebody else's; move it away"
  done
  ((failures == 0)) || {
    echo "$me: nothing was changed" >&2
    exit 1
  }
}

refuse_pages() {
  local node memory
  nodes_list
  for node in $REPLY; do
    memory=$(node_kilobytes "$node")
    (($1 * $2 <= memory)) || failed "$1 pages of $(pages_name "$2") are more than the $((memory / 1024)) MB of memory of node $node"
  done
}

apply_pages() {
  [[ -z $ask_pages_1g ]] || pages_set "$ask_pages_1g" 1048576
  if [[ -n $ask_pages ]]; then
    pages_set "$ask_pages" 2048
  elif [[ -z $ask_pages_1g ]]; then
    pages_fill
  fi
}

apply_nics() {
  local address
  ((${#ask_nics[@]} > 0)) || return 0
  load_module "$bind_to" "/sys/bus/pci/drivers/$bind_to" || {
    failed "the kernel has no $bind_to; apt install linux-image-amd64, reboot"
    return
  }
  for address in "${ask_nics[@]}"; do
    nic_take "$address"
  done
}

apply_end() {
  ((changes > 0 || failures > 0)) || echo "nothing to do: all of it is so already"
  ((changes == 0)) || echo "$me --undo gives everything back"
  ((failures == 0))
  exit $?
}
