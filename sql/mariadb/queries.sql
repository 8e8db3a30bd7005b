-- What outbox-relay runs on PostgreSQL 12 and later. Parameters are untyped text: every use says its type.
-- Every claim says in its last column whether this server is a reader: a relay on a stale stand-by is a duplicate storm.

-- name: claim_head
-- $1 limit
SELECT :"columns", pg_is_in_recovery()
FROM :"table"
WHERE :"unsent"
ORDER BY :"position"
LIMIT $1::bigint

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
FROM unnest($1, $2) AS gap(low, high)
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
WHERE :"position" = ANY ($1) AND :"unsent"
ORDER BY :"position"

-- name: settle_delete_range
-- $1 lows (bigint[])   $2 highs (bigint[])
DELETE FROM :"table"
USING unnest($1, $2) AS run(low, high)
WHERE :"position" BETWEEN run.low AND run.high

-- name: settle_delete_list
-- $1 ids (bigint[])
DELETE FROM :"table"
WHERE :"position" = ANY ($1)

-- name: settle_mark_range
-- $1 lows (bigint[])   $2 highs (bigint[])
UPDATE :"table"
SET :"sent_at" = now()
FROM unnest($1, $2) AS run(low, high)
WHERE :"position" BETWEEN run.low AND run.high AND :"sent_at" IS NULL

-- name: settle_mark_list
-- $1 ids (bigint[])
UPDATE :"table"
SET :"sent_at" = now()
WHERE :"position" = ANY ($1) AND :"sent_at" IS NULL

-- name: gap_writers
-- Whoever has inserted, or waits to insert, holds RowExclusiveLock on the table or a partition until its transaction ends;
-- virtualtransaction names it also after PREPARE, when pid is NULL. Any role may read pg_locks.
-- $1 schema or NULL   $2 name
SELECT DISTINCT virtualtransaction
FROM pg_locks
WHERE locktype = 'relation'
  AND mode = 'RowExclusiveLock'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND relation IN (
    SELECT relid FROM pg_partition_tree(to_regclass(concat_ws('.', quote_ident($1), quote_ident($2))))
    UNION ALL SELECT to_regclass(concat_ws('.', quote_ident($1), quote_ident($2))))

-- name: backlog
SELECT count(*), min(:"created_at")
FROM :"table"
WHERE :"unsent"

-- name: table_columns
-- $1 schema or NULL   $2 name
SELECT attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 0 ELSE 1 END
FROM pg_attribute
WHERE attrelid = to_regclass(concat_ws('.', quote_ident($1), quote_ident($2))) AND attnum > 0 AND NOT attisdropped
ORDER BY attnum
