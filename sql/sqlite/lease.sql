-- The lease for SQLite: of several relays on one outbox, the one whose name stands here works, the others wait.
-- name: lease.name, one row for each. token grows whenever the lease passes to somebody after it has expired. expires_at is UTC.
-- Not needed with lease.enabled = false.
CREATE TABLE IF NOT EXISTS outbox_relay_lease (
  name       TEXT NOT NULL PRIMARY KEY,
  holder     TEXT NOT NULL,
  token      INTEGER NOT NULL,
  expires_at TEXT NOT NULL
);
