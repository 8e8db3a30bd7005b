#!/usr/bin/env bash
# A JDBC source connector beside the relay: prints "seconds cpu_seconds max_rss_mib" for the rows of one table, from the connector's start until all have arrived.
# The worker's own start does not count. The last pass of several over the rows is measured, when Java has compiled what it runs often.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tests/bench/jdbc_source.sh BUILD_DIRECTORY postgres|mysql URL TOPIC ROWS
  polls the table that the topic's name ends with: PREFIX-outbox is table outbox
environment:
  JDBC_SOURCE_PLUGIN   the folder with the connector's jars, JDBC drivers among them
  JDBC_SOURCE_CLASS    the connector (default io.aiven.connect.jdbc.JdbcSourceConnector)
  JDBC_SOURCE_PASSES   how often the rows are polled, each time by another connector (default 2)
  JDBC_SOURCE_PORT     for the worker's REST interface (default 21091)
TEXT
}

[ $# = 5 ] || { usage >&2; exit 64; }
build=$1 database=$2 url=$3 topic=$4 rows=$5
port=${JDBC_SOURCE_PORT:-21091}
table=${topic##*-}
[[ $url =~ ^[a-z]+://([^:@/]*):?([^@/]*)@([^/]*)/(.*)$ ]] || { echo "jdbc_source.sh: no URL: $url" >&2; exit 64; }
user=${BASH_REMATCH[1]} password=${BASH_REMATCH[2]} address=${BASH_REMATCH[3]}/${BASH_REMATCH[4]}
[ "$database" != postgres ] || database=postgresql
work=$(mktemp -d)
worker=

clean_up() {
  if [ -n "$worker" ]; then kill "$worker" && wait "$worker" || true; fi
  rm -rf "$work"
}
trap clean_up EXIT

cat >"$work/worker.properties" <<TEXT
bootstrap.servers=$OUTBOX_RELAY_TEST_KAFKA
listeners=http://127.0.0.1:$port
offset.storage.file.filename=$work/offsets
plugin.discovery=only_scan
plugin.path=$JDBC_SOURCE_PLUGIN
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.json.JsonConverter
value.converter.schemas.enable=false
producer.compression.type=lz4
producer.linger.ms=5
producer.batch.size=262144
TEXT

connector() { # NAME TOPIC
  cat <<TEXT
{"name": "$1", "config": {
  "connector.class": "${JDBC_SOURCE_CLASS:-io.aiven.connect.jdbc.JdbcSourceConnector}",
  "connection.url": "jdbc:$database://$address", "connection.user": "$user", "connection.password": "$password",
  "mode": "timestamp+incrementing", "timestamp.column.name": "update_ts", "incrementing.column.name": "id",
  "table.whitelist": "$table", "topic.prefix": "${2%"$table"}", "batch.max.rows": "5000", "poll.interval.ms": "100", "tasks.max": "1",
  "transforms": "key,field",
  "transforms.key.type": "org.apache.kafka.connect.transforms.ValueToKey", "transforms.key.fields": "aggregate_id",
  "transforms.field.type": "org.apache.kafka.connect.transforms.ExtractField\$Key", "transforms.field.field": "aggregate_id"}}
TEXT
}
ask() { curl --fail --silent --show-error --output /dev/null "$@"; }
poll() { # NAME TOPIC
  connector "$1" "$2" | ask --header 'Content-Type: application/json' --data @- "http://127.0.0.1:$port/connectors"
  "$build/tests/bench/arrived" "$OUTBOX_RELAY_TEST_KAFKA" "$2" "$rows" 300 || { echo "not all rows arrived" >&2; tail -5 "$work/log" >&2; exit 1; }
}
cpu_seconds() { awk -v ticks="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) / ticks }' "/proc/$worker/stat"; }

java -Xmx1g -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$("$OUTBOX_RELAY_TEST_SERVERS" classpath)" \
  org.apache.kafka.connect.cli.ConnectStandalone "$work/worker.properties" >"$work/log" 2>&1 &
worker=$!
until curl --fail --silent --output /dev/null "http://127.0.0.1:$port/connectors"; do
  kill -0 "$worker" 2>/dev/null || { tail -5 "$work/log" >&2; exit 1; }
  sleep 0.2
done
for ((pass = 1; pass < ${JDBC_SOURCE_PASSES:-2}; pass++)); do
  "$OUTBOX_RELAY_TEST_SERVERS" topic "warm$pass-$topic" 12
  poll "warm$pass" "warm$pass-$topic"
  ask --request DELETE "http://127.0.0.1:$port/connectors/warm$pass"
  "$OUTBOX_RELAY_TEST_SERVERS" topic --delete "warm$pass-$topic"
done
cpu=$(cpu_seconds)
begin=$(date +%s%N)
poll source "$topic"
awk -v ns=$(($(date +%s%N) - begin)) -v before="$cpu" -v after="$(cpu_seconds)" -v kib="$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$worker/status")" \
  'BEGIN { printf "%.3f %.3f %.1f\n", ns / 1e9, after - before, kib / 1024 }'
