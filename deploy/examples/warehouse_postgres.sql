-- Where jdbc-sink-postgres.json writes topic shop.orders. Without this table the sink makes one: see README.md for the types that it then has.
CREATE TABLE IF NOT EXISTS shop_orders (
  aggregate_id   TEXT PRIMARY KEY,
  id             BIGINT NOT NULL,
  aggregate_type TEXT NOT NULL,
  event_type     TEXT NOT NULL,
  created_at     TIMESTAMPTZ(6) NOT NULL,
  quantity       INTEGER,
  total          NUMERIC(12, 2),
  weight         DOUBLE PRECISION,
  paid           BOOLEAN,
  due_on         DATE,
  due_at         TIME(6),
  placed_at      TIMESTAMP(6),
  shipped_at     TIMESTAMPTZ(6),
  customer       UUID,
  attributes     JSONB,
  document       BYTEA,
  note           TEXT,
  payload        JSON
);
