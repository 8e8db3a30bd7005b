-- How far polled tables (source.mode = table) have been relayed, for MariaDB 10.6 and later: one row for each, written after Kafka's
-- acknowledgements. name: lease.name and the table's; state: `outbox-relay cursor` shows and changes it.
-- Beside the first polled table. Not needed where table.state names a file or a topic.
CREATE TABLE IF NOT EXISTS outbox_relay_cursor (
  name     VARCHAR(255) NOT NULL PRIMARY KEY,
  state    MEDIUMTEXT NOT NULL,
  saved_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
