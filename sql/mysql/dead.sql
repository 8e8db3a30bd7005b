-- For MySQL 8.0 and later.
-- The dead letters of an outbox: rows that could not be sent, and why. A copy of the outbox's columns (without sent_at), by the same
-- names and types: where yours differ, change them here too, or a row could not move between the two.
-- dead_state: `blocked` (the row still stands in the outbox and its key waits), `parked` (moved here by outbox.on-bad-row = park) or
-- `skipped` (moved here by `outbox-relay dead skip`). Nothing deletes parked and skipped rows but you.
CREATE TABLE IF NOT EXISTS outbox_dead (
  id             BIGINT NOT NULL,
  aggregate_type VARCHAR(255) NULL,
  aggregate_id   VARCHAR(255) NULL,
  event_type     VARCHAR(255) NULL,
  payload        MEDIUMTEXT NULL,
  headers        MEDIUMTEXT NULL,
  created_at     TIMESTAMP(6) NULL DEFAULT NULL,
  dead_state     VARCHAR(16) NOT NULL,
  dead_topic     TEXT NULL,
  dead_fault     TEXT NOT NULL,
  dead_attempts  BIGINT NOT NULL,
  dead_first_at  DATETIME(6) NOT NULL,
  dead_last_at   DATETIME(6) NOT NULL,
  PRIMARY KEY (id, dead_first_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
