# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Running platter as another user than root: group platter may open the VFIO groups of the NICs that
# were bound here, and lock memory. No capability is needed: the IOMMU keeps the NICs to the memory
# that the user's process gave them.

# Names are compared letter by letter: one with a '.' in it is no pattern.
user_exists() {
  local name
  while IFS=: read -r name _; do
    [[ $name != "$1" ]] || return 0
  done 2>/dev/null <"$root/etc/passwd"
  return 1
}

user_refusal() {
  user_exists "$1" || {
    echo "--user: there is no user '$1'"
    return
  }
  [[ $ask_noiommu == no ]] && { iommu_on || ! noiommu_on; } ||
    echo "--user: without an IOMMU platter must run as root (CAP_SYS_RAWIO to open the NIC, CAP_SYS_ADMIN for memory addresses)"
}

group_id() { awk -F: '$1 == "platter" { print $3 }' "$root/etc/group"; }

user_in_group() {
  awk -F: '$1 == "platter" { print "," $4 "," }' "$root/etc/group" | grep -qF ",$1,"
}

# members_set AWK: what that makes of the members of group platter, in an array with their number,
# and of the name ENVIRON["user"].
members_set() {
  local text
  text=$(awk -F: '
    $1 != "platter" { print; next }
    {
      n = split($4, member, ",")
      '"$1"'
      line = $1 ":" $2 ":" $3 ":"
      for (i = 1; i <= n; i++)
        if (member[i] != "")
          line = line (line ~ /:$/ ? "" : ",") member[i]
      print line
    }' "$root/etc/group") && echo "$text" >"$root/etc/group"
}

user_allow() {
  local address before=$changes
  [[ -n $(group_id) ]] || {
    remember group platter -
    group_make
    changed group "platter: made"
  }
  user_in_group "$1" || {
    remember member "$1" -
    group_member "$1"
    changed group "platter: $1 is in it, from the next login on"
  }
  for address in $(remembered nic); do
    node_open "/dev/vfio/${nic_group[$address]:-none}"
  done
  file_write /etc/security/limits.d/90-platter.conf <<END
# VFIO locks all packet memory.
@platter - memlock unlimited
END
  ((changes == before)) || note "a service gets the limit by LimitMEMLOCK=infinity, no capability is needed"
}

# Now; the udev rule does it when the group appears again.
node_open() {
  local found
  [[ -e $root$1 ]] || return 0
  found=$(stat -c '%g %a' "$root$1")
  [[ $found != "$(group_id) 660" ]] || return 0
  remember node "$1" "$found"
  chgrp "$(group_id)" "$root$1" && chmod 660 "$root$1" && changed node "$1: group platter may open it"
}

# With the system's own tools where it has them; the root of an initramfs has but the file.
prefixed() { # prefixed TOOL ARGUMENT…
  "$1" ${root:+-P "$root"} "${@:2}"
}

group_make() {
  local id=999
  if has_command groupadd; then
    prefixed groupadd --system platter
  else
    while grep -q "^[^:]*:[^:]*:$id:" "$root/etc/group"; do
      ((id--))
    done
    echo "platter:x:$id:" >>"$root/etc/group"
  fi
}

group_member() {
  if has_command usermod; then
    prefixed usermod -aG platter "$1"
  else
    user=$1 members_set 'member[++n] = ENVIRON["user"]'
  fi
}

member_remove() {
  if has_command usermod; then
    prefixed usermod -rG platter "$1"
  else
    user=$1 members_set 'for (i = 1; i <= n; i++) if (member[i] == ENVIRON["user"]) member[i] = ""'
  fi
}

group_remove() {
  if ! grep -q '^platter:.*:$' "$root/etc/group"; then
    note "group platter stays: others are in it by now"
  elif has_command groupdel; then
    prefixed groupdel platter && changed group "platter: removed"
  else
    sed -i '/^platter:/d' "$root/etc/group" && changed group "platter: removed"
  fi
}
