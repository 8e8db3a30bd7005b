-- For SQLite.
-- The dead letters of an outbox: rows that could not be sent, and why. A copy of the outbox's columns (without sent_at), by the same
-- names and types: where yours differ, change them here too, or a row could not move between the two.
-- dead_state: `blocked` (the row still stands in the outbox and its key waits), `parked` (moved here by outbox.on-bad-row = park) or
-- `skipped` (moved here by `outbox-relay dead skip`). Nothing deletes parked and skipped rows but you.
CREATE TABLE IF NOT EXISTS outbox_dead (
  id             INTEGER NOT NULL,
  aggregate_type TEXT,
  aggregate_id   TEXT,
  event_type     TEXT,
  payload        TEXT,
  headers        TEXT,
  created_at     TEXT,
  dead_state     TEXT NOT NULL,
  dead_topic     TEXT,
  dead_fault     TEXT NOT NULL,
  dead_attempts  INTEGER NOT NULL,
  dead_first_at  TEXT NOT NULL,
  dead_last_at   TEXT NOT NULL,
  PRIMARY KEY (id, dead_first_at)
);
