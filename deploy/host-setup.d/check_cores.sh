# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# check: what disturbs a polling core: other tasks, the kernel's tick, clock and sleep states.

cpus=/sys/devices/system/cpu

check_cores() {
  check_isolation
  check_governor
  check_turbo
  check_sleep
  check_siblings
}

# cores_suggested VAR: as many cores as there are NICs, at least two, on the node of the first of
# them; neither the first core, which keeps the system's work, nor two that share one.
cores_suggested() {
  local _cpu _list _node='' _chosen='' _n=0 _taken
  ((${#nics[@]} == 0)) || _node=${nic_node[${nics[0]}]}
  value _list "$cpus/online"
  list_expand _list "$_list"
  siblings _taken 0
  for _cpu in $_list; do
    [[ " $_taken " != *" $_cpu "* ]] || continue
    [[ ${_node:--1} == -1 || -e $root$cpus/cpu$_cpu/node$_node ]] || continue
    ((_n++ < (${#nics[@]} > 2 ? ${#nics[@]} : 2))) || break
    _chosen+=,$_cpu
    siblings _list "$_cpu"
    _taken+=" $_list"
  done
  printf -v "$1" %s "${_chosen#,}"
}

# siblings VAR CPU: the CPUs that share its core, itself too.
siblings() {
  local _cpus
  value _cpus "$cpus/cpu$2/topology/thread_siblings_list"
  list_expand "$1" "${_cpus:-$2}"
}

check_isolation() {
  local isolated tickless missing=() cores
  value isolated "$cpus/isolated"
  value tickless "$cpus/nohz_full"
  cores=$isolated
  [[ -n $cores ]] || cores_suggested cores
  if [[ -z $cores ]]; then
    finding advice "isolated cores" "none; there is but one core" \
      "workers poll: what else runs on their core waits, and makes them wait"
    return
  fi
  [[ -n $isolated ]] || missing+=("isolcpus=$cores")
  [[ -n ${tickless/'(null)'/} ]] || missing+=("nohz_full=$cores")
  cmdline_has rcu_nocbs || missing+=("rcu_nocbs=$cores")
  if ((${#missing[@]} == 0)); then
    finding ok "isolated cores" "$isolated (isolcpus, nohz_full $tickless, rcu_nocbs); platter's workers take them"
  else
    finding advice "isolated cores" "${isolated:-none}${isolated:+, but without ${missing[*]%%=*}}" \
      "what else the kernel runs on a worker's core stops its polling" \
      "kernel argument ${missing[*]}"
    kernel_argument "${missing[@]}"
  fi
}

check_governor() {
  local path governor slow=0 all=0 name=''
  for path in "$root$cpus"/cpu[0-9]*/cpufreq/scaling_governor; do
    [[ -e $path ]] || continue
    value governor "${path#"$root"}"
    ((all++))
    [[ $governor == performance ]] || ((slow++))
    [[ $governor == performance ]] || name=$governor
  done
  if ((all == 0)); then
    finding ok governor "none; the firmware or the host sets the clock"
  elif ((slow == 0)); then
    finding ok governor "performance"
  else
    finding advice governor "$name on $slow of $all CPUs" "a core that speeds up late drops first" \
      "echo performance | sudo tee $cpus/cpu*/cpufreq/scaling_governor"
  fi
}

check_turbo() {
  local off boost
  value off "$cpus/intel_pstate/no_turbo"
  value boost "$cpus/cpufreq/boost"
  if [[ $off == 0 || $boost == 1 ]]; then
    finding ok turbo "on: fast, but figures vary; off in the firmware when you measure"
  elif [[ -n $off$boost ]]; then
    finding ok turbo "off"
  fi
}

# Workers never sleep, but idle cores take the caches, the memory and the bus down with them.
check_sleep() {
  local path latency disabled deepest=0 name=''
  for path in "$root$cpus"/cpu0/cpuidle/state*; do
    value latency "${path#"$root"}/latency"
    value disabled "${path#"$root"}/disable"
    [[ $disabled != 1 && ${latency:-0} -gt $deepest ]] || continue
    deepest=$latency
    value name "${path#"$root"}/name"
  done
  if ((deepest <= 20)); then
    finding ok c-states "none that takes over 20 us to leave"
  else
    finding advice c-states "$name takes $deepest us to leave" \
      "the first packet after a pause waits that long" \
      "kernel argument processor.max_cstate=1 intel_idle.max_cstate=1"
    kernel_argument processor.max_cstate=1 intel_idle.max_cstate=1
  fi
}

check_siblings() {
  local active pair
  value active "$cpus/smt/active"
  if [[ $active == 1 ]]; then
    value pair "$cpus/cpu0/topology/thread_siblings_list"
    finding advice hyperthreads "on: CPUs share cores, as $pair do" \
      "two polling workers on one core have half of it each" \
      "one worker a core in workers.cores; or: echo off | sudo tee $cpus/smt/control"
  else
    finding ok hyperthreads "off"
  fi
}
