#!/usr/bin/env bash
# Runs the commands of README.md in their order, once with PostgreSQL and once with MySQL, as somebody would who types them:
# in a fresh copy of the checkout, against servers of its own. Only the settings and two programs are put in its place.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sandbox=$(mktemp -d "${TMPDIR:-/tmp}/outbox-relay-readme.XXXXXX")
chmod 755 "$sandbox" # the PostgreSQL server is another user
servers=$root/tests/support/servers.sh
export OUTBOX_RELAY_TEST_DIR=$sandbox/servers

leave() {
  [ ! -d "$OUTBOX_RELAY_TEST_DIR" ] || "$servers" remove
  rm -rf "$sandbox"
}
trap leave EXIT

# The blocks that are for everybody and for this database; what the settings are here stands in a file that is read after them.
commands() {
  awk -v database="$1" '
    /^```sh/ { inside = ($2 == "" || $2 == database || $2 == "settings"); settings = ($2 == "settings"); next }
    /^```/ { if (settings) print ". \"$HERE\""; inside = settings = 0; next }
    inside' "$root/README.md"
}

# What differs between a reader's machine and this one.
here() {
  # shellcheck source=/dev/null
  . "$OUTBOX_RELAY_TEST_DIR/env"
  cat <<HERE
PGHOST=127.0.0.1 PGPORT=${OUTBOX_RELAY_TEST_POSTGRES_PORT:-} PGDATABASE=test PGUSER=postgres
MYSQL_HOST=127.0.0.1 MYSQL_TCP_PORT=${OUTBOX_RELAY_TEST_MYSQL_PORT:-} MYSQL_PWD=secret MYSQL_DATABASE=test
KAFKA=$OUTBOX_RELAY_TEST_KAFKA
PATH=$sandbox/bin:\$PATH
sudo() { "\${@/#\/usr\/local\/bin/$sandbox/bin}"; }
kafka-topics.sh() { "$servers" topic "\$5" "\$7"; }
# The first count may come after the answer that the relay is ready.
curl() {
  local answer
  for _ in {1..300}; do
    answer=\$(command curl "\$@") || return
    if [[ \$* != */metrics || \$answer == *\$'\n'"outbox_relay_pending "* ]]; then break; fi
    sleep 0.1
  done
  printf '%s\n' "\$answer"
}
HERE
}

mkdir "$sandbox/checkout" "$sandbox/bin"
tar --create --directory "$root" --exclude=./build --exclude=./.git . | tar --extract --directory "$sandbox/checkout"
export CCACHE_BASEDIR=$sandbox/checkout
if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi

for database in postgres mysql; do
  echo "README.md with $database"
  mkdir "$OUTBOX_RELAY_TEST_DIR"
  "$servers" start "$database" kafka >/dev/null
  here >"$sandbox/here"
  (
    cd "$sandbox/checkout"
    commands "$database" >"$sandbox/commands"
    HERE=$sandbox/here bash -euo pipefail "$sandbox/commands" </dev/null
  )
  "$servers" remove
done
