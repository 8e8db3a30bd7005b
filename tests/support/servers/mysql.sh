# MySQL 9 out of Debian sid: the server runs in place, with the libraries and the loader of that root, so it needs no chroot.
mysql_root=$cache/sid

mysql_fetch() {
  [ -e "$mysql_root/usr/sbin/mysqld" ] && return
  need debootstrap debootstrap
  mkdir -p "$cache"
  local new
  new=$(mktemp -d "$cache/sid.XXXXXX")
  chmod 755 "$new"
  echo "downloading Debian sid with mysql-server-core (once)" >&2
  if ! as_root debootstrap --variant=minbase --include=mysql-server-core sid "$new" >"$new.log" 2>&1; then
    tail -5 "$new.log" >&2
    as_root rm -rf "$new"
    die "mysql: debootstrap failed (log: $new.log)"
  fi
  mv -T "$new" "$mysql_root" 2>/dev/null || as_root rm -rf "$new"
  rm -f "$new.log"
}

mysql_command() {
  local loader=("$mysql_root"/lib*/ld-linux-*.so.*) libraries=("$mysql_root"/usr/lib/*-linux-gnu)
  command=("${loader[0]}" --library-path "${libraries[0]}" "$mysql_root/usr/sbin/mysqld" --no-defaults "--user=$(id -un)"
    "--datadir=$dir/mysql" "--lc-messages-dir=$mysql_root/usr/share/mysql"
    "--character-sets-dir=$mysql_root/usr/share/mysql/charsets" "--plugin-dir=$mysql_root/usr/lib/mysql/plugin")
}

mysql_create() {
  local command
  mysql_command
  printf '%s\n' "ALTER USER root@localhost IDENTIFIED BY '$password';" 'CREATE DATABASE test;' >"$dir/mysql.first.sql"
  "${command[@]}" --initialize-insecure "--init-file=$dir/mysql.first.sql"
}

# What MySQL and MariaDB are started with alike. One that starts deletes what others have in a folder for temporary tables that they share.
mysql_options() {
  mkdir -p "$dir/$1.tmp"
  options=(--bind-address=127.0.0.1 "--port=$(port "$1")" "--socket=$dir/$1.sock" "--pid-file=$dir/$1.server-pid" "--tmpdir=$dir/$1.tmp"
    "--ssl-ca=$dir/tls/ca.pem" "--ssl-cert=$dir/tls/server.pem" "--ssl-key=$dir/tls/server.key")
  [ "${OUTBOX_RELAY_TEST_SYNC:-on}" = on ] || options+=(--innodb-flush-log-at-trx-commit=2 --sync-binlog=0)
}

mysql_launch() {
  local command options
  mysql_command
  mysql_options mysql
  rm -f "$dir/mysql.sock.lock"
  launch mysql "${command[@]}" "${options[@]}" --mysqlx=OFF --secure-file-priv= --log-bin=binlog --server-id=1
}

mysql_answers() {
  MYSQL_PWD=$password mariadb --no-defaults --protocol=tcp --host=127.0.0.1 "--port=$(port "$1")" --user=root \
    "--ssl-ca=$dir/tls/ca.pem" --execute='SELECT 1' test
}
mysql_ready() { mysql_answers mysql; }
mysql_stop_signal() { echo TERM; }
mysql_url() { echo "mysql://root:$password@127.0.0.1:$(port mysql)/test"; }
