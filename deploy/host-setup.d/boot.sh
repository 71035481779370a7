# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What makes the changes come back after a reboot: a systemd unit for hugepages, udev rules for NICs
# (and for one that is unplugged and plugged again), a module option for no-IOMMU mode.

unit=/etc/systemd/system/platter-hugepages.service
unit_wanted=/etc/systemd/system/sysinit.target.wants/platter-hugepages.service
rules=/etc/udev/rules.d/90-platter.rules
module_options=/etc/modprobe.d/platter.conf
limits=/etc/security/limits.d/90-platter.conf
declare -A pages_at_boot=() # file: number

boot_write() {
  local lost=()
  if [[ -d $root/etc/systemd ]]; then
    unit_write
  else
    [[ -z $(remembered pages) ]] || lost+=("hugepages (no systemd)")
  fi
  if [[ -d $root/etc/udev ]]; then
    rules_write
  else
    [[ -z $(remembered nic) ]] || lost+=("NICs, also when plugged in again (no udev)")
  fi
  [[ -z $(remembered noiommu) ]] || file_write "$module_options" <<<"options vfio enable_unsafe_noiommu_mode=1"
  ((${#lost[@]} == 0)) || note "this does not come back after a reboot: ${lost[*]}; run the same command again then"
}

boot_reload() {
  [[ ! -d $root/run/systemd/system ]] || on_this_machine systemctl daemon-reload
  [[ ! -e $root/run/udev/control ]] || on_this_machine udevadm control --reload
}

# What an earlier run asked for stays unless this one asked otherwise.
unit_read() {
  local n path
  while read -r n path; do
    [[ -n ${pages_at_boot[$path]:-} ]] || pages_at_boot[$path]=$n
  done < <(sed -n "s/^ExecStart=.*echo \([0-9]*\) >\(.*\)'$/\1 \2/p" "$root$unit" 2>/dev/null)
}

# As early as can be: memory is in larger pieces then.
unit_write() {
  local path
  unit_read
  ((${#pages_at_boot[@]} > 0)) || return 0
  file_write "$unit" < <(
    printf '%s\n' "[Unit]" "Description=Hugepages for platter" "DefaultDependencies=no" \
      "Before=sysinit.target" "" "[Service]" "Type=oneshot" "RemainAfterExit=yes"
    for path in $(printf '%s\n' "${!pages_at_boot[@]}" | sort); do
      echo "ExecStart=/bin/sh -c 'echo ${pages_at_boot[$path]} >$path'"
    done
    printf '%s\n' "" "[Install]" "WantedBy=sysinit.target"
  )
  [[ -L $root$unit_wanted ]] || {
    directory_make "${unit_wanted%/*}"
    remember link "$unit_wanted" -
    ln -s "$unit" "$root$unit_wanted"
  }
}

# driver_override, set before any module is loaded for it, keeps the kernel's driver off a NIC that
# appears; the command takes it from one that was quicker.
rules_write() {
  local address driver
  [[ -n $(remembered nic) ]] || return 0
  file_write "$rules" < <(
    while IFS=$'\t' read -r _ address _ _ _ driver; do
      cat <<END
ACTION=="add", SUBSYSTEM=="pci", KERNEL=="$address", ATTR{driver_override}="$driver", RUN{builtin}+="kmod load $driver", RUN+="/bin/sh -c 'cd /sys/bus/pci/devices/%k && [ driver -ef /sys/bus/pci/drivers/$driver ] || { [ ! -e driver ] || echo %k >driver/unbind; echo %k >/sys/bus/pci/drivers_probe; }'"
END
      [[ ! -e $root$limits ]] || cat <<END
SUBSYSTEM=="vfio", TEST=="/sys/kernel/iommu_groups/%k/devices/$address", GROUP="platter", MODE="0660"
END
    done < <(grep $'^nic\t' "$root$state")
  )
}
