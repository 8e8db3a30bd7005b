# MariaDB from Debian, with the plugin that shows who holds a table's metadata lock.
mariadb_fetch() {
  command -v mariadbd >/dev/null || [ -x /usr/sbin/mariadbd ] || die "mariadbd not found: apt-get install mariadb-server"
  need mariadb mariadb-client
}

mariadb_create() {
  mariadb-install-db --no-defaults "--user=$(id -un)" "--datadir=$dir/mariadb" --auth-root-authentication-method=normal --skip-test-db || return
  printf '%s\n' "DELETE FROM mysql.global_priv WHERE user = 'root' AND host <> 'localhost';" 'FLUSH PRIVILEGES;' \
    "ALTER USER root@localhost IDENTIFIED BY '$password';" 'CREATE DATABASE test;' "INSTALL SONAME 'metadata_lock_info';" \
    >"$dir/mariadb.first.sql"
}

# A server that starts deletes what others have in a folder for temporary tables that they share.
mariadb_launch() {
  local first=() sync=()
  [ "${OUTBOX_RELAY_TEST_SYNC:-on}" = on ] || sync=(--innodb-flush-log-at-trx-commit=2)
  mkdir -p "$dir/mariadb.tmp"
  [ -e "$dir/mariadb.first.sql" ] && first=("--init-file=$dir/mariadb.first.sql")
  launch mariadb /usr/sbin/mariadbd --no-defaults "--user=$(id -un)" "--datadir=$dir/mariadb" "--tmpdir=$dir/mariadb.tmp" \
    --bind-address=127.0.0.1 "--port=$(port mariadb)" "--socket=$dir/mariadb.sock" "--pid-file=$dir/mariadb.server-pid" \
    "--ssl-ca=$dir/tls/ca.pem" "--ssl-cert=$dir/tls/server.pem" "--ssl-key=$dir/tls/server.key" "${sync[@]}" "${first[@]}"
}

mariadb_ready() { mysql_answers mariadb && rm -f "$dir/mariadb.first.sql"; }
mariadb_stop_signal() { echo TERM; }
mariadb_url() { echo "mysql://root:$password@127.0.0.1:$(port mariadb)/test"; }
