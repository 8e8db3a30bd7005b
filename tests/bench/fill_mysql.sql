-- The rows of a run, made once: 10,000 aggregates, payloads of about 300 bytes. Each round copies them into the outbox.
SET SESSION cte_max_recursion_depth = 2000000;
CREATE TABLE IF NOT EXISTS bench_rows (n BIGINT PRIMARY KEY, aggregate_id VARCHAR(255), payload MEDIUMTEXT) CHARACTER SET utf8mb4;
INSERT IGNORE INTO bench_rows
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @rows)
SELECT n,
       CONCAT('order-', (n * 7919) % 10000),
       CONCAT('{"order":"order-', (n * 7919) % 10000, '","line":', n, ',"sku":"', LEFT(SHA2(n, 224), 32), '","name":"', LEFT(SHA2(n + 1, 224), 32),
              '","quantity":', n % 9 + 1, ',"price":"', n % 500, '.', n % 90 + 10, '","currency":"EUR","note":"',
              LEFT(SHA2(n + 2, 512), 96), '"}')
FROM numbers;
