#!/usr/bin/env bash
# Real servers for the tests: PostgreSQL, MySQL, MariaDB, Firebird, Kafka and Kafka Connect, on loopback, below the ephemeral ports, without containers.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tests/support/servers.sh COMMAND [postgres|mysql|mariadb|firebird|kafka|connect_postgres|connect_mysql|all ...]
  start     starts servers (again on the same port and data if they ran before); prints the path of the env file
  stop      ends servers in good order
  kill      ends servers as a crash would: SIGKILL for all of their processes
  restart   stop, then start
  pause     SIGSTOP: connections stay open, nothing answers     resume   SIGCONT
  status    one line a server: its port, its pid or that it is down
  fetch     only downloads what the servers need
  topic NAME [PARTITIONS [CONFIG=VALUE ...]]    makes a Kafka topic, by default with 3 partitions
  topic --delete NAME                           deletes it
  classpath                                     prints where the Kafka Connect worker's classes are
  document CONNECTOR.json                       reads message values, one a line; prints what an Elasticsearch sink stores of each
  remove    stops all servers and deletes their data
all: every server but connect_*, Kafka Connect workers that need kafka and the database beside them
environment:
  OUTBOX_RELAY_TEST_DIR         data, logs and the env file; start makes a folder when it is not set, the other commands need it
  OUTBOX_RELAY_TEST_BASE_PORT   where the search for free ports begins; several runs can live side by side
  OUTBOX_RELAY_TEST_SYNC        off: commits outlive a server that is killed, not a machine, and wait for no disk (default: on)
  KAFKA_JVM_PERFORMANCE_OPTS    options of the broker's JVM
  OUTBOX_RELAY_CACHE            downloads, kept between runs (default: ~/.cache/outbox-relay)
TEXT
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${OUTBOX_RELAY_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/outbox-relay}
all=(postgres mysql mariadb firebird kafka)
known=("${all[@]}" connect_postgres connect_mysql)
password=secret

die() { echo "servers.sh: $*" >&2; exit 1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
need() { command -v "$1" >/dev/null || die "$1 not found: apt-get install $2"; }
port() { cat "$dir/$1.port"; }
pid() { cat "$dir/$1.pid" 2>/dev/null; }
alive() { local pid; pid=$(pid "$1") && grep -qs -- "$dir" "/proc/$pid/cmdline"; }
# Its own zombie counts as ended, but not while another of its threads still holds its files.
ended() { [ ! -d "/proc/$1" ] || ! grep -qsv '^State:.*Z' <(grep -hs '^State:' "/proc/$1"/task/*/status); }
children() { cat "/proc/$1/task/$1/children" 2>/dev/null || true; }

for server in maven tls connect "${all[@]}"; do
  # shellcheck source=/dev/null
  source "$here/servers/$server.sh"
done

listens() { grep -q ":$(printf %04X "$1") " /proc/net/tcp /proc/net/tcp6 2>/dev/null; }
# A port is somebody's from when it is drawn: a run beside this one may draw before its server listens.
drawn=${TMPDIR:-/tmp}/outbox-relay-ports-$(id -u)
free() { ! listens "$1" && [ ! -d "$(cat "$drawn/$1" 2>/dev/null)" ]; }

# Ports are drawn once and kept: a server that comes back is found where it was.
draw_ports() {
  local next=${OUTBOX_RELAY_TEST_BASE_PORT:-$((16000 + RANDOM % 1500 * 10))} name lock
  mkdir -p "$drawn"
  exec {lock}<"$drawn"
  flock "$lock"
  for name in "${all[@]}" kafka_controller kafka_token connect_postgres connect_mysql; do
    [ -e "$dir/$name.port" ] && continue
    until free "$next"; do next=$((next + 1)); done
    [ "$next" -lt 32768 ] || die "no free port below 32768 from OUTBOX_RELAY_TEST_BASE_PORT on"
    echo "$next" >"$dir/$name.port"
    echo "$dir" >"$drawn/$next"
    next=$((next + 1))
  done
  exec {lock}<&-
}
give_ports_back() { grep -lsxF -- "$dir" "$drawn"/* | xargs -r rm -f; }

# Returns when the process is the server: until then, on a busy machine for long, it is a shell that `alive` would take for somebody else's.
launch() {
  local name=$1
  shift
  setsid "$@" >>"$dir/$name.log" 2>&1 </dev/null &
  echo $! >"$dir/$name.pid"
  until alive "$name" || ended $!; do sleep 0.01; done
}

start_one() {
  local name=$1 tries=0
  alive "$name" && return
  if [ ! -e "$dir/$name.created" ]; then
    rm -rf "${dir:?}/$name"
    mkdir "$dir/$name"
    "${name}_create" >>"$dir/$name.log" 2>&1 || { tail -20 "$dir/$name.log" >&2; die "$name: its data could not be made"; }
    touch "$dir/$name.created"
  fi
  "${name}_launch"
  until "${name}_ready" >/dev/null 2>&1; do
    if ! alive "$name" || [ $((++tries)) -gt 1800 ]; then
      tail -20 "$dir/$name.log" >&2
      rm -f "$dir/$name.created"
      die "$name did not start (log: $dir/$name.log)"
    fi
    sleep 0.1
  done
}

await_end() {
  local name=$1 tries=0 pid
  pid=$(pid "$name")
  until ended "$pid"; do
    [ $((++tries)) = 300 ] && signal_all KILL "$name"
    [ "$tries" -lt 400 ] || die "$name (pid $pid) does not end"
    sleep 0.1
  done
  rm -f "$dir/$name.pid"
}

signal_all() {
  local pid
  pid=$(pid "$2")
  # shellcheck disable=SC2046
  kill -"$1" "$pid" $(children "$pid") 2>/dev/null || true
}

stop_one() {
  alive "$1" || return 0
  signal_all CONT "$1"
  kill -s "$("${1}_stop_signal")" "$(pid "$1")"
  await_end "$1"
}

crash() {
  alive "$1" || return 0
  signal_all STOP "$1"
  signal_all KILL "$1"
  await_end "$1"
}

pause() { alive "$1" || die "$1 does not run"; signal_all STOP "$1"; }
resume() { alive "$1" || die "$1 does not run"; signal_all CONT "$1"; }
status() { if alive "$1"; then echo "$1: port $(port "$1"), pid $(pid "$1")"; else echo "$1: down"; fi; }

write_env() {
  local name upper
  {
    echo "export OUTBOX_RELAY_TEST_DIR='$dir'"
    echo "export OUTBOX_RELAY_TEST_SERVERS='$here/servers.sh'"
    echo "export OUTBOX_RELAY_TEST_TLS_CA='$dir/tls/ca.pem'"
    echo "export OUTBOX_RELAY_TEST_TLS_OTHER_CA='$dir/tls/other-ca.pem'"
    for name in "${known[@]}"; do
      [ -e "$dir/$name.created" ] || continue
      upper=${name^^}
      echo "export OUTBOX_RELAY_TEST_$upper='$("${name}_url")'"
      echo "export OUTBOX_RELAY_TEST_${upper}_PORT=$(port "$name")"
      echo "export OUTBOX_RELAY_TEST_${upper}_PID=$(pid "$name" || true)"
      echo "export OUTBOX_RELAY_TEST_${upper}_PID_FILE='$dir/$name.pid'"
      echo "export OUTBOX_RELAY_TEST_${upper}_DATA='$dir/$name'"
      echo "export OUTBOX_RELAY_TEST_${upper}_LOG='$dir/$name.log'"
    done
    [ ! -e "$dir/kafka.created" ] || echo "export OUTBOX_RELAY_TEST_KAFKA_TOKEN='127.0.0.1:$(port kafka_token)'"
    [ ! -e "$dir/postgres.created" ] || echo "export OUTBOX_RELAY_TEST_ODBC='$(postgres_odbc_url)'"
  } >"$dir/env.$$"
  mv "$dir/env.$$" "$dir/env"
}

# Side by side: the slowest decides. One that fails leaves the others up and itself out of the env file.
start() {
  local name failed=0 jobs=()
  draw_ports
  [ -e "$dir/tls/server.key" ] || tls_create
  for name in "$@"; do
    ( "${name}_fetch" && start_one "$name" ) &
    jobs+=($!)
  done
  for name in "${jobs[@]}"; do wait "$name" || failed=1; done
  write_env
  echo "$dir/env"
  return "$failed"
}

each() {
  local verb=$1 name
  shift
  for name in "$@"; do "$verb" "$name"; done
  write_env
}

command=${1:---help}
[ $# -gt 0 ] && shift
case $command in
  -h | --help) usage; exit ;;
  start | stop | kill | restart | pause | resume | status | fetch | topic | document | classpath | remove) ;;
  *) usage >&2; exit 64 ;;
esac

if [ "$command" = topic ] || [ "$command" = document ]; then
  names=()
else
  names=("$@")
  [ $# -gt 0 ] && [ "$1" != all ] || names=("${all[@]}")
  for name in "${names[@]}"; do
    [[ " ${known[*]} " == *" $name "* ]] || die "unknown server '$name': allowed are ${known[*]} and all"
  done
fi

if [ "$command" = classpath ]; then
  connect_fetch >&2
  connect_classpath
  exit
fi

if [ "$command" = fetch ]; then
  for name in "${names[@]}"; do "${name}_fetch"; done
  exit
fi

if [ -z "${OUTBOX_RELAY_TEST_DIR:-}" ]; then
  [ "$command" = start ] || die "OUTBOX_RELAY_TEST_DIR is not set: it names the folder that start printed"
  OUTBOX_RELAY_TEST_DIR=$(mktemp -d "${TMPDIR:-/tmp}/outbox-relay-test.XXXXXX")
fi
mkdir -p "$OUTBOX_RELAY_TEST_DIR"
dir=$(cd "$OUTBOX_RELAY_TEST_DIR" && pwd)

case $command in
  start) chmod 755 "$dir"; start "${names[@]}" ;;
  stop) each stop_one "${names[@]}" ;;
  kill) each crash "${names[@]}" ;;
  restart) each stop_one "${names[@]}"; start "${names[@]}" ;;
  pause | resume | status) for name in "${names[@]}"; do "$command" "$name"; done ;;
  topic) kafka_topic "$@" ;;
  document) connect_document "$@" ;;
  remove) each stop_one "${known[@]}"; give_ports_back; rm -rf "$dir" ;;
esac
