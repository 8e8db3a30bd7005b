-- After sql/postgres/outbox_delete.sql or outbox_mark.sql: the order's own columns, so that a sink gets them with their types.
-- Give them in the same INSERT as aggregate_type, aggregate_id and event_type. payload NULL: the order is gone, and the sinks delete it.
ALTER TABLE outbox
  ADD COLUMN IF NOT EXISTS quantity   INTEGER,
  ADD COLUMN IF NOT EXISTS total      NUMERIC(12, 2),
  ADD COLUMN IF NOT EXISTS weight     DOUBLE PRECISION,
  ADD COLUMN IF NOT EXISTS paid       BOOLEAN,
  ADD COLUMN IF NOT EXISTS due_on     DATE,
  ADD COLUMN IF NOT EXISTS due_at     TIME(6),
  ADD COLUMN IF NOT EXISTS placed_at  TIMESTAMP(6),
  ADD COLUMN IF NOT EXISTS shipped_at TIMESTAMPTZ(6),
  ADD COLUMN IF NOT EXISTS customer   UUID,
  ADD COLUMN IF NOT EXISTS attributes JSONB,
  ADD COLUMN IF NOT EXISTS document   BYTEA,
  ADD COLUMN IF NOT EXISTS note       TEXT;
