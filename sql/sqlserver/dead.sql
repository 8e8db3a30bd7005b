-- UNTESTED: no SQL Server was at hand. The relay would come to it through ODBC; say in an issue what you saw.
-- For SQL Server 2019 and later.
-- The dead letters of an outbox: rows that could not be sent, and why. A copy of the outbox's columns (without sent_at), by the same
-- names and types: where yours differ, change them here too, or a row could not move between the two.
-- dead_state: `blocked` (the row still stands in the outbox and its key waits), `parked` (moved here by outbox.on-bad-row = park) or
-- `skipped` (moved here by `outbox-relay dead skip`). Nothing deletes parked and skipped rows but you.
IF OBJECT_ID('outbox_dead', 'U') IS NULL
CREATE TABLE outbox_dead (
  id             BIGINT NOT NULL,
  aggregate_type NVARCHAR(255) NULL,
  aggregate_id   NVARCHAR(255) NULL,
  event_type     NVARCHAR(255) NULL,
  payload        NVARCHAR(MAX) NULL,
  headers        NVARCHAR(MAX) NULL,
  created_at     DATETIMEOFFSET(6) NULL,
  dead_state     NVARCHAR(16) NOT NULL,
  dead_topic     NVARCHAR(255) NULL,
  dead_fault     NVARCHAR(MAX) NOT NULL,
  dead_attempts  BIGINT NOT NULL,
  dead_first_at  DATETIME2(6) NOT NULL,
  dead_last_at   DATETIME2(6) NOT NULL,
  CONSTRAINT outbox_dead_pk PRIMARY KEY (id, dead_first_at)
);
