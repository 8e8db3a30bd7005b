-- What outbox-relay runs through ODBC: SQL:2008. Tried on PostgreSQL; SQL Server, Oracle and Db2 are meant, and untested.
-- No list can be bound everywhere: ids and gaps stand in the text. A claim cannot ask for a reader: 0.

-- name: claim_forward
-- :after   :limit
SELECT :"columns", 0
FROM :"table"
WHERE :"position" > :after AND :"unsent"
ORDER BY :"position"
OFFSET 0 ROWS FETCH NEXT :limit ROWS ONLY

-- name: claim_gaps
-- Runs AFTER claim_forward: a predecessor of what that one saw is visible now.
-- :limit
SELECT :"columns", 0
FROM :"table"
WHERE (:"gaps") AND :"unsent"
ORDER BY :"position"
OFFSET 0 ROWS FETCH NEXT :limit ROWS ONLY

-- name: claim_ids
SELECT :"columns", 0
FROM :"table"
WHERE :"position" IN (:"ids") AND :"unsent"
ORDER BY :"position"

-- name: settle_delete_range
-- The count is how many ids were acknowledged: nothing beyond it is deleted.
-- :low   :high   :count
DELETE FROM :"table"
WHERE :"position" BETWEEN :low AND :high AND :"position" - :low < :count

-- name: settle_delete_list
DELETE FROM :"table"
WHERE :"position" IN (:"ids")

-- name: settle_mark_range
-- :low   :high   :count
UPDATE :"table"
SET :"sent_at" = CURRENT_TIMESTAMP
WHERE :"position" BETWEEN :low AND :high AND :"position" - :low < :count AND :"sent_at" IS NULL

-- name: settle_mark_list
UPDATE :"table"
SET :"sent_at" = CURRENT_TIMESTAMP
WHERE :"position" IN (:"ids") AND :"sent_at" IS NULL

-- name: sent_by_ids
-- :after   :high   :limit
SELECT :"position"
FROM :"table"
WHERE :"position" > :after AND :"position" <= :high AND :"sent_at" IS NOT NULL
ORDER BY :"position"
OFFSET 0 ROWS FETCH NEXT :limit ROWS ONLY

-- name: sent_by_time
-- :after   :since   :until   :limit
SELECT :"position"
FROM :"table"
WHERE :"position" > :after AND :"time" >= CAST(:since AS TIMESTAMP) AND :"time" < CAST(:until AS TIMESTAMP)
  AND :"sent_at" IS NOT NULL
ORDER BY :"position"
OFFSET 0 ROWS FETCH NEXT :limit ROWS ONLY

-- name: sent_by_key
-- :after   :key   :limit
SELECT :"position"
FROM :"table"
WHERE :"position" > :after AND :"key" = :key AND :"sent_at" IS NOT NULL
ORDER BY :"position"
OFFSET 0 ROWS FETCH NEXT :limit ROWS ONLY

-- name: delete_sent_list
DELETE FROM :"table"
WHERE :"position" IN (:"ids") AND :"sent_at" IS NOT NULL

-- name: unmark_list
UPDATE :"table"
SET :"sent_at" = NULL
WHERE :"position" IN (:"ids") AND :"sent_at" IS NOT NULL

-- name: dead_copy
-- The outbox's row as it is now. Without a first time it is now.
-- :state   :topic or NULL   :fault   :attempts   :first_at or NULL   :position
INSERT INTO :"dead" (:"row", dead_state, dead_topic, dead_fault, dead_attempts, dead_first_at, dead_last_at)
SELECT :"row", CAST(:state AS VARCHAR(4000)), CAST(:topic AS VARCHAR(4000)), CAST(:fault AS VARCHAR(4000)), CAST(:attempts AS BIGINT), COALESCE(CAST(:first_at AS TIMESTAMP), CURRENT_TIMESTAMP), CURRENT_TIMESTAMP
FROM :"table"
WHERE :"position" = :position AND :"unsent"

-- name: dead_touch
-- :fault   :attempts   :position
UPDATE :"dead"
SET dead_fault = :fault, dead_attempts = :attempts, dead_last_at = CURRENT_TIMESTAMP
WHERE :"position" = :position AND dead_state = 'blocked'

-- name: dead_remove
-- :position   :state
DELETE FROM :"dead"
WHERE :"position" = :position AND dead_state = :state

-- name: dead_back
-- Into the outbox again under its own id, so that the event id stays.
-- :position   :state
INSERT INTO :"table" (:"row")
SELECT :"row"
FROM :"dead"
WHERE :"position" = :position AND dead_state = :state

-- name: dead_change
-- :to   :position   :from
UPDATE :"dead"
SET dead_state = :to, dead_last_at = CURRENT_TIMESTAMP
WHERE :"position" = :position AND dead_state = :from

-- name: dead_list
-- :after   :limit
SELECT :"position", dead_state, dead_topic, :"key", dead_fault, dead_attempts, dead_first_at, dead_last_at
FROM :"dead"
WHERE :"position" > :after
ORDER BY :"position"
OFFSET 0 ROWS FETCH NEXT :limit ROWS ONLY

-- name: dead_show
-- :position
SELECT :"row", dead_state, dead_topic, dead_fault, dead_attempts, dead_first_at, dead_last_at
FROM :"dead"
WHERE :"position" = :position
ORDER BY dead_first_at

-- name: dead_stale
-- Recorded as blocked, and in the outbox no more: it was sent by a relay that did not know of the record.
-- :limit
SELECT :"position"
FROM :"dead" recorded
WHERE dead_state = 'blocked' AND NOT EXISTS (
  SELECT 1 FROM :"table" waiting WHERE waiting.:"position" = recorded.:"position" AND :"unsent")
ORDER BY :"position"
OFFSET 0 ROWS FETCH NEXT :limit ROWS ONLY

-- name: dead_counts
SELECT dead_state, COUNT(*)
FROM :"dead"
GROUP BY dead_state

-- name: gap_writers
-- Nothing portable tells who could still fill a gap: this dialect proves none.
-- :schema or NULL   :name
SELECT table_name
FROM information_schema.tables
WHERE 1 = 0 AND table_schema = :schema AND table_name = :name

-- name: backlog
SELECT COUNT(*), MIN(:"created_at")
FROM :"table"
WHERE :"unsent"

-- Polling an ordinary table: not served here, where nothing portable tells the clock in UTC and who may still write.

-- name: table_page
SELECT :"columns"
FROM :"table" :"hint"
WHERE :"after" AND :"where"
ORDER BY :"order"
FETCH FIRST :"limit" ROWS ONLY

-- name: table_any
:"first" IS NOT NULL

-- name: table_from
:"time" >= :from

-- name: table_after
((:"time" = :same AND :"id" > :above) OR :"time" > :later)

-- name: table_above
:"id" > :above

-- name: table_hint
-- None is needed.

-- name: table_last
SELECT :"order"
FROM :"table"
WHERE :"first" IS NOT NULL
ORDER BY :"descending"
FETCH FIRST 1 ROWS ONLY

-- name: table_horizon
SELECT CURRENT_TIMESTAMP, 0, NULL, 0, 0

-- name: table_clock
SELECT CURRENT_TIMESTAMP, 0

-- name: table_index
SELECT constraint_name
FROM information_schema.key_column_usage
WHERE 1 = 0 AND table_schema = :schema AND table_name = :name AND column_name IN (:time, :id, :again)

-- name: cursor_read
SELECT state
FROM :"cursor"
WHERE name = :name

-- name: cursor_update
UPDATE :"cursor"
SET state = :state, saved_at = CURRENT_TIMESTAMP
WHERE name = :name

-- name: cursor_insert
INSERT INTO :"cursor" (name, state, saved_at)
VALUES (:name, :state, CURRENT_TIMESTAMP)

-- name: cursor_delete
DELETE FROM :"cursor"
WHERE name = :name

-- name: table_columns
-- ODBC's own catalogue function, written as a call: the one way that every driver has. The name may be a pattern.
-- :schema or NULL   :name
{call SQLColumns(:schema, :name)}

-- name: not_a_table
-- No way to ask is common to all databases. It does no harm: gaps, which a view would hide the writers of, are not watched here.
-- :schema or NULL   :name
SELECT 'a view'
FROM :"table"
WHERE 1 = 0 AND CAST(:schema AS VARCHAR(63)) = CAST(:name AS VARCHAR(63))

-- name: position_source
-- No two databases tell it in the same way, and without gap proofs nobody asks.
-- :schema or NULL   :name   :column
SELECT 1, 1
FROM information_schema.columns
WHERE table_schema = COALESCE(:schema, table_schema) AND table_name = :name AND column_name = :column AND 1 = 0

-- name: position_index
-- The standard's own view; where a database has another one, nobody can tell.
-- :schema or NULL   :name   :column
SELECT constraint_name
FROM information_schema.key_column_usage
WHERE table_schema = COALESCE(:schema, table_schema) AND table_name = :name AND column_name = :column AND ordinal_position = 1

-- name: unsent_index
-- The standard's own views know constraints, not indexes: nobody can tell.
-- :schema or NULL   :name   :column
SELECT NULLIF(column_name, column_name)
FROM information_schema.columns
WHERE table_schema = COALESCE(:schema, table_schema) AND table_name = :name AND column_name = :column

-- name: position_unique
-- The standard's own views know constraints, not indexes, and not every database has them: nobody can tell.
-- :schema or NULL   :name   :column   :again (the schema)   :once_more (the name)
SELECT 1
FROM information_schema.columns
WHERE table_schema = COALESCE(:schema, table_schema) AND table_name = :name AND column_name = :column
  AND table_schema = COALESCE(:again, table_schema) AND table_name = :once_more AND 1 = 0

-- The lease: a holder renews its own, anybody takes one that has expired, and who finds none makes it.
-- Databases calculate with times each in its own way: what stands in braces is ODBC's, and the driver translates it.

-- name: lease_take
-- 1 row: taken or renewed.
-- :holder   :milliseconds   :name   :again (the holder)
UPDATE :"lease"
SET token = token + CASE WHEN expires_at <= CURRENT_TIMESTAMP THEN 1 ELSE 0 END,
  holder = :holder,
  expires_at = {fn TIMESTAMPADD(SQL_TSI_SECOND, CAST(:milliseconds AS INTEGER) / 1000, CURRENT_TIMESTAMP)}
WHERE name = :name AND (holder = :again OR expires_at <= CURRENT_TIMESTAMP)

-- name: lease_first
-- A duplicate key: another one was first.
-- :name   :holder   :milliseconds
INSERT INTO :"lease" (name, holder, token, expires_at)
VALUES (:name, :holder, 1, {fn TIMESTAMPADD(SQL_TSI_SECOND, CAST(:milliseconds AS INTEGER) / 1000, CURRENT_TIMESTAMP)})

-- name: lease_release
-- :name   :holder   :token
UPDATE :"lease"
SET expires_at = CURRENT_TIMESTAMP
WHERE name = :name AND holder = :holder AND token = :token

-- name: lease_read
-- :name
SELECT holder, token, CASE WHEN expires_at <= CURRENT_TIMESTAMP THEN 0
  ELSE 1000 + 1000 * CAST({fn TIMESTAMPDIFF(SQL_TSI_SECOND, CURRENT_TIMESTAMP, expires_at)} AS INTEGER) END
FROM :"lease"
WHERE name = :name
