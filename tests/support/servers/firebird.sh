# Firebird from Debian, with users, configuration and locks of its own. Its log alone is where Debian has it: /var/log/firebird.
firebird_version() { find /usr/share/firebird/*/security.sql 2>/dev/null | sort -V | tail -1 | cut -d/ -f5; }

firebird_fetch() { [ -n "$(firebird_version)" ] || die "Firebird's server not found: apt-get install firebird3.0-server"; }

# From Debian 13 on, what is in the PATH sets FIREBIRD anew; the programs themselves stand elsewhere.
firebird_command() {
  local program=/usr/lib/firebird/$(firebird_version)/bin/$1
  [ -x "$program" ] || program=$(PATH=$PATH:/usr/sbin command -v "$1")
  command=(env "FIREBIRD=$dir/firebird" "FIREBIRD_LOCK=$dir/firebird" "$program" "${@:2}")
}

firebird_sql() {
  local command
  firebird_command isql-fb -bail -quiet -user sysdba "$@"
  "${command[@]}"
}

# Who opens the file itself needs no password. Debian 13's client library takes no plugins behind links, and of itself Firebird 4's engine only.
firebird_create() {
  local data=$dir/firebird engine root=(/usr/lib/*-linux-gnu/firebird/"$(firebird_version)")
  cp -rL "${root[0]}"/{intl,plugins} "$data"
  engine=$(basename "$data"/plugins/libEngine*.so .so)
  cat >"$data/firebird.conf" <<CONF
RemoteBindAddress = 127.0.0.1
RemoteServicePort = $(port firebird)
SecurityDatabase = $data/security.fdb
TempDirectories = $data
Providers = Remote,${engine#lib},Loopback
CONF
  echo "CREATE DATABASE '$data/security.fdb' USER sysdba;" | firebird_sql || return
  firebird_sql -input "/usr/share/firebird/$(firebird_version)/security.sql" "$data/security.fdb" || return
  echo "CREATE DATABASE '$data/test.fdb' USER sysdba DEFAULT CHARACTER SET UTF8; CREATE OR ALTER USER sysdba PASSWORD '$password';" |
    firebird_sql
}

firebird_launch() {
  local command
  firebird_command firebird -e "$dir/firebird"
  launch firebird "${command[@]}"
}

firebird_ready() { echo 'SELECT 1 FROM rdb$database;' | firebird_sql -password "$password" "127.0.0.1/$(port firebird):$dir/firebird/test.fdb"; }
firebird_stop_signal() { echo TERM; }
firebird_url() { echo "soci:firebird:service=127.0.0.1/$(port firebird):$dir/firebird/test.fdb user=sysdba password=$password"; }
