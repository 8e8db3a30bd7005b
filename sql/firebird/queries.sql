-- What outbox-relay runs on Firebird 3 and later. Neither arrays nor JSON can be bound: ids and gaps stand in the text.
-- OR 1 = 0: so that Firebird does not go through all unsent rows by their index to find a few by position.

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
WHERE (:"gaps") AND (:"unsent" OR 1 = 0)
ORDER BY :"position"
OFFSET 0 ROWS FETCH NEXT :limit ROWS ONLY

-- name: claim_ids
SELECT :"columns", 0
FROM :"table"
WHERE :"position" IN (:"ids") AND (:"unsent" OR 1 = 0)
ORDER BY :"position"

-- name: settle_delete_range
-- The count is how many ids were acknowledged: nothing beyond it is deleted. Firebird derives no type from arithmetic: CAST.
-- :low   :high   :count
DELETE FROM :"table"
WHERE :"position" BETWEEN :low AND :high AND :"position" - CAST(:low AS BIGINT) < CAST(:count AS BIGINT)

-- name: settle_delete_list
DELETE FROM :"table"
WHERE :"position" IN (:"ids")

-- name: settle_mark_range
-- :low   :high   :count
UPDATE :"table"
SET :"sent_at" = CURRENT_TIMESTAMP
WHERE :"position" BETWEEN :low AND :high AND :"position" - CAST(:low AS BIGINT) < CAST(:count AS BIGINT) AND :"sent_at" IS NULL

-- name: settle_mark_list
UPDATE :"table"
SET :"sent_at" = CURRENT_TIMESTAMP
WHERE :"position" IN (:"ids") AND (:"sent_at" IS NULL OR 1 = 0)

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
FROM :"dead" AS recorded
WHERE dead_state = 'blocked' AND NOT EXISTS (
  SELECT 1 FROM :"table" AS waiting WHERE waiting.:"position" = recorded.:"position" AND :"unsent")
ORDER BY :"position"
OFFSET 0 ROWS FETCH NEXT :limit ROWS ONLY

-- name: dead_counts
SELECT dead_state, COUNT(*)
FROM :"dead"
GROUP BY dead_state

-- name: gap_writers
-- Firebird does not say who writes to a table: this dialect proves no gap.
-- :schema (there is none)   :name
SELECT rdb$relation_name
FROM rdb$relations
WHERE 1 = 0 AND rdb$relation_name = :schema AND rdb$relation_name = :name

-- name: backlog
SELECT COUNT(*), MIN(:"created_at")
FROM :"table"
WHERE :"unsent"

-- Polling an ordinary table: not served here, where nothing portable tells the clock in UTC and who may still write.

-- name: table_page
SELECT FIRST :"limit" :"columns"
FROM :"table" :"hint"
WHERE :"after" AND :"where"
ORDER BY :"order"

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
SELECT FIRST 1 :"order"
FROM :"table"
WHERE :"first" IS NOT NULL
ORDER BY :"descending"

-- name: table_horizon
SELECT CURRENT_TIMESTAMP, 0, NULL, 0, 0
FROM rdb$database

-- name: table_clock
SELECT CURRENT_TIMESTAMP, 0
FROM rdb$database

-- name: table_index
SELECT rdb$index_name
FROM rdb$indices
WHERE 1 = 0 AND rdb$relation_name = :schema AND rdb$relation_name = :name AND rdb$index_name IN (:time, :id, :again)

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
-- The numbers of the types: Firebird's RDB$FIELD_TYPE.
-- :schema (there is none)   :name
SELECT TRIM(field.rdb$field_name),
  TRIM(CASE type.rdb$field_type
    WHEN 7 THEN IIF(type.rdb$field_scale < 0, 'NUMERIC', 'SMALLINT')
    WHEN 8 THEN IIF(type.rdb$field_scale < 0, 'NUMERIC', 'INTEGER')
    WHEN 16 THEN IIF(type.rdb$field_scale < 0, 'NUMERIC', 'BIGINT')
    WHEN 10 THEN 'FLOAT' WHEN 27 THEN 'DOUBLE PRECISION' WHEN 23 THEN 'BOOLEAN'
    WHEN 12 THEN 'DATE' WHEN 13 THEN 'TIME' WHEN 35 THEN 'TIMESTAMP'
    WHEN 14 THEN 'CHAR' WHEN 37 THEN 'VARCHAR'
    WHEN 261 THEN IIF(type.rdb$field_sub_type = 1, 'BLOB SUB_TYPE TEXT', 'BLOB')
    ELSE 'type ' || type.rdb$field_type END),
  IIF(COALESCE(field.rdb$null_flag, type.rdb$null_flag, 0) = 1, 0, 1)
FROM rdb$relation_fields AS field
JOIN rdb$fields AS type ON type.rdb$field_name = field.rdb$field_source
WHERE CAST(:schema AS VARCHAR(63)) IS NULL AND field.rdb$relation_name = :name
ORDER BY field.rdb$field_position

-- name: not_a_table
-- :schema (there is none)   :name
SELECT 'a view'
FROM rdb$relations
WHERE CAST(:schema AS VARCHAR(63)) IS NULL AND rdb$relation_name = :name AND rdb$view_blr IS NOT NULL

-- name: position_source
-- :schema (there is none)   :name   :column
SELECT 1, 1
FROM rdb$relation_fields
WHERE CAST(:schema AS VARCHAR(63)) IS NULL AND rdb$relation_name = :name AND rdb$field_name = :column AND 1 = 0

-- name: position_index
-- :schema (there is none)   :name   :column
SELECT TRIM(found.rdb$index_name)
FROM rdb$indices AS found
JOIN rdb$index_segments AS part ON part.rdb$index_name = found.rdb$index_name AND part.rdb$field_position = 0
WHERE CAST(:schema AS VARCHAR(63)) IS NULL AND found.rdb$relation_name = :name AND part.rdb$field_name = :column
  AND found.rdb$unique_flag = 1 AND COALESCE(found.rdb$index_inactive, 0) = 0

-- name: unsent_index
-- :schema (there is none)   :name   :column
SELECT TRIM(found.rdb$index_name)
FROM rdb$indices AS found
JOIN rdb$index_segments AS part ON part.rdb$index_name = found.rdb$index_name AND part.rdb$field_position = 0
WHERE CAST(:schema AS VARCHAR(63)) IS NULL AND found.rdb$relation_name = :name AND part.rdb$field_name = :column
  AND COALESCE(found.rdb$index_inactive, 0) = 0

-- name: position_unique
-- :schema (there is none)   :name   :column   :again (the schema)   :once_more (the name)
SELECT MAX(answer)
FROM (
  SELECT IIF(rdb$identity_type IS NULL, 0, 1) AS answer
  FROM rdb$relation_fields
  WHERE CAST(:schema AS VARCHAR(63)) IS NULL AND rdb$relation_name = :name AND rdb$field_name = :column
  UNION ALL
  SELECT 1
  FROM rdb$indices AS found
  JOIN rdb$index_segments AS part ON part.rdb$index_name = found.rdb$index_name
  WHERE CAST(:again AS VARCHAR(63)) IS NULL AND found.rdb$relation_name = :once_more AND part.rdb$field_name = :column
    AND found.rdb$unique_flag = 1 AND COALESCE(found.rdb$index_inactive, 0) = 0 AND found.rdb$segment_count = 1)

-- The lease: a holder renews its own, anybody takes one that has expired, and who finds none makes it.

-- name: lease_take
-- 1 row: taken or renewed.
-- :holder   :milliseconds   :name   :again (the holder)
UPDATE :"lease"
SET token = token + IIF(expires_at <= CURRENT_TIMESTAMP, 1, 0),
  holder = :holder,
  expires_at = DATEADD(CAST(:milliseconds AS BIGINT) MILLISECOND TO CURRENT_TIMESTAMP)
WHERE name = :name AND (holder = :again OR expires_at <= CURRENT_TIMESTAMP)

-- name: lease_first
-- A duplicate key: another one was first.
-- :name   :holder   :milliseconds
INSERT INTO :"lease" (name, holder, token, expires_at)
VALUES (:name, :holder, 1, DATEADD(CAST(:milliseconds AS BIGINT) MILLISECOND TO CURRENT_TIMESTAMP))

-- name: lease_release
-- :name   :holder   :token
UPDATE :"lease"
SET expires_at = CURRENT_TIMESTAMP
WHERE name = :name AND holder = :holder AND token = :token

-- name: lease_read
-- :name
SELECT holder, token, CAST(DATEDIFF(MILLISECOND FROM CURRENT_TIMESTAMP TO expires_at) AS BIGINT)
FROM :"lease"
WHERE name = :name
