-- Least privilege on PostgreSQL, run by the owner of the outbox, delete variant.
-- Yours to put in: the names outbox_app and outbox_relay, and the passwords 'change-me'.
-- Mark variant: write SELECT, UPDATE (sent_at) where it says SELECT, DELETE.
-- In a schema of its own, both roles also need USAGE on that schema.

-- The application: inserts these columns and nothing else. The id is not among them: the INSERT draws it,
-- and an identity column needs no right on its sequence.
CREATE ROLE outbox_app LOGIN PASSWORD 'change-me';
GRANT INSERT (aggregate_type, aggregate_id, event_type, payload, headers) ON outbox TO outbox_app;
-- Only where the framework reads the id back (INSERT ... RETURNING id, as JPA does) it needs SELECT (id) as well.

-- The relay. Who could still fill a gap it reads in pg_locks, which is open to every role.
CREATE ROLE outbox_relay LOGIN PASSWORD 'change-me';
GRANT SELECT, DELETE ON outbox TO outbox_relay;
-- lease.sql has made this one; with lease.enabled = false leave the line out.
GRANT SELECT, INSERT, UPDATE ON outbox_relay_lease TO outbox_relay;
-- The dead letters, where dead.sql made the table. With these rights the relay keeps them, and people run `dead list`, `show`, `skip`
-- and, of a blocked row, `retry`. `dead retry` of a parked or skipped row inserts it into the outbox: only its owner may. (Mark variant:
-- the row is still there, the relay's rights are enough.)
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox_dead TO outbox_relay;
-- Until its first ANALYZE PostgreSQL believes that few rows are unsent, and would read and sort all of them for every page:
-- 1 s a page at 1,000,000 rows, instead of 2 ms along the index.
ALTER ROLE outbox_relay SET enable_bitmapscan = off;
