-- The lease for MySQL 8.0 and later: of several relays on one outbox, the one whose name stands here works, the others wait.
-- name: lease.name, one row for each. token grows whenever the lease passes to somebody after it has expired.
-- expires_at: by this database's clock alone, so the relays' clocks may differ. Its default keeps MySQL from adding ON UPDATE.
-- Beside the outbox, in its database. Not needed with lease.enabled = false.
CREATE TABLE IF NOT EXISTS outbox_relay_lease (
  name       VARCHAR(255) NOT NULL PRIMARY KEY,
  holder     VARCHAR(255) NOT NULL,
  token      BIGINT NOT NULL,
  expires_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
