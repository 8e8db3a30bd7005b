#!/usr/bin/env bash
# How much those who wait slow the others down: the same rows with and without a blocked topic and a hundred blocked keys below them.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tests/bench/fairness.sh BUILD_DIRECTORY [postgres|mysql ...]
  needs the servers of tests/support/servers.sh (OUTBOX_RELAY_TEST_* in the environment)
environment:
  BENCH_ROUNDS    rounds without and with waiting rows each (default 3)
  BENCH_WAITING   rows of the blocked topic (default 1000000)
  BENCH_ROWS      rows that are measured (default 200000)
  BENCH_SCANS     how they are found (default "gaps head")
  BENCH_STEP      ids grow by that (default 1; PostgreSQL)
  BENCH_SWEEP     sweep.interval (default 60s)
  BENCH_HTTP_PORT for the relay's endpoints (default 21090)
TEXT
}

[ $# -gt 0 ] && [ "$1" != --help ] || { usage; exit 64; }
build=$1
shift
[ $# -gt 0 ] || set -- postgres mysql
sql=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../../sql
rounds=${BENCH_ROUNDS:-3}
waiting=${BENCH_WAITING:-1000000}
rows=${BENCH_ROWS:-200000}
sweep=${BENCH_SWEEP:-60s}
port=${BENCH_HTTP_PORT:-21090}
work=$(mktemp -d)
database=
topic=
relay=
bench_database=outbox_fairness_$$

sql_postgres() { psql -qAt -v ON_ERROR_STOP=1 "$url" "$@"; }
sql_mysql() { mariadb --no-defaults --batch --skip-column-names "${mysql_connection[@]}" --execute "$1"; }

# mysql://user:password@host:port/database, as servers.sh writes it
mysql_arguments() {
  local rest=${OUTBOX_RELAY_TEST_MYSQL#mysql://}
  export MYSQL_PWD=${rest#*:}
  MYSQL_PWD=${MYSQL_PWD%%@*}
  local address=${rest#*@}
  address=${address%%/*}
  mysql_connection=(--protocol=tcp "--user=${rest%%:*}" "--host=${address%:*}" "--port=${address#*:}")
}

prepare_postgres() {
  url=${OUTBOX_RELAY_TEST_POSTGRES:?source the env file of tests/support/servers.sh}
  sql_postgres -c "CREATE DATABASE $bench_database"
  url=${url%/*}/$bench_database
  sql_postgres -f "$sql/postgres/outbox_delete.sql" -f "$sql/postgres/lease.sql" -f "$sql/postgres/autovacuum.sql"
  sql_postgres -c "ALTER TABLE outbox ALTER id SET INCREMENT ${BENCH_STEP:-1}"
}
prepare_mysql() {
  url=${OUTBOX_RELAY_TEST_MYSQL:?source the env file of tests/support/servers.sh}
  mysql_arguments
  sql_mysql "CREATE DATABASE $bench_database"
  url=${url%/*}/$bench_database
  mysql_connection+=("--database=$bench_database")
  cat "$sql/mysql/outbox_delete.sql" "$sql/mysql/lease.sql" | mariadb --no-defaults "${mysql_connection[@]}"
}

# insert_DATABASE TYPE KEY COUNT BYTES: rows of a thousand keys; a topic is named as the type
insert_postgres() {
  sql_postgres -c "INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload)
    SELECT '$1', '$2-' || n % 1000, 'Placed', rpad('{\"n\":' || n || '}', $4) FROM generate_series(1, $3) AS n"
}
insert_mysql() {
  sql_mysql "SET SESSION cte_max_recursion_depth = 10000000; INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload)
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $3)
    SELECT '$1', CONCAT('$2-', n % 1000), 'Placed', RPAD(CONCAT('{\"n\":', n, '}'), $4, ' ') FROM numbers"
}
empty_postgres() { sql_postgres -c 'TRUNCATE outbox' -c VACUUM -c CHECKPOINT; }
empty_mysql() { sql_mysql 'TRUNCATE outbox'; }
tidy_postgres() { sql_postgres -c 'VACUUM ANALYZE outbox' -c CHECKPOINT; }
tidy_mysql() { sql_mysql 'ANALYZE TABLE outbox' >/dev/null; }
remove_postgres() { url=$OUTBOX_RELAY_TEST_POSTGRES sql_postgres -c "DROP DATABASE $bench_database WITH (FORCE)"; }
remove_mysql() { sql_mysql "DROP DATABASE $bench_database"; }

stop_relay() {
  [ -n "$relay" ] || return 0
  kill "$relay" && wait "$relay" || true
  relay=
}
clean_up() {
  stop_relay
  rm -rf "$work"
  if [ -n "$topic" ]; then "$OUTBOX_RELAY_TEST_SERVERS" topic --delete "$topic" || true; fi
  if [ -n "$database" ]; then "remove_$database" || true; fi
}
trap clean_up EXIT

# What /metrics says of the relay.
metric() { curl -s "http://127.0.0.1:$port/metrics" | awk -v name="$1" '$1 == name { found = $2 } END { printf "%d\n", found }'; }
until_metric() { until [ "$(metric "$1")" -ge "$2" ]; do kill -0 "$relay" && sleep 0.02; done; }

# one_run SCAN WAITING ROUND: the rows are measured from their commit to the last acknowledgement
one_run() {
  local scan=$1 count=$2 begin end memory
  topic=fair-$$-$scan-$count-$3
  "$OUTBOX_RELAY_TEST_SERVERS" topic "$topic" 12
  "empty_$database"
  if [ "$count" -gt 0 ]; then
    "insert_$database" nowhere waits "$count" 100
    "insert_$database" "$topic" large 100 150000
  fi
  "tidy_$database"
  "$build/outbox-relay" run --source.url "$url" --kafka.bootstrap.servers "$OUTBOX_RELAY_TEST_KAFKA" --outbox.scan "$scan" \
    --kafka.message.max.bytes 100000 --sweep.interval "$sweep" --log.level error --http.listen "127.0.0.1:$port" &
  relay=$!
  if [ "$count" -gt 0 ]; then until_metric outbox_relay_blocked_keys 100; else until_metric outbox_relay_db_connected 1; fi
  "insert_$database" "$topic" free "$rows" 300
  begin=$(date +%s%N)
  until_metric "outbox_relay_published_total{topic=\"$topic\"}" "$rows"
  end=$(date +%s%N)
  memory=$(awk '$1 == "VmHWM:" { print $2 / 1024 }' "/proc/$relay/status")
  echo "$scan $count $(awk -v ns=$((end - begin)) -v rows="$rows" 'BEGIN { print rows * 1e9 / ns }') $memory" | tee -a "$work/results" >&2
  stop_relay
  "$OUTBOX_RELAY_TEST_SERVERS" topic --delete "$topic"
  topic=
}

# The ratio is taken in each round and its median printed: a machine that slows down slows both.
table() {
  awk -v waiting="$waiting" -v database="$database" '
    function median(list, n,    i, j, t) {
      for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j - 1] > list[j]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
      return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
    }
    { scans[$1]; if ($2 == 0) { n = ++without_n[$1]; without[$1, n] = $3 } else { n = ++with_n[$1]; with[$1, n] = $3; memory[$1, n] = $4 } }
    END {
      printf "| %s, %d rows wait | rows/s without | rows/s with | ratio | max RSS MiB |\n| --- | --- | --- | --- | --- |\n", database, waiting
      for (scan in scans) {
        n = with_n[scan]
        for (i = 1; i <= n; i++) { a[i] = without[scan, i]; b[i] = with[scan, i]; r[i] = b[i] / a[i]; m[i] = memory[scan, i] }
        printf "| %s | %.0f | %.0f | %.2f | %.0f |\n", scan, median(a, n), median(b, n), median(r, n), median(m, n)
      }
    }' "$work/results"
}

for wanted in "$@"; do
  database=$wanted
  "prepare_$wanted"
  : >"$work/results"
  for ((round = 1; round <= rounds; round++)); do
    for scan in ${BENCH_SCANS:-gaps head}; do
      one_run "$scan" 0 "$round"
      one_run "$scan" "$waiting" "$round"
    done
  done
  table
  "remove_$database"
  database=
done
