-- UNTESTED: no SQL Server was at hand. The relay would come to it through ODBC; say in an issue what you saw.
-- The outbox for SQL Server 2019 and later, delete variant: a row is deleted once Kafka has it.
-- id: drawn by the INSERT itself, and the clustered key. After a restart IDENTITY may leave a gap of 1,000, which is no harm.
IF OBJECT_ID('outbox', 'U') IS NULL
CREATE TABLE outbox (
  id             BIGINT IDENTITY (1, 1) NOT NULL CONSTRAINT outbox_pk PRIMARY KEY CLUSTERED,
  aggregate_type NVARCHAR(255) NOT NULL,
  aggregate_id   NVARCHAR(255) NOT NULL,
  event_type     NVARCHAR(255) NOT NULL,
  payload        NVARCHAR(MAX) NULL,
  headers        NVARCHAR(MAX) NULL,
  created_at     DATETIMEOFFSET(6) NOT NULL CONSTRAINT outbox_created_at DEFAULT SYSDATETIMEOFFSET()
);
