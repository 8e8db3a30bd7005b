#!/usr/bin/env bash
# The relay against the floor: fills an outbox, drains it with the one and the other in turn, and prints the medians.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tests/bench/run.sh BUILD_DIRECTORY [--table] [--format FORMAT ...] [postgres|mysql ...]
  needs a release build with -DOUTBOX_RELAY_BENCHMARKS=ON, and the servers of tests/support/servers.sh (OUTBOX_RELAY_TEST_* in the environment)
  --table               the rows, 100 for each second, are polled as a table (source.mode = table, format row) and stay;
                        relay and floor read by time and id then, relay_by_id and floor_by_id by the id alone
  --format FORMAT       the relay with that message.format too, compared with the relay's own (payload, row); may stand there several times
environment:
  BENCH_ROUNDS          rounds of floor and relay each (default 5)
  BENCH_POSTGRES_ROWS   rows of a round (default 1000000)
  BENCH_MYSQL_ROWS      rows of a round (default 500000)
  BENCH_RELAY_OPTIONS   more options for the relay
  JDBC_SOURCE_PLUGIN    a folder with the jars of a JDBC source connector: with --table it polls the same rows (jdbc_source.sh)
TEXT
}

[ $# -gt 0 ] && [ "$1" != --help ] || { usage; exit 64; }
build=$1
shift
programs=(floor relay) mode=outbox changed=
[ "${1:-}" != --table ] || { mode=table changed=yes programs+=(floor_by_id relay_by_id); shift; }
[ $mode = outbox ] || [ -z "${JDBC_SOURCE_PLUGIN:-}" ] || programs+=(jdbc_source)
while [ "${1:-}" = --format ]; do
  [ $# -gt 1 ] || { usage >&2; exit 64; }
  programs+=("$2")
  shift 2
done
[ $# -gt 0 ] || set -- postgres mysql
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sql=$here/../../sql
rounds=${BENCH_ROUNDS:-5}
results=$(mktemp)
database=
topic=
bench_database=outbox_bench_$$

sql_postgres() { psql -qAt -v ON_ERROR_STOP=1 "$@"; }
sql_mysql() { mariadb --no-defaults --batch --skip-column-names "$@"; }

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
  rows=${BENCH_POSTGRES_ROWS:-1000000}
  url=${OUTBOX_RELAY_TEST_POSTGRES:?source the env file of tests/support/servers.sh}
  sql_postgres "$url" -c "CREATE DATABASE $bench_database"
  url=${url%/*}/$bench_database
  sql_postgres "$url" -v rows="$rows" -f "$here/fill_postgres.sql" -f "$sql/postgres/outbox_delete.sql" -f "$sql/postgres/lease.sql" -f "$sql/postgres/autovacuum.sql"
  [ $mode = outbox ] || sql_postgres "$url" -c 'ALTER TABLE outbox ADD update_ts timestamptz(6) NOT NULL DEFAULT clock_timestamp()' \
    -c 'CREATE INDEX outbox_update_ts ON outbox (update_ts, id)' -f "$sql/postgres/cursor.sql"
}

fill_postgres() {
  sql_postgres "$url" -c 'TRUNCATE outbox' \
    -c "INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload${changed:+, update_ts})
        SELECT 'orders', aggregate_id, 'OrderPlaced', payload${changed:+, now() - ($rows - n) * interval '10 ms'} FROM bench_rows ORDER BY n" \
    -c 'VACUUM ANALYZE outbox' -c CHECKPOINT
}

rewind_postgres() { sql_postgres "$url" -c 'TRUNCATE outbox_relay_cursor'; }
left_postgres() { sql_postgres "$url" -c 'SELECT count(*) FROM outbox'; }
remove_postgres() { sql_postgres "${OUTBOX_RELAY_TEST_POSTGRES}" -c "DROP DATABASE $bench_database WITH (FORCE)"; }

prepare_mysql() {
  rows=${BENCH_MYSQL_ROWS:-500000}
  url=${OUTBOX_RELAY_TEST_MYSQL:?source the env file of tests/support/servers.sh}
  mysql_arguments
  sql_mysql "${mysql_connection[@]}" --execute "CREATE DATABASE $bench_database"
  url=${url%/*}/$bench_database
  mysql_connection+=("--database=$bench_database")
  sql_mysql "${mysql_connection[@]}" "--init-command=SET @rows = $rows" <"$here/fill_mysql.sql"
  cat "$sql/mysql/outbox_delete.sql" "$sql/mysql/lease.sql" | sql_mysql "${mysql_connection[@]}"
  [ $mode = outbox ] || {
    echo 'ALTER TABLE outbox ADD update_ts TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), ADD INDEX outbox_update_ts (update_ts, id);'
    cat "$sql/mysql/cursor.sql"
  } | sql_mysql "${mysql_connection[@]}"
}

fill_mysql() {
  sql_mysql "${mysql_connection[@]}" --execute "TRUNCATE outbox;
    INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload${changed:+, update_ts})
      SELECT 'orders', aggregate_id, 'OrderPlaced', payload${changed:+, now(6) - INTERVAL ($rows - n) * 10000 MICROSECOND} FROM bench_rows ORDER BY n;
    ANALYZE TABLE outbox" >/dev/null
}

rewind_mysql() { sql_mysql "${mysql_connection[@]}" --execute 'TRUNCATE outbox_relay_cursor'; }
left_mysql() { sql_mysql "${mysql_connection[@]}" --execute 'SELECT count(*) FROM outbox'; }
remove_mysql() { sql_mysql "${mysql_connection[@]}" --execute "DROP DATABASE $bench_database"; }

clean_up() {
  rm -f "$results"
  if [ -n "$topic" ]; then "$OUTBOX_RELAY_TEST_SERVERS" topic --delete "$topic" || true; fi
  if [ -n "$database" ]; then "remove_$database" || true; fi
}
trap clean_up EXIT

command_of() {
  if [[ $1 = floor* ]]; then
    command=("$build/tests/bench/measure" "$build/tests/bench/floor_$database" "$url" "$OUTBOX_RELAY_TEST_KAFKA" "$topic")
    [ $mode = outbox ] || command+=("$([ "$1" = floor ] && echo keep-by-time || echo keep)")
  elif [ "$1" = jdbc_source ]; then
    command=("$here/jdbc_source.sh" "$build" "$database" "$url" "$topic" "$rows")
  else
    local format=$1 source=()
    [ $mode = outbox ] || source=(--source.mode table --table.name outbox --table.key-columns aggregate_id)
    [ "$format" != relay_by_id ] || source+=(--table.timestamp-column=)
    [[ $format != relay* ]] || format=$([ $mode = outbox ] && echo payload || echo row)
    # shellcheck disable=SC2206
    command=("$build/tests/bench/measure" "$build/outbox-relay" drain --source.url "$url" ${source[@]+"${source[@]}"} --kafka.bootstrap.servers "$OUTBOX_RELAY_TEST_KAFKA" --message.topic "$topic"
      --message.format "$format" --log.level error --http.listen= ${BENCH_RELAY_OPTIONS:-})
  fi
}

one_run() {
  local program=$1 measured command
  topic=bench-$$-$program-$2-outbox
  "$OUTBOX_RELAY_TEST_SERVERS" topic "$topic" 12
  if [ $mode = outbox ] || [ "$("left_$database")" = 0 ]; then "fill_$database"; fi
  [ $mode = outbox ] || "rewind_$database"
  command_of "$program"
  measured=$("${command[@]}" | tail -1)
  [ $mode = table ] || [ "$("left_$database")" = 0 ] || { echo "$program left rows in the outbox" >&2; exit 1; }
  "$OUTBOX_RELAY_TEST_SERVERS" topic --delete "$topic"
  topic=
  echo "$program $measured" >>"$results"
  echo "$database $program: $measured (seconds, CPU seconds, MiB)" >&2
}

# The ratio is taken in each round and its median printed: a machine that slows down slows both.
table() {
  awk -v rows="$rows" -v database="$database" -v programs="${programs[*]}" '
    function median(list, n,    i, j, t) {
      for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j - 1] > list[j]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
      return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
    }
    function figure(program, field,    i, list) {
      for (i = 1; i <= runs[program]; i++) list[i] = field == 2 ? rows / seen[program, i, 2] : field == 3 ? seen[program, i, 3] * 1e6 / rows : seen[program, i, 4]
      return median(list, runs[program])
    }
    function compare(program, base,    i, list) {
      for (i = 1; i <= runs[program]; i++) list[i] = seen[base, i, 2] / seen[program, i, 2]
      printf "| %s/%s | %.2f | %.2f | %.2f |\n", program, base, median(list, runs[program]), figure(program, 3) / figure(base, 3), figure(program, 4) / figure(base, 4)
    }
    { runs[$1]++; for (i = 2; i <= 4; i++) seen[$1, runs[$1], i] = $i }
    END {
      n = split(programs, names, " ")
      printf "| %s, %d rows | rows/s | CPU us/row | max RSS MiB |\n| --- | --- | --- | --- |\n", database, rows
      for (i = 1; i <= n; i++) printf "| %s | %.0f | %.2f | %.0f |\n", names[i], figure(names[i], 2), figure(names[i], 3), figure(names[i], 4)
      compare("relay", "floor")
      for (i = 3; i <= n; i++) {
        if (names[i] == "relay_by_id") compare(names[i], "floor_by_id")
        else if (names[i] == "jdbc_source") compare("relay", names[i])
        else if (names[i] != "floor_by_id") compare(names[i], "relay")
      }
    }' "$results"
}

for wanted in "$@"; do
  database=$wanted
  "prepare_$wanted"
  : >"$results"
  for ((round = 1; round <= rounds; round++)); do
    for ((turn = 0; turn < ${#programs[@]}; turn++)); do one_run "${programs[(round + turn) % ${#programs[@]}]}" "$round"; done
  done
  table
  "remove_$database"
  database=
done
