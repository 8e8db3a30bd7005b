# PostgreSQL from Debian. Role postgres needs no password; every role that a test makes needs its own (scram-sha-256).
postgres_bin() { find /usr/lib/postgresql/*/bin -name postgres 2>/dev/null | sort -V | tail -1 | xargs -r dirname; }

postgres_fetch() { [ -n "$(postgres_bin)" ] || die "PostgreSQL's server not found: apt-get install postgresql"; }

# The server refuses to run as root.
postgres_user=$(id -un)
as_postgres=()
if [ "$(id -u)" = 0 ]; then
  postgres_user=postgres
  as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups --)
fi

postgres_create() {
  local data=$dir/postgres
  install -m 600 "$dir/tls/server.key" "$dir/tls/postgres.key"
  chown "$postgres_user" "$data" "$dir/tls/postgres.key"
  "${as_postgres[@]}" env LC_ALL=C.UTF-8 "$(postgres_bin)/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 || return
  cat >>"$data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $(port postgres)
unix_socket_directories = ''
max_prepared_transactions = 20
fsync = ${OUTBOX_RELAY_TEST_SYNC:-on}
ssl = on
ssl_cert_file = '$dir/tls/server.pem'
ssl_key_file = '$dir/tls/postgres.key'
CONF
  cat >"$data/pg_hba.conf" <<CONF
host all         postgres 127.0.0.1/32 trust
host replication postgres 127.0.0.1/32 trust
host all         all      127.0.0.1/32 scram-sha-256
CONF
  echo 'CREATE DATABASE test' | "${as_postgres[@]}" "$(postgres_bin)/postgres" --single -D "$data" postgres
}

postgres_launch() {
  rm -f "$dir/postgres/postmaster.pid"
  launch postgres "${as_postgres[@]}" "$(postgres_bin)/postgres" -D "$dir/postgres"
}
postgres_ready() { "$(postgres_bin)/pg_isready" -q -h 127.0.0.1 -p "$(port postgres)" -U postgres -d test; }
postgres_stop_signal() { echo INT; }
postgres_url() { echo "postgresql://postgres@127.0.0.1:$(port postgres)/test"; }
# The ODBC adapter has no server of its own.
postgres_odbc_url() { echo "soci:odbc:Driver={PostgreSQL Unicode};Server=127.0.0.1;Port=$(port postgres);Database=test;UID=postgres"; }
