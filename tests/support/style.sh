#!/usr/bin/env bash
# Checks the style of relay/, db_adapters/ and tests/: style.sh format | tidy
# tidy needs the asan build's compile commands, and remembers each file that passed by a hash of all that clang-tidy saw of it.
# Both tools are held at version 14, since every version finds other things; without it the exit code is 77.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

version=14
remembered=${OUTBOX_RELAY_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/outbox-relay}/tidy
built=build/asan/compile_commands.json
commands=build/tidy/compile_commands.json
# Two more names of bugprone-reserved-identifier, the dearest check of all.
aliases=-cert-dcl37-c,-cert-dcl51-cpp

tool() {
  local name
  for name in "$1-$version" "$1"; do
    if "$name" --version 2>/dev/null | grep -q "version $version\."; then echo "$name"; return; fi
  done
  echo "skipped: $1 $version is not installed" >&2
  return 1
}

sources() { find relay db_adapters tests -name '*.[ch]pp' | sort; }

# What clang-tidy sees: the file with its includes, comments (NOLINT) and macros, without the folder that it stands in. How far the
# build is optimised is none of it.
fingerprint() {
  local directory command
  { read -r directory && read -r command; } < <(jq -r --arg file "$PWD/$1" 'map(select(.file == $file))[0] | .directory, .command' "$commands")
  command=${command/ -Og / }
  { cat .clang-tidy && (cd "$directory" && eval "${command/ -o *.o -c / -E -C -dD }"); } | sed "s#$PWD##g" | sha256sum | cut -d' ' -f1
}

tidy_one() {
  local print output
  print=$(fingerprint "$1") || return 1
  [ -e "$remembered/$print" ] && return
  if output=$("$tidy" -p "${commands%/*}" --checks="$aliases" --extra-arg=-O0 --quiet "$1" 2>/dev/null); then touch "$remembered/$print"; else echo "$output"; return 1; fi
}

case ${1:-} in
  format)
    format=$(tool clang-format) || exit 77
    wrong=$(sources | xargs "$format" --dry-run 2>&1 | sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: warning: .*/\1/p' | sort -u)
    [ -z "$wrong" ] || { echo "$wrong"; echo "not formatted; cure: $format -i $(echo "$wrong" | xargs)"; exit 1; }
    ;;
  tidy)
    tidy=$(tool clang-tidy) || exit 77
    [ -e "$built" ] || { echo "style.sh: $built not found: cmake --preset asan -DCMAKE_CXX_COMPILER=clang++" >&2; exit 1; }
    mkdir -p "$remembered" "${commands%/*}"
    jq 'unique_by(.file)' "$built" >"$commands" # some are compiled once more for the fuzzers
    export tidy remembered commands aliases
    export -f tidy_one fingerprint
    jq -r '.[].file' "$commands" | sed "s#^$PWD/##" | grep -E '^(relay|db_adapters|tests)/' | xargs -P "$(nproc)" -I{} bash -c 'tidy_one {}'
    ;;
  *)
    echo "usage: tests/support/style.sh format | tidy" >&2
    exit 64
    ;;
esac
