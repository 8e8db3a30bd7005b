-- The rows of a run, made once: 10,000 aggregates, payloads of about 300 bytes. Each round copies them into the outbox.
CREATE TABLE IF NOT EXISTS bench_rows AS
SELECT n,
       'order-' || (n::bigint * 7919) % 10000 AS aggregate_id,
       format('{"order":"order-%s","line":%s,"sku":"%s","name":"%s","quantity":%s,"price":"%s.%s","currency":"EUR","note":"%s"}',
              (n::bigint * 7919) % 10000, n, md5(n::text), md5((n + 1)::text), n % 9 + 1, n % 500, n % 90 + 10,
              md5((n + 2)::text) || md5((n + 3)::text) || md5((n + 4)::text)) AS payload
FROM generate_series(1, :rows) AS n;
