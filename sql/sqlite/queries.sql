-- What outbox-relay runs on SQLite 3.38 and later (3.35 knows MATERIALIZED, 3.38 has JSON built in). There is one writer, so no claim ever answers as a reader.
-- json_each has columns of its own (id, key, value, type ...), which an outbox may have too: it stays inside subqueries.

-- name: claim_forward
-- ?1 after   ?2 limit
SELECT :"columns", 0
FROM :"table"
WHERE :"position" > ?1 AND :"unsent"
ORDER BY :"position"
LIMIT ?2

-- name: claim_gaps
-- Runs AFTER claim_forward: a predecessor of what that one saw is visible now.
-- CROSS JOIN keeps the gaps outside, so that each is one range scan on the primary key.
-- ?1 lows (JSON)   ?2 highs (JSON)   ?3 limit
WITH gap(gap_low, gap_high) AS MATERIALIZED (
  SELECT value, json_extract(?2, '$[' || key || ']')
  FROM json_each(?1))
SELECT :"columns", 0
FROM gap CROSS JOIN :"table"
WHERE :"position" BETWEEN gap_low AND gap_high AND :"unsent"
ORDER BY :"position"
LIMIT ?3

-- name: claim_ids
-- ?1 ids (JSON)
SELECT :"columns", 0
FROM :"table"
WHERE :"position" IN (SELECT value FROM json_each(?1)) AND :"unsent"
ORDER BY :"position"

-- name: settle_delete_range
-- The count is how many ids were acknowledged: a range that is wider deletes nothing.
-- ?1 low   ?2 high   ?3 count
DELETE FROM :"table"
WHERE :"position" BETWEEN ?1 AND ?2 AND ?2 - ?1 < ?3

-- name: settle_delete_list
-- ?1 ids (JSON)
DELETE FROM :"table"
WHERE :"position" IN (SELECT value FROM json_each(?1))

-- name: settle_mark_range
-- ?1 low   ?2 high   ?3 count
UPDATE :"table"
SET :"sent_at" = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
WHERE :"position" BETWEEN ?1 AND ?2 AND ?2 - ?1 < ?3 AND :"sent_at" IS NULL

-- name: settle_mark_list
-- ?1 ids (JSON)
UPDATE :"table"
SET :"sent_at" = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
WHERE :"position" IN (SELECT value FROM json_each(?1)) AND :"sent_at" IS NULL

-- name: sent_by_ids
-- ?1 after   ?2 high   ?3 limit
SELECT :"position"
FROM :"table"
WHERE :"position" > ?1 AND :"position" <= ?2 AND :"sent_at" IS NOT NULL
ORDER BY :"position"
LIMIT ?3

-- name: sent_by_time
-- Times are texts in several forms: julianday reads them all, to a tenth of a millisecond.
-- ?1 after   ?2 since   ?3 until   ?4 limit
SELECT :"position"
FROM :"table"
WHERE :"position" > ?1 AND julianday(:"time") >= julianday(?2) AND julianday(:"time") < julianday(?3) AND :"sent_at" IS NOT NULL
ORDER BY :"position"
LIMIT ?4

-- name: sent_by_key
-- ?1 after   ?2 key   ?3 limit
SELECT :"position"
FROM :"table"
WHERE :"position" > ?1 AND CAST(:"key" AS TEXT) = ?2 AND :"sent_at" IS NOT NULL
ORDER BY :"position"
LIMIT ?3

-- name: delete_sent_list
-- ?1 ids (JSON)
DELETE FROM :"table"
WHERE :"position" IN (SELECT value FROM json_each(?1)) AND :"sent_at" IS NOT NULL

-- name: unmark_list
-- ?1 ids (JSON)
UPDATE :"table"
SET :"sent_at" = NULL
WHERE :"position" IN (SELECT value FROM json_each(?1)) AND :"sent_at" IS NOT NULL

-- name: dead_copy
-- The outbox's row as it is now. Without a first time it is now.
-- ?1 state   ?2 topic or NULL   ?3 fault   ?4 attempts   ?5 first_at or NULL   ?6 position
INSERT INTO :"dead" (:"row", dead_state, dead_topic, dead_fault, dead_attempts, dead_first_at, dead_last_at)
SELECT :"row", ?1, ?2, ?3, ?4, COALESCE(?5, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
FROM :"table"
WHERE :"position" = ?6 AND :"unsent"

-- name: dead_touch
-- ?1 fault   ?2 attempts   ?3 position
UPDATE :"dead"
SET dead_fault = ?1, dead_attempts = ?2, dead_last_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
WHERE :"position" = ?3 AND dead_state = 'blocked'

-- name: dead_remove
-- ?1 position   ?2 state
DELETE FROM :"dead"
WHERE :"position" = ?1 AND dead_state = ?2

-- name: dead_back
-- Into the outbox again under its own id, so that the event id stays.
-- ?1 position   ?2 state
INSERT INTO :"table" (:"row")
SELECT :"row"
FROM :"dead"
WHERE :"position" = ?1 AND dead_state = ?2

-- name: dead_change
-- ?1 to   ?2 position   ?3 from
UPDATE :"dead"
SET dead_state = ?1, dead_last_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
WHERE :"position" = ?2 AND dead_state = ?3

-- name: dead_list
-- ?1 after   ?2 limit
SELECT :"position", dead_state, dead_topic, :"key", dead_fault, dead_attempts, dead_first_at, dead_last_at
FROM :"dead"
WHERE :"position" > ?1
ORDER BY :"position"
LIMIT ?2

-- name: dead_show
-- ?1 position
SELECT :"row", dead_state, dead_topic, dead_fault, dead_attempts, dead_first_at, dead_last_at
FROM :"dead"
WHERE :"position" = ?1
ORDER BY dead_first_at

-- name: dead_stale
-- Recorded as blocked, and in the outbox no more: it was sent by a relay that did not know of the record.
-- ?1 limit
SELECT :"position"
FROM :"dead" AS recorded
WHERE dead_state = 'blocked' AND NOT EXISTS (
  SELECT 1 FROM :"table" AS waiting WHERE waiting.:"position" = recorded.:"position" AND :"unsent")
ORDER BY :"position"
LIMIT ?1

-- name: dead_counts
SELECT dead_state, COUNT(*)
FROM :"dead"
GROUP BY dead_state

-- name: gap_writers
-- One writer at a time: when a higher id is visible, nobody can still fill a lower one. That needs AUTOINCREMENT: without it
-- an id comes back as soon as the highest row is gone, so a table without it always names itself as a writer.
-- ?1 schema or NULL   ?2 name
SELECT 'no AUTOINCREMENT'
FROM sqlite_master
WHERE type = 'table' AND name = ?2 COLLATE NOCASE AND ifnull(?1, 'main') = 'main' COLLATE NOCASE
  AND sql NOT LIKE '%autoincrement%'

-- name: backlog
SELECT count(*), min(:"created_at")
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
-- ?1 time
:"time" >= ?1

-- name: table_after
-- ?1 time   ?2 id   ?3 the time again
(:"time", :"id") > (?1, ?2) AND :"time" >= ?3

-- name: table_above
-- ?1 id
:"id" > ?1

-- name: table_hint
-- None is needed.

-- name: table_last
SELECT :"order"
FROM :"table"
WHERE :"first" IS NOT NULL
ORDER BY :"descending"
LIMIT 1

-- name: table_horizon
-- There is one writer at a time, and nothing says since when it writes.
SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), 0, NULL, 0, 0

-- name: table_clock
SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), 0

-- name: table_index
-- An index over one column ends with the rowid.
-- ?1 schema or NULL   ?2 name   ?3 time   ?4 id, or the time where there is none   ?5 the same again
SELECT list.name
FROM pragma_index_list(?2, ?1) AS list
JOIN pragma_index_info(list.name, ?1) AS first ON first.seqno = 0
LEFT JOIN pragma_index_info(list.name, ?1) AS second ON second.seqno = 1
WHERE NOT list.partial AND first.name = ?3 COLLATE NOCASE
  AND (?4 = ?3 OR second.name = ?5 COLLATE NOCASE
       OR (second.name IS NULL AND EXISTS (SELECT 1 FROM pragma_table_info(?2, ?1) WHERE pk = 1 AND name = ?4 COLLATE NOCASE)))

-- name: cursor_read
-- ?1 name
SELECT state
FROM :"cursor"
WHERE name = ?1

-- name: cursor_update
-- ?1 state   ?2 name
UPDATE :"cursor"
SET state = ?1, saved_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
WHERE name = ?2

-- name: cursor_insert
-- A duplicate key: another one was first.
-- ?1 name   ?2 state
INSERT INTO :"cursor" (name, state, saved_at)
VALUES (?1, ?2, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))

-- name: cursor_delete
-- ?1 name
DELETE FROM :"cursor"
WHERE name = ?1

-- name: table_columns
-- Whatever a declaration says, SQLite keeps 64 bit of every integer and of every real.
-- ?1 schema or NULL   ?2 name
SELECT name,
       CASE WHEN type LIKE '%INT%' THEN 'bigint' WHEN type LIKE '%REAL%' OR type LIKE '%FLOA%' THEN 'double' ELSE type END,
       CASE WHEN "notnull" OR pk THEN 0 ELSE 1 END
FROM pragma_table_info(?2, ?1)
ORDER BY cid

-- name: not_a_table
-- ?1 schema or NULL (a view has no other than its own)   ?2 name
SELECT 'a view'
FROM sqlite_master
WHERE type = 'view' AND name = ?2 COLLATE NOCASE AND ifnull(?1, 'main') = 'main' COLLATE NOCASE

-- name: position_source
-- A rowid is the former one and one.
-- ?1 schema or NULL   ?2 name   ?3 column
SELECT 1, 1
FROM pragma_table_info(?2, ?1)
WHERE pk = 1 AND name = ?3 COLLATE NOCASE AND NOT EXISTS (SELECT 1 FROM pragma_table_info(?2, ?1) WHERE pk = 2)

-- name: position_index
-- The rowid's own key has no entry in the list of indexes.
-- ?1 schema or NULL   ?2 name   ?3 column
SELECT 'the primary key'
FROM pragma_table_info(?2, ?1)
WHERE pk = 1 AND name = ?3 COLLATE NOCASE
UNION ALL
SELECT list.name
FROM pragma_index_list(?2, ?1) AS list
JOIN pragma_index_info(list.name, ?1) AS part ON part.seqno = 0
WHERE list."unique" AND NOT list.partial AND part.name = ?3 COLLATE NOCASE

-- name: unsent_index
-- An index of some rows alone is taken for one of the unsent ones: what it is of stands in no pragma.
-- ?1 schema or NULL   ?2 name   ?3 column
SELECT list.name
FROM pragma_index_list(?2, ?1) AS list
JOIN pragma_index_info(list.name, ?1) AS part ON part.seqno = 0
WHERE list.partial OR part.name = ?3 COLLATE NOCASE

-- name: position_unique
-- ?1 schema or NULL   ?2 name   ?3 column   ?4 the schema again   ?5 the name again
SELECT (SELECT COUNT(*) = 1 AND MAX(name) = ?3 COLLATE NOCASE FROM pragma_table_info(?2, ?1) WHERE pk > 0)
    OR EXISTS (
      SELECT 1
      FROM pragma_index_list(?5, ?4) AS list
      JOIN pragma_index_info(list.name, ?4) AS part
      WHERE list."unique" AND NOT list.partial
      GROUP BY list.name
      HAVING COUNT(*) = 1 AND MAX(part.name) = ?3 COLLATE NOCASE)

-- The lease: a holder renews its own, anybody takes one that has expired, and who finds none makes it.

-- name: lease_take
-- 1 row: taken or renewed.
-- ?1 holder   ?2 milliseconds   ?3 name   ?4 the holder again
UPDATE :"lease"
SET token = token + (expires_at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  holder = ?1,
  expires_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+' || (?2 / 1000.0) || ' seconds')
WHERE name = ?3 AND (holder = ?4 OR expires_at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))

-- name: lease_first
-- A duplicate key: another one was first.
-- ?1 name   ?2 holder   ?3 milliseconds
INSERT INTO :"lease" (name, holder, token, expires_at)
VALUES (?1, ?2, 1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+' || (?3 / 1000.0) || ' seconds'))

-- name: lease_release
-- ?1 name   ?2 holder   ?3 token
UPDATE :"lease"
SET expires_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
WHERE name = ?1 AND holder = ?2 AND token = ?3

-- name: lease_read
-- ?1 name
SELECT holder, token, CAST(round((julianday(expires_at) - julianday('now')) * 86400000) AS INTEGER)
FROM :"lease"
WHERE name = ?1
