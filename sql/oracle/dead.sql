-- UNTESTED: no Oracle server was at hand. The relay would come to it through ODBC; say in an issue what you saw.
-- For Oracle 23ai and later (before that: without IF NOT EXISTS).
-- The dead letters of an outbox: rows that could not be sent, and why. A copy of the outbox's columns (without sent_at), by the same
-- names and types: where yours differ, change them here too, or a row could not move between the two.
-- dead_state: `blocked` (the row still stands in the outbox and its key waits), `parked` (moved here by outbox.on-bad-row = park) or
-- `skipped` (moved here by `outbox-relay dead skip`). Nothing deletes parked and skipped rows but you.
CREATE TABLE IF NOT EXISTS "OUTBOX_dead" (
  id             NUMBER(19) NOT NULL,
  aggregate_type VARCHAR2(255 CHAR),
  aggregate_id   VARCHAR2(255 CHAR),
  event_type     VARCHAR2(255 CHAR),
  payload        CLOB,
  headers        CLOB,
  created_at     TIMESTAMP(6) WITH TIME ZONE,
  dead_state     VARCHAR2(16 CHAR) NOT NULL,
  dead_topic     VARCHAR2(255 CHAR),
  dead_fault     VARCHAR2(4000 CHAR) NOT NULL,
  dead_attempts  NUMBER(19) NOT NULL,
  dead_first_at  TIMESTAMP(6) NOT NULL,
  dead_last_at   TIMESTAMP(6) NOT NULL,
  CONSTRAINT outbox_dead_pk PRIMARY KEY (id, dead_first_at)
);
