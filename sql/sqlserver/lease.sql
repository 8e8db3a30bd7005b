-- UNTESTED: no SQL Server was at hand. The relay would come to it through ODBC; say in an issue what you saw.
-- The lease for SQL Server 2019 and later: of several relays on one outbox, the one whose name stands here works, the others wait.
-- token grows whenever the lease passes to somebody after it has expired.
-- expires_at: without a time zone, as CURRENT_TIMESTAMP is here. Beside the outbox, in its schema. Not needed with lease.enabled = false.
IF OBJECT_ID('outbox_relay_lease', 'U') IS NULL
CREATE TABLE outbox_relay_lease (
  name       NVARCHAR(255) NOT NULL CONSTRAINT outbox_relay_lease_pk PRIMARY KEY,
  holder     NVARCHAR(255) NOT NULL,
  token      BIGINT NOT NULL,
  expires_at DATETIME2(6) NOT NULL
);
