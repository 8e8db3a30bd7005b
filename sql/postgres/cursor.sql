-- How far polled tables (source.mode = table) have been relayed, for PostgreSQL 12 and later: one row for each, written after Kafka's
-- acknowledgements. name: lease.name and the table's; state: `outbox-relay cursor` shows and changes it.
-- Beside the first polled table. Not needed where table.state names a file or a topic.
CREATE TABLE IF NOT EXISTS outbox_relay_cursor (
  name     TEXT NOT NULL PRIMARY KEY,
  state    TEXT NOT NULL,
  saved_at TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 50);
