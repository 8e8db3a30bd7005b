-- What outbox-relay runs on MySQL 8.0 and later. Each ? is filled in as a literal by the relay, in order.
-- Every claim says in its last column whether this server is a reader: a relay on a stale reader is a duplicate storm.

-- name: claim_forward
-- ? after   ? limit
SELECT :"columns", @@global.read_only OR @@global.innodb_read_only AS reader
FROM :"table"
WHERE :"position" > ? AND :"unsent"
ORDER BY :"position"
LIMIT ?

-- name: claim_gaps
-- Runs AFTER claim_forward: a predecessor of what that one saw is visible now.
-- One BETWEEN an interval, joined by OR: one range scan each.
-- ? limit
SELECT :"columns", @@global.read_only OR @@global.innodb_read_only AS reader
FROM :"table"
WHERE :"gaps" AND :"unsent"
ORDER BY :"position"
LIMIT ?

-- name: claim_ids
-- ? ids (JSON)
SELECT :"columns", @@global.read_only OR @@global.innodb_read_only AS reader
FROM JSON_TABLE(?, '$[*]' COLUMNS (outbox_relay_position BIGINT PATH '$')) AS wanted
STRAIGHT_JOIN :"table" ON :"position" = outbox_relay_position
WHERE :"unsent"
ORDER BY :"position"

-- Settling must not wait for the application's uncommitted inserts: whatever scans the table meets their locks. So a range ends
-- at its count, before it looks at the next row, and a list looks up each of its positions: the session forbids the other plan for
-- that join, a scan with a join buffer (db_adapters/mysql/session.cpp). Where the position is not the primary key, a range may
-- still be scanned for; then the lock time-out ends the wait, and the list follows.

-- name: settle_delete_range
-- Only where every position from low to high is there.
-- ? low   ? high   ? count
DELETE FROM :"table"
WHERE :"position" BETWEEN ? AND ?
ORDER BY :"position"
LIMIT ?

-- name: settle_delete_list
-- ? ids (JSON)
DELETE acknowledged
FROM JSON_TABLE(?, '$[*]' COLUMNS (outbox_relay_position BIGINT PATH '$')) AS wanted
STRAIGHT_JOIN :"table" AS acknowledged ON :"position" = outbox_relay_position

-- name: settle_mark_range
-- Only where every position from low to high is there and unsent.
-- ? low   ? high   ? count
UPDATE :"table"
SET :"sent_at" = NOW(6)
WHERE :"position" BETWEEN ? AND ? AND :"sent_at" IS NULL
ORDER BY :"position"
LIMIT ?

-- name: settle_mark_list
-- ? ids (JSON)
UPDATE JSON_TABLE(?, '$[*]' COLUMNS (outbox_relay_position BIGINT PATH '$')) AS wanted
STRAIGHT_JOIN :"table" ON :"position" = outbox_relay_position
SET :"sent_at" = NOW(6)
WHERE :"sent_at" IS NULL

-- name: sent_by_ids
-- ? after   ? high   ? limit
SELECT :"position"
FROM :"table"
WHERE :"position" > ? AND :"position" <= ? AND :"sent_at" IS NOT NULL
ORDER BY :"position"
LIMIT ?

-- name: sent_by_time
-- ? after   ? since   ? until   ? limit
SELECT :"position"
FROM :"table"
WHERE :"position" > ? AND :"time" >= CAST(? AS DATETIME(6)) AND :"time" < CAST(? AS DATETIME(6)) AND :"sent_at" IS NOT NULL
ORDER BY :"position"
LIMIT ?

-- name: sent_by_key
-- Byte by byte: two keys that differ only in case are two, whatever the column's collation.
-- ? after   ? key   ? limit
SELECT :"position"
FROM :"table"
WHERE :"position" > ? AND CAST(CONVERT(:"key" USING utf8mb4) AS BINARY) = CAST(CONVERT(? USING utf8mb4) AS BINARY)
  AND :"sent_at" IS NOT NULL
ORDER BY :"position"
LIMIT ?

-- name: delete_sent_list
-- ? ids (JSON)
DELETE sent
FROM JSON_TABLE(?, '$[*]' COLUMNS (outbox_relay_position BIGINT PATH '$')) AS wanted
STRAIGHT_JOIN :"table" AS sent ON :"position" = outbox_relay_position
WHERE :"sent_at" IS NOT NULL

-- name: unmark_list
-- ? ids (JSON)
UPDATE JSON_TABLE(?, '$[*]' COLUMNS (outbox_relay_position BIGINT PATH '$')) AS wanted
STRAIGHT_JOIN :"table" ON :"position" = outbox_relay_position
SET :"sent_at" = NULL
WHERE :"sent_at" IS NOT NULL

-- name: dead_copy
-- The outbox's row as it is now. Without a first time it is now.
-- ? state   ? topic or NULL   ? fault   ? attempts   ? first_at or NULL   ? position
INSERT INTO :"dead" (:"row", dead_state, dead_topic, dead_fault, dead_attempts, dead_first_at, dead_last_at)
SELECT :"row", ?, ?, ?, ?, COALESCE(CAST(? AS DATETIME(6)), NOW(6)), NOW(6)
FROM :"table"
WHERE :"position" = ? AND :"unsent"

-- name: dead_touch
-- ? fault   ? attempts   ? position
UPDATE :"dead"
SET dead_fault = ?, dead_attempts = ?, dead_last_at = NOW(6)
WHERE :"position" = ? AND dead_state = 'blocked'

-- name: dead_remove
-- ? position   ? state
DELETE FROM :"dead"
WHERE :"position" = ? AND dead_state = ?

-- name: dead_back
-- Into the outbox again under its own id, so that the event id stays.
-- ? position   ? state
INSERT INTO :"table" (:"row")
SELECT :"row"
FROM :"dead"
WHERE :"position" = ? AND dead_state = ?

-- name: dead_change
-- ? to   ? position   ? from
UPDATE :"dead"
SET dead_state = ?, dead_last_at = NOW(6)
WHERE :"position" = ? AND dead_state = ?

-- name: dead_list
-- ? after   ? limit
SELECT :"position", dead_state, dead_topic, :"key", dead_fault, dead_attempts, dead_first_at, dead_last_at
FROM :"dead"
WHERE :"position" > ?
ORDER BY :"position"
LIMIT ?

-- name: dead_show
-- ? position
SELECT :"row", dead_state, dead_topic, dead_fault, dead_attempts, dead_first_at, dead_last_at
FROM :"dead"
WHERE :"position" = ?
ORDER BY dead_first_at

-- name: dead_stale
-- Recorded as blocked, and in the outbox no more: it was sent by a relay that did not know of the record.
-- ? limit
SELECT :"position"
FROM :"dead" AS recorded
WHERE dead_state = 'blocked' AND NOT EXISTS (
  SELECT 1 FROM :"table" AS waiting WHERE waiting.:"position" = recorded.:"position" AND :"unsent")
ORDER BY :"position"
LIMIT ?

-- name: dead_counts
SELECT dead_state, COUNT(*)
FROM :"dead"
GROUP BY dead_state

-- name: gap_writers
-- Whoever has inserted, or waits to insert, holds a metadata lock until its transaction ends, a prepared XA transaction that its
-- connection left included. Needs GRANT SELECT ON performance_schema.metadata_locks. Everything but a pure reader's lock counts, names
-- are compared without case, and a connection that writes again and again counts as one long writer: all of it can only make a proof
-- wait longer. No thread id is given twice while the server runs. The event id would tell a connection's transactions apart, but
-- XA PREPARE gives the lock another one.
-- This statement holds a lock too, on metadata_locks itself: when not even that one is there, nothing is recorded, and "nobody" would
-- be a lie. GTID_SUBSET makes it an error then, as ps_current_thread_id does where the whole performance schema is off.
-- ? schema or NULL   ? name
SELECT DISTINCT owner_thread_id
FROM performance_schema.metadata_locks
WHERE object_type = 'TABLE'
  AND LOWER(object_schema) = LOWER(COALESCE(?, DATABASE()))
  AND LOWER(object_name) = LOWER(?)
  AND lock_type NOT IN ('SHARED', 'SHARED_HIGH_PRIO', 'SHARED_READ', 'SHARED_READ_ONLY')
UNION ALL
SELECT 'nothing is recorded'
FROM (
  SELECT COUNT(*) AS own_locks
  FROM performance_schema.metadata_locks
  WHERE object_schema = 'performance_schema' AND object_name = 'metadata_locks' AND owner_thread_id = ps_current_thread_id()
) AS recorded
WHERE own_locks = 0 AND GTID_SUBSET(CONCAT('enable wait/lock/metadata/sql/mdl: locks recorded ', own_locks), '')

-- name: backlog
SELECT COUNT(*), MIN(:"created_at")
FROM :"table"
WHERE :"unsent"

-- Polling an ordinary table. Its pages are read in the order of the index (time, id), whatever was changed meanwhile.

-- name: table_page
-- :"after" is one of the four predicates that follow.
SELECT :"columns"
FROM :"table" :"hint"
WHERE :"after" AND :"where"
ORDER BY :"order"
LIMIT :"limit"

-- name: table_any
:"first" IS NOT NULL

-- name: table_from
-- ? time
:"time" >= ?

-- name: table_after
-- Two ranges of one index; a comparison of pairs would be none.
-- ? time   ? id   ? the time again
((:"time" = ? AND :"id" > ?) OR :"time" > ?)

-- name: table_above
-- ? id
:"id" > ?

-- name: table_hint
-- While much of the table is left, the optimiser would rather read and sort all of it for every page.
FORCE INDEX (:"index")

-- name: table_last
SELECT :"order"
FROM :"table"
WHERE :"first" IS NOT NULL
ORDER BY :"descending"
LIMIT 1

-- name: table_horizon
-- NOW() is when the statement began, also of one that waits and is in no transaction yet: so the running statements count as well as
-- the open transactions. Both are shown to PROCESS alone. trx_started is in the server's own time zone; a statement's age is in whole
-- seconds.
SELECT NOW(6),
       IF(@@global.read_only OR @@global.innodb_read_only, 1, 0),
       (SELECT MIN(started)
        FROM (
          SELECT CONVERT_TZ(MIN(trx_started), 'SYSTEM', '+00:00') AS started
          FROM information_schema.innodb_trx
          WHERE trx_mysql_thread_id <> CONNECTION_ID()
          UNION ALL
          SELECT NOW() - INTERVAL (MAX(time) + 1) SECOND
          FROM information_schema.processlist
          WHERE id <> CONNECTION_ID() AND command IN ('Query', 'Execute')
        ) AS writers),
       0,
       1

-- name: table_clock
-- Where table_horizon is not allowed.
SELECT NOW(6), IF(@@global.read_only OR @@global.innodb_read_only, 1, 0)

-- name: table_index
-- InnoDB ends every index with the primary key.
-- ? schema or NULL   ? name   ? time   ? id, or the time where there is none   ? the same again
SELECT first.index_name
FROM information_schema.statistics AS first
LEFT JOIN information_schema.statistics AS second
  ON second.table_schema = first.table_schema AND second.table_name = first.table_name AND second.index_name = first.index_name
  AND second.seq_in_index = 2
LEFT JOIN information_schema.statistics AS own
  ON own.table_schema = first.table_schema AND own.table_name = first.table_name AND own.index_name = 'PRIMARY'
  AND own.seq_in_index = 1
WHERE first.table_schema = COALESCE(?, DATABASE()) AND first.table_name = ? AND first.seq_in_index = 1
  AND first.column_name = ?
  AND ? IN (first.column_name, COALESCE(second.column_name, own.column_name))
  AND ? IS NOT NULL

-- name: cursor_read
-- ? name
SELECT state
FROM :"cursor"
WHERE name = ?

-- name: cursor_update
-- ? state   ? name
UPDATE :"cursor"
SET state = ?, saved_at = NOW(6)
WHERE name = ?

-- name: cursor_insert
-- A duplicate key: another one was first.
-- ? name   ? state
INSERT INTO :"cursor" (name, state, saved_at)
VALUES (?, ?, NOW(6))

-- name: cursor_delete
-- ? name
DELETE FROM :"cursor"
WHERE name = ?

-- name: table_columns
-- ? schema or NULL   ? name
SELECT column_name, column_type, IF(is_nullable = 'YES', 1, 0)
FROM information_schema.columns
WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ?
ORDER BY ordinal_position

-- name: not_a_table
-- ? schema or NULL   ? name
SELECT CONCAT('a ', LOWER(table_type))
FROM information_schema.tables
WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? AND table_type NOT IN ('BASE TABLE', 'SYSTEM VERSIONED')

-- name: position_source
-- ? schema or NULL   ? name   ? column
SELECT @@global.auto_increment_increment, 1
FROM information_schema.columns
WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? AND column_name = ? AND extra LIKE '%auto_increment%'

-- name: position_index
-- ? schema or NULL   ? name   ? column
SELECT index_name
FROM information_schema.statistics
WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? AND column_name = ? AND seq_in_index = 1 AND non_unique = 0

-- name: unsent_index
-- Every index of InnoDB ends in the primary key.
-- ? schema or NULL   ? name   ? column
SELECT index_name
FROM information_schema.statistics
WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? AND column_name = ? AND seq_in_index = 1

-- name: position_unique
-- A partitioned table has no unique index without the partition's columns: there one that begins with the column has to do.
-- ? schema or NULL   ? name   ? column   ? the schema again   ? the name again
SELECT COALESCE(MAX(parts = 1 OR partitions > 0), 0)
FROM (
  SELECT COUNT(*) AS parts
  FROM information_schema.statistics
  WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? AND non_unique = 0
  GROUP BY index_name
  HAVING MAX(column_name = ? AND seq_in_index = 1)) AS beginning_with_it
CROSS JOIN (
  SELECT COUNT(partition_name) AS partitions
  FROM information_schema.partitions
  WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ?) AS its_table

-- The lease (NOW is when the statement began): a holder renews its own, anybody takes one that has expired, and who finds none
-- makes it. Each statement is atomic: of two that want the same row the later one waits, and looks again.

-- name: lease_take
-- 1 row: taken or renewed. The assignments are made from left to right: the token's comes while expires_at is the former one.
-- ? holder   ? milliseconds   ? name   ? the holder again
UPDATE :"lease"
SET token = token + IF(expires_at <= NOW(6), 1, 0),
  holder = ?,
  expires_at = NOW(6) + INTERVAL (? * 1000) MICROSECOND
WHERE name = ? AND (holder = ? OR expires_at <= NOW(6))

-- name: lease_first
-- A duplicate key: another one was first.
-- ? name   ? holder   ? milliseconds
INSERT INTO :"lease" (name, holder, token, expires_at)
VALUES (?, ?, 1, NOW(6) + INTERVAL (? * 1000) MICROSECOND)

-- name: lease_release
-- ? name   ? holder   ? token
UPDATE :"lease"
SET expires_at = NOW(6)
WHERE name = ? AND holder = ? AND token = ?

-- name: lease_read
-- ? name
SELECT holder, token, CEIL(TIMESTAMPDIFF(MICROSECOND, NOW(6), expires_at) / 1000)
FROM :"lease"
WHERE name = ?
