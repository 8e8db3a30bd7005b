-- UNTESTED: no SQL Server was at hand. The relay would come to it through ODBC; say in an issue what you saw.
-- For table polling (source.mode = table) on SQL Server 2019 and later: a time that grows with every change of a row, in UTC.
-- Put in your table for `customers` and its key for `id`. Rows that are there get the time of this statement. Do not poll by ROWVERSION: it is no time.
IF COL_LENGTH('customers', 'update_ts') IS NULL
ALTER TABLE customers ADD update_ts DATETIME2(6) NOT NULL CONSTRAINT customers_update_ts_now DEFAULT SYSUTCDATETIME();
GO

-- The nesting level: its own update must not call it again where RECURSIVE_TRIGGERS is on.
CREATE OR ALTER TRIGGER customers_update_ts ON customers AFTER UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF TRIGGER_NESTLEVEL(OBJECT_ID('customers_update_ts')) > 1 RETURN;
  UPDATE customers SET update_ts = CASE WHEN SYSUTCDATETIME() > before.update_ts THEN SYSUTCDATETIME() ELSE DATEADD(MICROSECOND, 1, before.update_ts) END
  FROM customers JOIN deleted AS before ON before.id = customers.id;
END;
GO

IF INDEXPROPERTY(OBJECT_ID('customers'), 'customers_update_ts', 'IndexID') IS NULL
CREATE INDEX customers_update_ts ON customers (update_ts, id);
