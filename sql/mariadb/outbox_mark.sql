-- The outbox for MariaDB 10.6 and later, mark variant: a row stays, and sent_at says when Kafka had it. The columns: outbox_delete.sql.
-- outbox_unsent: the unsent rows stand together and in order of their ids, however many sent rows are kept.
CREATE TABLE IF NOT EXISTS outbox (
  id             BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  aggregate_type VARCHAR(255) NOT NULL,
  aggregate_id   VARCHAR(255) NOT NULL,
  event_type     VARCHAR(255) NOT NULL,
  payload        MEDIUMTEXT NULL,
  headers        MEDIUMTEXT NULL,
  created_at     TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  sent_at        TIMESTAMP(6) NULL DEFAULT NULL,
  INDEX outbox_unsent (sent_at, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
