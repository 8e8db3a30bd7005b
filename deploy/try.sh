#!/usr/bin/env bash
# On a fresh Debian 12 or 13: installs what the build needs, builds the relay and runs its demo. Safe to run again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n==> %s\n' "$*"; }
die() { printf 'try.sh: %s\n' "$*" >&2; exit 1; }
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "packages have to be installed: run it as root, or install sudo"
  fi
}
# Long output goes to a file, and is shown when something failed.
quietly() { "$@" >"$log" 2>&1 || { tail -n 40 "$log" >&2; die "\"$*\" failed; all it said is in $log"; }; }

build=build/try
mkdir -p "$build" 2>/dev/null && [ -w "$build" ] || build=$(mktemp -d "${TMPDIR:-/tmp}/outbox-relay.XXXXXX")
log=$build/try.log

mapfile -t packages <deploy/build-packages
missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || die "this script knows Debian 12 and 13; elsewhere install the like of: ${packages[*]}"
  say "Installing ${missing[*]}"
  quietly as_root apt-get update
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
fi

# A unity build, eight files at a time: half the time, since most of it goes into headers.
say "Building in $build (a few minutes the first time)"
quietly cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON -DOUTBOX_RELAY_TESTS=OFF
quietly cmake --build "$build" --target outbox-relay

say "Demo: an outbox in SQLite, Kafka inside the process"
"$build/outbox-relay" demo

say "Built: $(realpath "$build/outbox-relay"); README.md sets it up with your own database and Kafka in five steps"
