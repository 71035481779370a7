# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Findings, for people in 80 columns and as JSON.
#
# finding LEVEL SUBJECT TEXT [WHY [FIX…]]: LEVEL is ok, advice or problem; each FIX is a command or,
# where there is none, what to do. kernel_argument ARGUMENT…: collected, shown once at the end,
# because they are set together and need one reboot.

problems=0 advices=0
findings=()         # JSON objects
kernel_arguments=() # words

# wrapped FIRST INDENT END TEXT: FIRST and the words of TEXT in 80 columns; further lines are
# indented, and a line that goes on ends in END.
wrapped() {
  local line=$1 end=$3 indent words word glue=''
  printf -v indent '%*s' "$2" ''
  read -ra words <<<"$4"
  for word in "${words[@]}"; do
    if [[ -n $glue ]] && ((${#line} + 1 + ${#word} + ${#end} > 80)); then
      printf '%s%s\n' "$line" "$end"
      line=$indent glue=''
    fi
    line+=$glue$word glue=' '
  done
  printf '%s\n' "$line"
}

finding() {
  local level=$1 subject=$2 text=$3 why=${4:-} first
  shift $(($# < 4 ? $# : 4))
  case $level in
  problem) ((problems++)) ;;
  advice) ((advices++)) ;;
  esac
  if [[ $json == yes ]]; then
    finding_json "$level" "$subject" "$text" "$why" "$@"
    return
  fi
  printf -v first '%-8s %-14s ' "$level" "$subject"
  wrapped "$first" 24 '' "$text"
  [[ -z $why ]] || wrapped '         why: ' 14 '' "$why"
  for first in "$@"; do
    wrapped '         fix: ' 16 ' \' "$first"
  done
}

# json_text VAR TEXT: as a JSON string.
json_text() {
  local _text=${2//\\/\\\\}
  _text=${_text//\"/\\\"}
  _text=${_text//[[:cntrl:]]/ }
  printf -v "$1" '"%s"' "$_text"
}

# json_list VAR WORD…: as a JSON array of strings.
json_list() {
  local _var=$1 _list='' _word _quoted
  shift
  for _word in "$@"; do
    json_text _quoted "$_word"
    _list+=", $_quoted"
  done
  printf -v "$_var" '[%s]' "${_list#, }"
}

finding_json() {
  local level subject text why fix
  json_text level "$1"
  json_text subject "$2"
  json_text text "$3"
  json_text why "$4"
  shift 4
  json_list fix "$@"
  findings+=("{\"level\": $level, \"subject\": $subject, \"text\": $text, \"why\": $why, \"fix\": $fix}")
}

kernel_argument() {
  local argument
  for argument in "$@"; do
    [[ " ${kernel_arguments[*]} " == *" $argument "* ]] || kernel_arguments+=("$argument")
  done
}

report_end() {
  if [[ $json == yes ]]; then
    report_json
  else
    report_kernel_arguments
    echo
    case $problems/$advices in
    0/0) echo "ready" ;;
    0/*) echo "ready; advice: $advices" ;;
    *) echo "not ready; problems: $problems, advice: $advices" ;;
    esac
  fi
  ((problems == 0))
}

# Debian's /etc/default/grub is a shell file: a line at its end adds to what it says.
report_kernel_arguments() {
  ((${#kernel_arguments[@]} > 0)) || return 0
  echo
  if [[ -e $root/etc/default/grub ]]; then
    echo "Kernel arguments: put this at the end of /etc/default/grub,"
    echo "then run update-grub and reboot."
  else
    echo "Kernel arguments: give them to your boot loader (no GRUB is here), as GRUB has"
    echo "them in /etc/default/grub; then reboot."
  fi
  # shellcheck disable=SC2016 # GRUB's variable, not ours
  wrapped '  ' 2 ' \' 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX '"${kernel_arguments[*]}\""
}

report_json() {
  local arguments status=ready list
  json_list arguments "${kernel_arguments[@]}"
  ((problems == 0)) || status=fix
  printf '{"status": "%s", "problems": %d, "advice": %d,\n "findings": [\n  ' \
    "$status" "$problems" "$advices"
  printf -v list '%s,\n  ' "${findings[@]}"
  printf '%s],\n "nics": [' "${list%,*}"
  nics_json
  printf '],\n "kernel_arguments": %s}\n' "$arguments"
}
