#!/usr/bin/env bash
# The relay under steady load: its memory and its file descriptors must not grow. Ten minutes, or as long as said; not part of CI.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tests/faults/soak.sh BUILD_FOLDER [MINUTES]
  Relays SOAK_RATE rows per second of 300 bytes from PostgreSQL to Kafka and looks at the relay's memory (RSS) and file descriptors every ten seconds.
  Fails where the last third of the time needs more than the second third: 5 % and 2 MiB of memory, or 4 file descriptors.
environment:
  OUTBOX_RELAY_TEST_*   servers: source the env file of tests/support/servers.sh start postgres kafka
  SOAK_RATE             rows per second (default: 500)
TEXT
}

[ $# -gt 0 ] && [ "$1" != --help ] || { usage; exit 64; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$1 minutes=${2:-10} rate=${SOAK_RATE:-500}
: "${OUTBOX_RELAY_TEST_POSTGRES:?source the env file of tests/support/servers.sh}" "${OUTBOX_RELAY_TEST_KAFKA:?is not set}"
psql=(psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "$OUTBOX_RELAY_TEST_POSTGRES")
table=soak_$$ topic=soak-$$ folder=$(mktemp -d "${TMPDIR:-/tmp}/outbox-relay-soak.XXXXXX")

leave() {
  trap - EXIT
  touch "$folder/stop"
  [ -z "${writer:-}" ] || wait "$writer" || true
  [ -z "${relay:-}" ] || kill "$relay" 2>/dev/null || true
  wait
  "${psql[@]}" --command "DROP TABLE IF EXISTS $table" || true
  "$here/../support/servers.sh" topic --delete "$topic" >/dev/null || true
  rm -rf "$folder"
}
trap leave EXIT

sed "s/outbox/$table/g" "$here/../../sql/postgres/outbox_delete.sql" | "${psql[@]}" --output=/dev/null
"${psql[@]}" --output=/dev/null --file="$here/../../sql/postgres/lease.sql"
"$here/../support/servers.sh" topic "$topic" 6

# A tenth of a second's rows in one statement each.
write() {
  until [ -e "$folder/stop" ]; do
    echo "INSERT INTO $table (aggregate_type, aggregate_id, event_type, payload)
          SELECT '$topic', 'k' || (random() * 1000)::int, 'Soaked', '{\"pad\":\"' || repeat('x', 280) || '\"}' FROM generate_series(1, $rate / 10);"
    sleep 0.1
  done | "${psql[@]}"
}
write &
writer=$!
"$build/outbox-relay" run "--source.url=$OUTBOX_RELAY_TEST_POSTGRES" "--outbox.table=$table" "--lease.name=$table" \
  "--kafka.bootstrap.servers=$OUTBOX_RELAY_TEST_KAFKA" --http.listen= >"$folder/log" 2>&1 &
relay=$!

rounds=$((minutes * 6))
for ((round = 1; round <= rounds; ++round)); do
  sleep 10
  kill -0 "$relay" || { cat "$folder/log"; echo "soak: the relay ended" >&2; exit 1; }
  memory=$(awk '/^VmRSS/ { print $2 }' "/proc/$relay/status")
  files=$(find "/proc/$relay/fd" -mindepth 1 | wc -l)
  waiting=$("${psql[@]}" --tuples-only --no-align --command "SELECT count(*) FROM $table")
  echo "$round $memory $files" >>"$folder/figures"
  printf '%4d s  RSS %6d KiB  files %3d  rows waiting %d\n' $((round * 10)) "$memory" "$files" "$waiting"
done

awk -v rounds="$rounds" '
  $1 > rounds / 3 && $1 <= rounds * 2 / 3 { if ($2 > memory) memory = $2; if ($3 > files) files = $3 }
  $1 > rounds * 2 / 3 { if ($2 > late_memory) late_memory = $2; if ($3 > late_files) late_files = $3 }
  END {
    grown = late_memory > memory * 1.05 + 2048 || late_files > files + 4
    printf "soak: most memory %d KiB, then %d KiB; most files %d, then %d: %s\n", memory, late_memory, files, late_files, grown ? "GROWN" : "flat"
    exit grown
  }' "$folder/figures"
