-- For table polling (source.mode = table) on PostgreSQL 14 and later (before that, write CREATE TRIGGER): a time that grows with every change of a row.
-- Put in your table for `customers` and its key for `id`. Run by the table's owner; why each line is as it is: sql/README.md.
-- now() as the first default keeps the table's rows in place; they all get the time of this statement.
ALTER TABLE customers ADD COLUMN IF NOT EXISTS update_ts TIMESTAMPTZ(6) NOT NULL DEFAULT now();
ALTER TABLE customers ALTER COLUMN update_ts SET DEFAULT clock_timestamp();

-- Never the same time twice for one row, also when the server's clock goes back.
CREATE OR REPLACE FUNCTION set_update_ts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.update_ts := clock_timestamp();
  IF TG_OP = 'UPDATE' AND NEW.update_ts <= OLD.update_ts THEN
    NEW.update_ts := OLD.update_ts + interval '1 microsecond';
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER set_update_ts
  BEFORE INSERT OR UPDATE ON customers
  FOR EACH ROW EXECUTE FUNCTION set_update_ts();

-- On a table in use: CREATE INDEX CONCURRENTLY, outside of a transaction.
CREATE INDEX IF NOT EXISTS customers_update_ts ON customers (update_ts, id);
