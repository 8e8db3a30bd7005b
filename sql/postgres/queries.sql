-- What outbox-relay runs on PostgreSQL 12 and later. Parameters are untyped text: every use says its type.
-- Every claim says in its last column whether this server is a reader: a relay on a stale stand-by is a duplicate storm.

-- name: claim_forward
-- $1 after   $2 limit
SELECT :"columns", pg_is_in_recovery()
FROM :"table"
WHERE :"position" > $1::bigint AND :"unsent"
ORDER BY :"position"
LIMIT $2::bigint

-- name: claim_gaps
-- Runs AFTER claim_forward: a predecessor of what that one saw is visible now.
-- One range scan an interval: as a list of ids, one gap of 2,000,000 took 3.5 s instead of 5 ms.
-- $1 lows (bigint[])   $2 highs (bigint[])   $3 limit
SELECT found.*, pg_is_in_recovery()
FROM unnest($1::bigint[], $2::bigint[]) AS gap(low, high)
CROSS JOIN LATERAL (
  SELECT :"columns"
  FROM :"table"
  WHERE :"position" BETWEEN gap.low AND gap.high AND :"unsent"
  ORDER BY :"position"
  LIMIT $3::bigint
) AS found
ORDER BY gap.low, found.:"position"
LIMIT $3::bigint

-- name: claim_ids
-- $1 ids (bigint[])
SELECT :"columns", pg_is_in_recovery()
FROM :"table"
WHERE :"position" = ANY ($1::bigint[]) AND :"unsent"
ORDER BY :"position"

-- name: settle_delete_range
-- $1 lows (bigint[])   $2 highs (bigint[])
DELETE FROM :"table" AS settled
USING unnest($1::bigint[], $2::bigint[]) AS run(low, high)
WHERE settled.:"position" BETWEEN run.low AND run.high

-- name: settle_delete_list
-- $1 ids (bigint[])
DELETE FROM :"table"
WHERE :"position" = ANY ($1::bigint[])

-- name: settle_mark_range
-- $1 lows (bigint[])   $2 highs (bigint[])
UPDATE :"table" AS settled
SET :"sent_at" = now()
FROM unnest($1::bigint[], $2::bigint[]) AS run(low, high)
WHERE settled.:"position" BETWEEN run.low AND run.high AND settled.:"sent_at" IS NULL

-- name: settle_mark_list
-- $1 ids (bigint[])
UPDATE :"table"
SET :"sent_at" = now()
WHERE :"position" = ANY ($1::bigint[]) AND :"sent_at" IS NULL

-- name: sent_by_ids
-- $1 after   $2 high   $3 limit
SELECT :"position"
FROM :"table"
WHERE :"position" > $1::bigint AND :"position" <= $2::bigint AND :"sent_at" IS NOT NULL
ORDER BY :"position"
LIMIT $3::bigint

-- name: sent_by_time
-- $1 after   $2 since   $3 until   $4 limit
SELECT :"position"
FROM :"table"
WHERE :"position" > $1::bigint AND :"time" >= $2::timestamptz AND :"time" < $3::timestamptz AND :"sent_at" IS NOT NULL
ORDER BY :"position"
LIMIT $4::bigint

-- name: sent_by_key
-- $1 after   $2 key   $3 limit
SELECT :"position"
FROM :"table"
WHERE :"position" > $1::bigint AND :"key"::text = $2::text AND :"sent_at" IS NOT NULL
ORDER BY :"position"
LIMIT $3::bigint

-- name: delete_sent_list
-- $1 ids (bigint[])
DELETE FROM :"table"
WHERE :"position" = ANY ($1::bigint[]) AND :"sent_at" IS NOT NULL

-- name: unmark_list
-- $1 ids (bigint[])
UPDATE :"table"
SET :"sent_at" = NULL
WHERE :"position" = ANY ($1::bigint[]) AND :"sent_at" IS NOT NULL

-- name: dead_copy
-- The outbox's row as it is now. Without a first time it is now.
-- $1 state   $2 topic or NULL   $3 fault   $4 attempts   $5 first_at or NULL   $6 position
INSERT INTO :"dead" (:"row", dead_state, dead_topic, dead_fault, dead_attempts, dead_first_at, dead_last_at)
SELECT :"row", $1::text, $2::text, $3::text, $4::bigint, COALESCE($5::timestamptz, clock_timestamp()), clock_timestamp()
FROM :"table"
WHERE :"position" = $6::bigint AND :"unsent"

-- name: dead_touch
-- $1 fault   $2 attempts   $3 position
UPDATE :"dead"
SET dead_fault = $1::text, dead_attempts = $2::bigint, dead_last_at = clock_timestamp()
WHERE :"position" = $3::bigint AND dead_state = 'blocked'

-- name: dead_remove
-- $1 position   $2 state
DELETE FROM :"dead"
WHERE :"position" = $1::bigint AND dead_state = $2::text

-- name: dead_back
-- Into the outbox again under its own id, so that the event id stays.
-- $1 position   $2 state
INSERT INTO :"table" (:"row") OVERRIDING SYSTEM VALUE
SELECT :"row"
FROM :"dead"
WHERE :"position" = $1::bigint AND dead_state = $2::text

-- name: dead_change
-- $1 to   $2 position   $3 from
UPDATE :"dead"
SET dead_state = $1::text, dead_last_at = clock_timestamp()
WHERE :"position" = $2::bigint AND dead_state = $3::text

-- name: dead_list
-- $1 after   $2 limit
SELECT :"position", dead_state, dead_topic, :"key", dead_fault, dead_attempts, dead_first_at, dead_last_at
FROM :"dead"
WHERE :"position" > $1::bigint
ORDER BY :"position"
LIMIT $2::bigint

-- name: dead_show
-- $1 position
SELECT :"row", dead_state, dead_topic, dead_fault, dead_attempts, dead_first_at, dead_last_at
FROM :"dead"
WHERE :"position" = $1::bigint
ORDER BY dead_first_at

-- name: dead_stale
-- Recorded as blocked, and in the outbox no more: it was sent by a relay that did not know of the record.
-- $1 limit
SELECT :"position"
FROM :"dead" AS recorded
WHERE dead_state = 'blocked' AND NOT EXISTS (
  SELECT 1 FROM :"table" AS waiting WHERE waiting.:"position" = recorded.:"position" AND :"unsent")
ORDER BY :"position"
LIMIT $1::bigint

-- name: dead_counts
SELECT dead_state, COUNT(*)
FROM :"dead"
GROUP BY dead_state

-- name: gap_writers
-- Whoever has inserted, or waits to insert, holds RowExclusiveLock on the table, a partition or a table that inherits from it, until its
-- transaction ends; virtualtransaction names it also after PREPARE, when pid is NULL. Any role may read pg_locks.
-- $1 schema or NULL   $2 name
SELECT DISTINCT virtualtransaction
FROM pg_locks
WHERE locktype = 'relation'
  AND mode = 'RowExclusiveLock'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND relation IN (
    WITH RECURSIVE part(id) AS (
      SELECT to_regclass(concat_ws('.', quote_ident($1), quote_ident($2)))::oid
      UNION
      SELECT inhrelid FROM pg_inherits JOIN part ON inhparent = part.id)
    SELECT id FROM part)

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
-- $1 time
:"time" >= $1

-- name: table_after
-- $1 time   $2 id   $3 the time again
(:"time", :"id") > ($1, $2) AND :"time" >= $3

-- name: table_above
-- $1 id
:"id" > $1

-- name: table_hint
-- None is needed.

-- name: table_last
SELECT :"order"
FROM :"table"
WHERE :"first" IS NOT NULL
ORDER BY :"descending"
LIMIT 1

-- name: table_horizon
-- now() in a transaction is when it began, and pg_stat_activity shows that of every session to pg_read_all_stats alone. A prepared
-- transaction does not say when it began: while there is one, nothing is final. Vacuums write no rows.
SELECT statement_timestamp(),
       CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END,
       (SELECT min(xact_start)
        FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND backend_type NOT IN ('autovacuum worker', 'walsender')),
       (SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()),
       CASE WHEN pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') THEN 1 ELSE 0 END

-- name: table_clock
-- Where table_horizon is not allowed.
SELECT statement_timestamp(), CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END

-- name: table_index
-- $1 schema or NULL   $2 name   $3 time   $4 id, or the time where there is none   $5 the same again
SELECT index_class.relname
FROM pg_index
JOIN pg_class AS index_class ON index_class.oid = indexrelid
JOIN pg_attribute AS first ON first.attrelid = indrelid AND first.attnum = indkey[0]
LEFT JOIN pg_attribute AS second ON second.attrelid = indrelid AND indnkeyatts > 1 AND second.attnum = indkey[1]
WHERE indrelid = to_regclass(concat_ws('.', quote_ident($1), quote_ident($2)))
  AND indisvalid AND indpred IS NULL AND first.attname = $3 AND (second.attname = $4 OR $5 = $3)

-- name: cursor_read
-- $1 name
SELECT state
FROM :"cursor"
WHERE name = $1

-- name: cursor_update
-- $1 state   $2 name
UPDATE :"cursor"
SET state = $1, saved_at = statement_timestamp()
WHERE name = $2

-- name: cursor_insert
-- A duplicate key: another one was first.
-- $1 name   $2 state
INSERT INTO :"cursor" (name, state, saved_at)
VALUES ($1, $2, statement_timestamp())

-- name: cursor_delete
-- $1 name
DELETE FROM :"cursor"
WHERE name = $1

-- name: table_columns
-- A domain may stand for another domain; the type is what lies behind the last one.
-- $1 schema or NULL   $2 name
WITH RECURSIVE declared (number, name, nullable, type, modifier) AS (
  SELECT attnum, attname, CASE WHEN attnotnull THEN 0 ELSE 1 END, atttypid, atttypmod
  FROM pg_attribute
  WHERE attrelid = to_regclass(concat_ws('.', quote_ident($1), quote_ident($2))) AND attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT number, name, nullable, typbasetype, typtypmod
  FROM declared
  JOIN pg_type ON pg_type.oid = type AND typtype = 'd'
)
SELECT name,
       CASE typtype
         WHEN 'e' THEN 'enum(' || COALESCE((SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder)
                                            FROM pg_enum WHERE enumtypid = type), '') || ')'
         ELSE format_type(type, modifier)
       END,
       nullable
FROM declared
JOIN pg_type ON pg_type.oid = type AND typtype <> 'd'
ORDER BY number

-- name: not_a_table
-- $1 schema or NULL   $2 name
SELECT CASE relkind WHEN 'v' THEN 'a view' WHEN 'm' THEN 'a materialized view' WHEN 'f' THEN 'a foreign table' ELSE 'no table' END
FROM pg_class
WHERE oid = to_regclass(concat_ws('.', quote_ident($1), quote_ident($2))) AND relkind NOT IN ('r', 'p')

-- name: position_source
-- The sequence that the column owns, or that its default draws from.
-- $1 schema or NULL   $2 name   $3 column
SELECT seqincrement, seqcache
FROM pg_attribute
JOIN pg_sequence ON seqrelid IN (
  SELECT objid FROM pg_depend
  WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = attrelid AND refobjsubid = attnum
  UNION
  SELECT refobjid
  FROM pg_attrdef
  JOIN pg_depend ON classid = 'pg_attrdef'::regclass AND objid = pg_attrdef.oid AND refclassid = 'pg_class'::regclass
  WHERE adrelid = attrelid AND adnum = attnum)
WHERE attrelid = to_regclass(concat_ws('.', quote_ident($1), quote_ident($2))) AND attname = $3

-- name: position_index
-- $1 schema or NULL   $2 name   $3 column
SELECT index_class.relname
FROM pg_index
JOIN pg_class AS index_class ON index_class.oid = indexrelid
JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
WHERE indrelid = to_regclass(concat_ws('.', quote_ident($1), quote_ident($2)))
  AND indisunique AND indisvalid AND indpred IS NULL AND attname = $3

-- name: unsent_index
-- An index of the unsent rows alone, or one that begins with the mark.
-- $1 schema or NULL   $2 name   $3 column
SELECT index_class.relname
FROM pg_index
JOIN pg_class AS index_class ON index_class.oid = indexrelid
LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
WHERE indrelid = to_regclass(concat_ws('.', quote_ident($1), quote_ident($2))) AND indisvalid
  AND CASE
        WHEN indpred IS NULL THEN attname = $3
        ELSE pg_get_expr(indpred, indrelid) = '(' || quote_ident($3) || ' IS NULL)'
      END

-- name: position_unique
-- A partitioned table has no unique index without the partition's key: there one that begins with the column has to do.
-- $1 schema or NULL   $2 name   $3 column   $4 the schema again   $5 the name again
SELECT CASE
         WHEN EXISTS (SELECT 1
                      FROM pg_index
                      WHERE indrelid = to_regclass(concat_ws('.', quote_ident($4), quote_ident($5)))
                        AND indisunique AND indisvalid AND indpred IS NULL
                        AND indkey[0] = attnum AND (indnkeyatts = 1 OR relkind = 'p')) THEN 1
         ELSE 0
       END
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
WHERE attrelid = to_regclass(concat_ws('.', quote_ident($1), quote_ident($2))) AND attname = $3

-- The lease (the functions of time say when the statement began): a holder renews its own, anybody takes one that has expired,
-- and who finds none makes it. Each statement is atomic: of two that want the same row the later one waits, and looks again.

-- name: lease_take
-- 1 row: taken or renewed.
-- $1 holder   $2 milliseconds   $3 name   $4 the holder again
UPDATE :"lease"
SET token = token + CASE WHEN expires_at <= statement_timestamp() THEN 1 ELSE 0 END,
  holder = $1,
  expires_at = statement_timestamp() + $2::bigint * interval '1 millisecond'
WHERE name = $3 AND (holder = $4 OR expires_at <= statement_timestamp())

-- name: lease_first
-- A duplicate key: another one was first.
-- $1 name   $2 holder   $3 milliseconds
INSERT INTO :"lease" (name, holder, token, expires_at)
VALUES ($1, $2, 1, statement_timestamp() + $3::bigint * interval '1 millisecond')

-- name: lease_release
-- $1 name   $2 holder   $3 token
UPDATE :"lease"
SET expires_at = statement_timestamp()
WHERE name = $1 AND holder = $2 AND token = $3::bigint

-- name: lease_read
-- $1 name
SELECT holder, token, ceil(extract(epoch FROM expires_at - statement_timestamp()) * 1000)::bigint
FROM :"lease"
WHERE name = $1
