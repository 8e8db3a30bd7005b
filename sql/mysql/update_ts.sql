-- For table polling (source.mode = table) on MySQL 8.0 and later: a time that grows with every change of a row.
-- Put in your table for `customers` and its key for `id`. To be run once: a second run says that the column is there. Why it is so: sql/README.md.
-- TIMESTAMP is kept in UTC, whatever time zone a session has; it ends in 2038. (6): without it two changes in one second look like one.
-- Rows that are there get the time of this statement.
ALTER TABLE customers
  ADD COLUMN update_ts TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  ADD INDEX customers_update_ts (update_ts, id);
