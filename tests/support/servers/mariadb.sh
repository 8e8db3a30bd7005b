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

mariadb_launch() {
  local options first=()
  mysql_options mariadb
  [ -e "$dir/mariadb.first.sql" ] && first=("--init-file=$dir/mariadb.first.sql")
  launch mariadb /usr/sbin/mariadbd --no-defaults "--user=$(id -un)" "--datadir=$dir/mariadb" "${options[@]}" "${first[@]}"
}

mariadb_ready() { mysql_answers mariadb && rm -f "$dir/mariadb.first.sql"; }
mariadb_stop_signal() { echo TERM; }
mariadb_url() { echo "mysql://root:$password@127.0.0.1:$(port mariadb)/test"; }
