-- For table polling (source.mode = table) on SQLite: a time that grows with every change of a row.
-- Put in your table for `customers` and its key for `id`. To be run once: a second run says that the column is there.
-- SQLite's clock has milliseconds. The three digits after them number the changes of a row within one: no change has the time of the one before.
ALTER TABLE customers ADD COLUMN update_ts TEXT;

UPDATE customers SET update_ts = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE update_ts IS NULL;

CREATE TRIGGER IF NOT EXISTS customers_update_ts_insert AFTER INSERT ON customers
BEGIN UPDATE customers SET update_ts = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE id = NEW.id; END;

CREATE TRIGGER IF NOT EXISTS customers_update_ts_update AFTER UPDATE ON customers WHEN NEW.update_ts IS OLD.update_ts
BEGIN UPDATE customers SET update_ts = CASE WHEN strftime('%Y-%m-%dT%H:%M:%f', 'now') > substr(OLD.update_ts, 1, 23) THEN strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') ELSE substr(OLD.update_ts, 1, 23) || printf('%03dZ', substr(OLD.update_ts, 24, 3) + 1) END WHERE id = NEW.id; END;

CREATE INDEX IF NOT EXISTS customers_update_ts ON customers (update_ts, id);
