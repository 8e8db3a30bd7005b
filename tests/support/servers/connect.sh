# Kafka Connect, one process, with Debezium's JDBC sink (tests/support/connect/pom.xml). The worker and the connectors are those of deploy/examples.
connect_libs() { echo "$cache/connect-$(cksum <"$here/connect/pom.xml" | cut -d' ' -f1)"; }

connect_fetch() {
  need java default-jre-headless
  maven_fetch "Kafka Connect" "$here/connect/pom.xml" "$(connect_libs)"
}

# The compiler is an artifact too: a runtime environment has none.
connect_compile() {
  java -jar "$(connect_libs)"/ecj-*.jar -17 -proc:none -nowarn -cp "$(connect_classpath)" -d "$dir/$1" "$here/connect/Document.java"
}

connect_classpath() { local jars=("$(connect_libs)"/*.jar); (IFS=:; echo "${jars[*]}"); }

# A worker for each kind of database: the sink keeps its types in one place for the whole process, and the second connector would get the first one's.
# A time zone of its own, with an odd offset: whoever takes local time for UTC is seen.
connect_run() {
  local name=$1
  mkdir -p "$dir/$name"
  launch "$name" env "${@:2}" "KAFKA_BOOTSTRAP_SERVERS=$(kafka_url)" "CONNECT_PORT=$(port "$name")" "CONNECT_OFFSETS=$dir/$name/offsets" \
    java -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "-Djava.io.tmpdir=$dir/$name" -Duser.timezone=Asia/Kathmandu \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$(connect_libs)/*" \
    org.apache.kafka.connect.cli.ConnectStandalone "$here/../../deploy/examples/connect-standalone.properties"
}
connect_answers() { curl --fail --silent "http://127.0.0.1:$(port "$1")/connectors"; }

connect_postgres_fetch() { connect_fetch; }
connect_postgres_create() { connect_compile connect_postgres; }
connect_postgres_launch() {
  connect_run connect_postgres "SINK_POSTGRES=127.0.0.1:$(port postgres)/warehouse" SINK_POSTGRES_USER=postgres SINK_POSTGRES_PASSWORD=none
}
connect_postgres_ready() { connect_answers connect_postgres; }
connect_postgres_stop_signal() { echo TERM; }
connect_postgres_url() { echo "http://127.0.0.1:$(port connect_postgres)"; }

connect_mysql_fetch() { connect_fetch; }
connect_mysql_create() { true; }
connect_mysql_launch() {
  connect_run connect_mysql "SINK_MYSQL=127.0.0.1:$(port mysql)/warehouse" SINK_MYSQL_USER=root "SINK_MYSQL_PASSWORD=$password"
}
connect_mysql_ready() { connect_answers connect_mysql; }
connect_mysql_stop_signal() { echo TERM; }
connect_mysql_url() { echo "http://127.0.0.1:$(port connect_mysql)"; }

connect_document() {
  [ $# = 1 ] || die "document needs a connector's file"
  [ -e "$dir/connect_postgres/Document.class" ] || die "connect_postgres was not started in $dir"
  java -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$dir/connect_postgres:$(connect_libs)/*" Document "$1"
}
