# Apache Kafka as one KRaft node, from its Maven artifacts (tests/support/kafka/pom.xml has the version).
kafka_version() { sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$here/kafka/pom.xml"; }
kafka_libs() { echo "$cache/kafka-$(kafka_version)"; }

kafka_fetch() {
  need java default-jre-headless
  maven_fetch "Kafka $(kafka_version)" "$here/kafka/pom.xml" "$(kafka_libs)"
}

# A JVM costs two seconds for each topic; librdkafka does it in some milliseconds.
kafka_build_admin() {
  need g++ g++
  g++ -std=c++20 -O1 -o "$dir/kafka-admin.new" "$here/kafka/admin.cpp" -lrdkafka && mv "$dir/kafka-admin.new" "$dir/kafka-admin"
}

kafka_create() {
  local data=$dir/kafka
  cat >"$data/server.properties" <<CONF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$(port kafka_controller)
listeners=PLAINTEXT://127.0.0.1:$(port kafka),TOKEN://127.0.0.1:$(port kafka_token),CONTROLLER://127.0.0.1:$(port kafka_controller)
advertised.listeners=PLAINTEXT://127.0.0.1:$(port kafka),TOKEN://127.0.0.1:$(port kafka_token)
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TOKEN:SASL_PLAINTEXT
listener.name.token.sasl.enabled.mechanisms=OAUTHBEARER
listener.name.token.oauthbearer.sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";
log.dirs=$data/log
num.partitions=3
auto.create.topics.enable=false
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.retention.ms=-1
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=1000
CONF
  kafka_build_admin || return
  java -cp "$(kafka_libs)/*" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    kafka.tools.StorageTool format -t AAAAAAAAQACAAAAAAAAAAA -c "$data/server.properties"
}

# KAFKA_JVM_PERFORMANCE_OPTS is what Kafka's own scripts read.
kafka_launch() {
  local options=()
  read -ra options <<<"${KAFKA_JVM_PERFORMANCE_OPTS:-}"
  launch kafka java -Xmx1g "${options[@]}" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$(kafka_libs)/*" \
    kafka.Kafka "$dir/kafka/server.properties"
}

kafka_ready() { "$dir/kafka-admin" "$(kafka_url)" list; }
kafka_stop_signal() { echo TERM; }
kafka_url() { echo "127.0.0.1:$(port kafka)"; }

kafka_topic() {
  [ $# -gt 0 ] || die "topic needs a name"
  [ -x "$dir/kafka-admin" ] || die "Kafka was not started in $dir"
  if [ "$1" = --delete ]; then
    "$dir/kafka-admin" "$(kafka_url)" delete "$2"
  else
    "$dir/kafka-admin" "$(kafka_url)" create "$1" "${2:-3}" "${@:3}"
  fi
}
