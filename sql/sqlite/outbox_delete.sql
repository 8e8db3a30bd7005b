-- The outbox for SQLite, delete variant: a row is deleted once Kafka has it.
-- id: AUTOINCREMENT, because without it SQLite uses an id again as soon as the table is empty.
-- A NULL payload becomes a tombstone; created_at is UTC.
CREATE TABLE IF NOT EXISTS outbox (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  aggregate_type TEXT NOT NULL,
  aggregate_id   TEXT NOT NULL,
  event_type     TEXT NOT NULL,
  payload        TEXT,
  headers        TEXT,
  created_at     TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
