-- UNTESTED: no Oracle server was at hand. The relay would come to it through ODBC; say in an issue what you saw.
-- For table polling (source.mode = table) on Oracle 12c and later: a time that grows with every change of a row, in UTC.
-- Put in your table for `customers` and its key for `id`. To be run once. Rows that are there get the time of this statement.
ALTER TABLE customers ADD (update_ts TIMESTAMP(6) DEFAULT SYS_EXTRACT_UTC(SYSTIMESTAMP) NOT NULL);

CREATE OR REPLACE TRIGGER customers_update_ts
BEFORE INSERT OR UPDATE ON customers
FOR EACH ROW
BEGIN
  :NEW.update_ts := SYS_EXTRACT_UTC(SYSTIMESTAMP);
  IF UPDATING AND :NEW.update_ts <= :OLD.update_ts THEN
    :NEW.update_ts := :OLD.update_ts + INTERVAL '0.000001' SECOND;
  END IF;
END;
/

-- On a table in use: CREATE INDEX ... ONLINE.
CREATE INDEX customers_update_ts ON customers (update_ts, id);
