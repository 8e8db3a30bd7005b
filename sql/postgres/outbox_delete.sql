-- The outbox for PostgreSQL 12 and later, delete variant: a row is deleted once Kafka has it.
-- id: drawn by the INSERT itself (GENERATED ALWAYS refuses any other); never give its sequence a CACHE, ids would come out of order.
-- payload, headers: TEXT keeps every byte and takes a plain string from any driver. JSON keeps them too but wants a cast in JDBC;
--   JSONB reorders keys and loses duplicates; BYTEA is right for Avro or Protobuf. A NULL payload becomes a tombstone.
-- created_at: the moment of the INSERT; now() would be the start of the transaction for all of its rows.
CREATE TABLE IF NOT EXISTS outbox (
  id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  aggregate_type TEXT NOT NULL,
  aggregate_id   TEXT NOT NULL,
  event_type     TEXT NOT NULL,
  payload        TEXT,
  headers        TEXT,
  created_at     TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
