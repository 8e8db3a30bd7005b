-- UNTESTED: no Oracle server was at hand. The relay would come to it through ODBC; say in an issue what you saw.
-- The lease for Oracle 23ai and later (before that: without IF NOT EXISTS): of several relays on one outbox, the one whose name
-- stands here works, the others wait. token grows whenever the lease passes to somebody after it has expired.
-- Beside the outbox, in its schema. Not needed with lease.enabled = false.
CREATE TABLE IF NOT EXISTS "outbox_relay_lease" (
  name       VARCHAR2(255 CHAR) CONSTRAINT outbox_relay_lease_pk PRIMARY KEY,
  holder     VARCHAR2(255 CHAR) NOT NULL,
  token      NUMBER(19) NOT NULL,
  expires_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
