-- Where jdbc-sink-mysql.json writes topic shop.orders. Without this table the sink makes one: see README.md for the types that it then has.
CREATE TABLE IF NOT EXISTS shop_orders (
  aggregate_id   VARCHAR(255) PRIMARY KEY,
  id             BIGINT NOT NULL,
  aggregate_type VARCHAR(255) NOT NULL,
  event_type     VARCHAR(255) NOT NULL,
  created_at     DATETIME(6) NOT NULL,
  quantity       INT NULL,
  total          DECIMAL(12, 2) NULL,
  weight         DOUBLE NULL,
  paid           BOOLEAN NULL,
  due_on         DATE NULL,
  due_at         TIME(6) NULL,
  placed_at      DATETIME(6) NULL,
  shipped_at     DATETIME(6) NULL,
  customer       CHAR(36) NULL,
  attributes     JSON NULL,
  document       LONGBLOB NULL,
  note           TEXT NULL,
  payload        MEDIUMTEXT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
