#!/usr/bin/env bash
# Checks the style of relay/, db_adapters/ and tests/: style.sh format | tidy
# tidy needs the asan build (tests/support/tidy.py).
# Both tools are held at version 14, since every version finds other things; without it the exit code is 77.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

version=14
remembered=${OUTBOX_RELAY_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/outbox-relay}/tidy

tool() {
  local name
  for name in "$1-$version" "$1"; do
    if "$name" --version 2>/dev/null | grep -q "version $version\."; then echo "$name"; return; fi
  done
  echo "skipped: $1 $version is not installed" >&2
  return 1
}

sources() { find relay db_adapters tests -name '*.[ch]pp' | sort; }

case ${1:-} in
  format)
    format=$(tool clang-format) || exit 77
    wrong=$(sources | xargs "$format" --dry-run 2>&1 | sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: warning: .*/\1/p' | sort -u)
    [ -z "$wrong" ] || { echo "$wrong"; echo "not formatted; cure: $format -i $(echo "$wrong" | xargs)"; exit 1; }
    ;;
  tidy)
    tidy=$(tool clang-tidy) || exit 77
    tests/support/tidy.py "$tidy" build/asan "$remembered"
    ;;
  *)
    echo "usage: tests/support/style.sh format | tidy" >&2
    exit 64
    ;;
esac
