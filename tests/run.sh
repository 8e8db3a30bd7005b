#!/usr/bin/env bash
# On a fresh Debian 12 or 13: installs what is missing, builds, starts real servers, runs everything, and closes with one line of counts.
set -uo pipefail

usage() {
  cat <<'TEXT'
usage: tests/run.sh [--fast] [--only SUITE ...] [--newest] [--no-install]
  (nothing)      g++, clang and sanitizer builds, every suite, format and tidy: what CI runs
  --fast         one g++ build and its suites
  --only SUITE   one g++ build of that suite (a folder of tests/) and its run; may stand there several times
  --newest       unit and contract suites built and run in Debian sid: Oracle's own client library, the newest librdkafka and compiler
  --no-install   takes the packages as they are
environment:
  OUTBOX_RELAY_CACHE            downloads, compiler cache, lint results and what fuzzing has found to try, kept between runs (default: ~/.cache/outbox-relay)
  OUTBOX_RELAY_TEST_BASE_PORT   where the servers' ports begin
  OUTBOX_RELAY_FUZZ_SECONDS     how long each encoder is fuzzed (default: 60, and 20 where it goes on from an earlier run)
  CI=true                       a server that does not start is a failure, where otherwise its tests are skipped
TEXT
}

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
root=$PWD
cache=${OUTBOX_RELAY_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/outbox-relay}
export OUTBOX_RELAY_CACHE=$cache
fuzz_seconds=${OUTBOX_RELAY_FUZZ_SECONDS:-}
unset OUTBOX_RELAY_FUZZ_SECONDS # the relay would take it for an option
export CCACHE_DIR=$cache/ccache CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=5G
export LSAN_OPTIONS=suppressions=$root/tests/support/leaks.supp:print_suppressions=0
export TSAN_OPTIONS=suppressions=$root/tests/support/locks.supp
# These servers live for minutes, and share two processors and a disk with the tests.
export OUTBOX_RELAY_TEST_SYNC=off KAFKA_JVM_PERFORMANCE_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
logs=$root/build/logs
mode=all only=() install=yes

while [ $# -gt 0 ]; do
  case $1 in
    --fast) mode=fast ;;
    --newest) mode=newest ;;
    --no-install) install=no ;;
    --only)
      [ -f "tests/${2:-}/CMakeLists.txt" ] || { echo "run.sh: --only needs a suite, a folder of tests/" >&2; exit 64; }
      mode=fast only+=("$2")
      shift ;;
    -h | --help) usage; exit ;;
    *) echo "run.sh: unknown option '$1'" >&2; usage >&2; exit 64 ;;
  esac
  shift
done

say() { printf '\n==> [%d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*"; }
die() { echo "run.sh: $*" >&2; exit 1; }

passed=0 failed=0 skipped=0
count() {
  printf '    %s: %d passed, %d failed, %d skipped\n' "$@"
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
}

# A step that is no test case counts only when it fails. Its output goes to a log, whose end is shown then.
step() {
  local name=$1
  shift
  say "$name"
  "$@" >"$logs/${name// /-}.log" 2>&1 && return
  tail -n 60 "$logs/${name// /-}.log"
  count "$name" 0 1 0
  return 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "packages have to be installed: run it as root, or install sudo"
  fi
}

policy=/usr/sbin/policy-rc.d policy_is_ours=no
# Services that come with packages are not started: the tests run their own.
install_packages() {
  local package missing=()
  while read -r package; do
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done < <(cat deploy/build-packages tests/support/packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin $policy && policy_is_ours=yes; }
  as_root apt-get update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
}

# `clang++`, or where only a package with a version is installed, `clang++-14`.
find_program() { compgen -c "$1" | grep -xE "${1//+/\\+}(-[0-9]+)?" | sort -uV | head -1 | grep .; }

build() {
  local preset=$1 compiler=$2
  shift 2
  cmake --preset "$preset" "-DCMAKE_CXX_COMPILER=$(command -v "$compiler")" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "${settings[@]}" &&
    cmake --build "build/$preset" --parallel "$(nproc)" -- -k 0 "$@"
}

# Suites by name; none: all of the build.
run_suites() {
  local preset=$1 pattern name p f s counted=no
  shift
  say "suites of the $preset build${*:+: $*}"
  pattern=$(IFS='|'; echo "^($*)(-.*)?\$")
  [ $# -gt 0 ] || pattern=.
  rm -f "build/$preset/Testing/Temporary/LastTest.log"
  "${inside[@]}" ctest --test-dir "build/$preset" --output-on-failure --parallel $((4 * $(nproc))) --timeout 1800 --tests-regex "$pattern"
  while read -r name p f s; do
    count "$name ($preset)" "$p" "$f" "$s"
    counted=yes
  done < <(awk -f tests/support/count.awk "build/$preset/Testing/Temporary/LastTest.log")
  [ $counted = yes ] || count "$preset" 0 1 0
}

suites_without() {
  local suite
  for suite in tests/*/CMakeLists.txt; do
    suite=$(basename "$(dirname "$suite")")
    [[ " $* bench fuzz " == *" $suite "* ]] || echo "$suite"
  done
}

# ThreadSanitizer and librdkafka do not live in one process.
suites_without_librdkafka() {
  local suite
  for suite in "$@"; do
    objdump -p "build/tsan/tests/$suite/${suite}_tests" 2>/dev/null | grep -q librdkafka || echo "$suite"
  done
}

# Every encoder against rows of arbitrary bytes, side by side. The inputs that reached new code are kept, and the next run begins with them.
fuzz() {
  local fuzzer name seconds pids=() pid code=0
  for fuzzer in build/asan/tests/fuzz/fuzz_*; do
    [ -x "$fuzzer" ] || continue
    name=$(basename "$fuzzer")
    seconds=20
    [ -d "$cache/fuzz/$name" ] || seconds=60
    mkdir -p "$cache/fuzz/$name"
    "$fuzzer" -max_total_time="${fuzz_seconds:-$seconds}" -max_len=65536 -timeout=20 -artifact_prefix="$logs/$name-" "$cache/fuzz/$name" &
    pids+=($!)
  done
  [ ${#pids[@]} -gt 0 ] || { echo "no fuzzer was built"; return 1; }
  for pid in "${pids[@]}"; do wait "$pid" || code=1; done
  return $code
}

check_style() {
  local check
  for check in format tidy; do
    say "$check"
    tests/support/style.sh "$check" >"$logs/$check.log" 2>&1 && code=0 || code=$?
    case $code in
      0) ;;
      77) count "$check" 0 0 1; tail -n 1 "$logs/$check.log" ;;
      *) count "$check" 0 1 0; tail -n 60 "$logs/$check.log" ;;
    esac
  done
}

# Named servers, or all.
start_servers() {
  local name url
  [ $# -gt 0 ] || set -- postgres mysql mariadb firebird kafka
  say "servers"
  OUTBOX_RELAY_TEST_DIR=$(mktemp -d "${TMPDIR:-/tmp}/outbox-relay-test.XXXXXX")
  export OUTBOX_RELAY_TEST_DIR
  tests/support/servers.sh start "$@" >/dev/null
  # shellcheck source=/dev/null
  source "$OUTBOX_RELAY_TEST_DIR/env"
  tests/support/servers.sh status
  for name in "$@"; do
    url=OUTBOX_RELAY_TEST_${name^^}
    [ -n "${!url:-}" ] || [ "${CI:-}" != true ] || count "server $name" 0 1 0
  done
}

lift_policy() {
  [ $policy_is_ours = no ] || as_root rm -f $policy
  policy_is_ours=no
}

server_logs=$logs lanes=()
leave() {
  local code=$? lane
  trap - EXIT
  lift_policy
  for lane in "${lanes[@]}"; do { kill -TERM -- "-$lane" && wait "$lane"; } 2>/dev/null; done
  if [ -n "${OUTBOX_RELAY_TEST_DIR:-}" ]; then
    mkdir -p "$server_logs" && cp "$OUTBOX_RELAY_TEST_DIR"/*.log "$server_logs" 2>/dev/null
    tests/support/servers.sh remove || code=1
  fi
  exit "$code"
}

# A sanitizer's suites, on servers of their own: they wait more than they work, as the dev build's do, and so run beside those.
run_sanitized() {
  local preset=$1 suites servers=(postgres mysql mariadb)
  trap leave EXIT
  trap 'exit 130' TERM
  server_logs=$logs/$preset lanes=() OUTBOX_RELAY_TEST_DIR=''
  # Not Firebird, which takes minutes more and whose client library is no build of ours; nor the one of the dev build's suites.
  unset "${!OUTBOX_RELAY_TEST_FIREBIRD@}"
  case $preset in
    asan) suites=("${inner[@]}") servers+=(kafka) ;;
    tsan) mapfile -t suites < <(suites_without_librdkafka "${bare[@]}") ;;
  esac
  start_servers "${servers[@]}"
  run_suites "$preset" "${suites[@]}"
  exit 0
}

# Both sanitizers' at once; each is a process group of its own: it ends as one.
start_sanitized() {
  local preset
  set -m
  for preset in "$@"; do
    run_sanitized "$preset" >"$logs/$preset.log" 2>&1 </dev/null &
    lanes+=($!)
  done
  set +m
}

# What run_sanitized counted, when it is over.
take_sanitized() {
  local preset p f s
  for preset in "$@"; do
    wait "${lanes[0]}" || count "suites of the $preset build" 0 1 0
    lanes=("${lanes[@]:1}")
    cat "$logs/$preset.log"
    while read -r p f s; do
      passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    done < <(sed -nE 's/^    (\S+ .*): ([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\2 \3 \4/p' "$logs/$preset.log")
  done
}

unset OUTBOX_RELAY_TEST_DIR
mkdir -p "$cache" "$logs"
trap leave EXIT
trap 'exit 130' INT TERM HUP
if [ $install = yes ]; then
  step "packages" install_packages || die "packages could not be installed"
  lift_policy
fi

settings=() built=no sanitized=() inside=()
case $mode in
  newest)
    start_servers postgres mysql kafka # Oracle's client has no mysql_native_password any more: it cannot log in to this MariaDB
    mapfile -t inner < <(suites_without e2e goldens faults sinks deploy architecture)
    step "newest build" tests/support/newest.sh build "${inner[@]}" && inside=(tests/support/newest.sh run) && run_suites newest "${inner[@]}"
    ;;
  fast)
    step "dev build" build dev g++ "${only[@]/%/_tests}" && start_servers && run_suites dev "${only[@]}"
    ;;
  all)
    mapfile -t inner < <(suites_without e2e goldens faults sinks deploy architecture)
    mapfile -t bare < <(suites_without e2e goldens faults sinks deploy architecture cli kafka config core domain encode) # what has threads
    clang=$(find_program clang++) || die "clang++ not found: apt-get install clang"
    step "dev build" build dev g++ && built=yes
    step "AddressSanitizer build" build asan "$clang" && sanitized+=(asan)
    step "ThreadSanitizer build" build tsan g++ "${bare[@]/%/_tests}" && sanitized+=(tsan)
    settings=(-DOUTBOX_RELAY_TESTS=OFF)
    step "release build" build release g++
    check_style
    [[ " ${sanitized[*]} " != *" asan "* ]] || step "fuzzing" fuzz
    start_servers
    start_sanitized "${sanitized[@]}"
    [ $built = no ] || run_suites dev
    take_sanitized "${sanitized[@]}"
    ;;
esac

say "done"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
