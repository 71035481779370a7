# SPDX-License-Identifier: BSD-3-Clause
# Completion for bash: commands, their options as --help has them, files.
# shellcheck shell=bash
_platter() {
  local word=${COMP_WORDS[COMP_CWORD]} program=${COMP_WORDS[0]} command=()
  COMPREPLY=()
  if ((COMP_CWORD == 1)) && [[ $word != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$("$program" --help 2>/dev/null | sed -n 's/^  \([a-z-]\{1,\}\)  .*/\1/p')" -- "$word")
  elif [[ $word == -* ]]; then
    ((COMP_CWORD == 1)) || command=("${COMP_WORDS[1]}")
    mapfile -t COMPREPLY < <(compgen -W "$("$program" "${command[@]}" --help 2>/dev/null | grep -o -- '^  --[a-z-]\{1,\}' | tr -d ' ') --help --version" -- "$word")
  fi
}
complete -o default -F _platter platter platter-bench
