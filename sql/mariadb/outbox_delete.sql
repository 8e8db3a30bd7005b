-- The outbox for MariaDB 10.6 and later, delete variant: a row is deleted once Kafka has it.
-- id: drawn by the INSERT itself. Ids are dense as long as auto_increment_increment is 1.
-- payload, headers: text keeps every byte; MariaDB's JSON is a LONGTEXT that refuses anything else; MEDIUMBLOB is right for Avro or Protobuf.
--   A NULL payload becomes a tombstone.
-- created_at: a TIMESTAMP is an instant, whatever the time zone of the session that inserts; a DATETIME would take that session's local time.
-- utf8mb4_bin: keys that differ only in case are different keys in Kafka too.
CREATE TABLE IF NOT EXISTS outbox (
  id             BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  aggregate_type VARCHAR(255) NOT NULL,
  aggregate_id   VARCHAR(255) NOT NULL,
  event_type     VARCHAR(255) NOT NULL,
  payload        MEDIUMTEXT NULL,
  headers        MEDIUMTEXT NULL,
  created_at     TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
