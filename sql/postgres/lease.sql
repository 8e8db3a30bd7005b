-- The lease for PostgreSQL 12 and later: of several relays on one outbox, the one whose name stands here works, the others wait.
-- name: lease.name, one row for each. token grows whenever the lease passes to somebody after it has expired.
-- expires_at: by this database's clock alone, so the relays' clocks may differ.
-- Beside the outbox, in its schema. Not needed with lease.enabled = false.
CREATE TABLE IF NOT EXISTS outbox_relay_lease (
  name       TEXT NOT NULL PRIMARY KEY,
  holder     TEXT NOT NULL,
  token      BIGINT NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 50);
