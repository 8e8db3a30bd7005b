#!/usr/bin/env bash
# A root of Debian sid, with its compiler and libraries: newest.sh build SUITE ... (into build/newest) | run COMMAND ...
# It is the root that MySQL's server runs from, copied and given what the build needs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cache=${OUTBOX_RELAY_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/outbox-relay}
sid=$cache/sid-build
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# The project and the servers' folder have the same paths inside; the mounts end with the command.
inside() {
  # shellcheck disable=SC2016
  as_root unshare --mount -- bash -ec '
    sid=$1
    for folder in "$2" "$3" "$4"; do mkdir -p "$sid$folder"; mount --bind "$folder" "$sid$folder"; done
    mount -t proc proc "$sid/proc"
    cd "$2"
    exec chroot "$sid" /usr/bin/env -C "$2" PATH=/usr/sbin:/usr/bin "${@:5}"' \
    bash "$sid" "$PWD" "${OUTBOX_RELAY_TEST_DIR:-$PWD}" "$cache/ccache" "$@"
}

make_root() {
  local new wanted
  if [ ! -e "$sid" ]; then
    tests/support/servers.sh fetch mysql
    new=$(as_root mktemp -d "$cache/sid-build.XXXXXX")
    as_root cp -a "$cache/sid/." "$new"
    as_root mv -T "$new" "$sid"
  fi
  wanted=$(cat deploy/build-packages tests/support/packages.newest | sed 's/^default-libmysqlclient-dev$/libmysqlclient-dev/')
  [ "$wanted" != "$(cat "$sid/wanted-packages" 2>/dev/null)" ] || return 0
  as_root chroot "$sid" apt-get -o Acquire::Check-Valid-Until=false update
  # shellcheck disable=SC2086
  as_root chroot "$sid" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $wanted
  as_root chroot "$sid" apt-get clean
  as_root tee "$sid/wanted-packages" <<<"$wanted" >/dev/null
}

case ${1:-} in
  build)
    shift
    mkdir -p "$cache/ccache"
    make_root
    inside env "CCACHE_DIR=$CCACHE_DIR" "CCACHE_BASEDIR=$PWD" CCACHE_NOHASHDIR=1 bash -ec '
      cmake -S . -B build/newest -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
      cmake --build build/newest --parallel "$(nproc)" -- "$@"' build "${@/%/_tests}"
    ;;
  run)
    shift
    mapfile -t servers < <(env | grep ^OUTBOX_RELAY_TEST_)
    inside env "${servers[@]}" "$@"
    ;;
  *)
    echo "usage: tests/support/newest.sh build SUITE ... | run COMMAND ..." >&2
    exit 64
    ;;
esac
