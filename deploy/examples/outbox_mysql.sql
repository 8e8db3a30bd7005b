-- After sql/mysql/outbox_delete.sql or outbox_mark.sql: the order's own columns, so that a sink gets them with their types.
-- Give them in the same INSERT as aggregate_type, aggregate_id and event_type. payload NULL: the order is gone, and the sinks delete it.
ALTER TABLE outbox
  ADD COLUMN quantity   INT NULL,
  ADD COLUMN total      DECIMAL(12, 2) NULL,
  ADD COLUMN weight     DOUBLE NULL,
  ADD COLUMN paid       BOOLEAN NULL,
  ADD COLUMN due_on     DATE NULL,
  ADD COLUMN due_at     TIME(6) NULL,
  ADD COLUMN placed_at  DATETIME(6) NULL,
  ADD COLUMN shipped_at TIMESTAMP(6) NULL,
  ADD COLUMN customer   CHAR(36) NULL,
  ADD COLUMN attributes JSON NULL,
  ADD COLUMN document   LONGBLOB NULL,
  ADD COLUMN note       TEXT NULL;
