-- For table polling (source.mode = table) on MariaDB 10.6 and later: a time that grows with every change of a row.
-- Put in your table for `customers` and its key for `id`. Why it is so: sql/README.md.
-- TIMESTAMP is kept in UTC, whatever time zone a session has; it ends in 2038 (from 11.5 on in 2106). (6): without it two changes in one second look like one.
-- Rows that are there get the time of this statement.
ALTER TABLE customers
  ADD COLUMN IF NOT EXISTS update_ts TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  ADD INDEX IF NOT EXISTS customers_update_ts (update_ts, id);
