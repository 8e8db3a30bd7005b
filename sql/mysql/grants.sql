-- Least privilege on MySQL, run in the outbox's database by an administrator, delete variant.
-- Yours to put in: the names outbox_app and outbox_relay, the hosts '%', and the passwords 'change-me'.
-- Mark variant: write SELECT, UPDATE (sent_at) where it says SELECT, DELETE.

-- The application: inserts these columns and nothing else. The id is not among them: an INSERT that brings its own is refused.
CREATE USER IF NOT EXISTS 'outbox_app'@'%' IDENTIFIED BY 'change-me';
GRANT INSERT (aggregate_type, aggregate_id, event_type, payload, headers) ON outbox TO 'outbox_app'@'%';

-- The relay.
CREATE USER IF NOT EXISTS 'outbox_relay'@'%' IDENTIFIED BY 'change-me';
GRANT SELECT, DELETE ON outbox TO 'outbox_relay'@'%';
-- lease.sql has made this one; with lease.enabled = false leave the line out.
GRANT SELECT, INSERT, UPDATE ON outbox_relay_lease TO 'outbox_relay'@'%';
-- The dead letters, where dead.sql made the table. With these rights the relay keeps them, and people run `dead list`, `show`, `skip`
-- and, of a blocked row, `retry`. `dead retry` of a parked or skipped row inserts it into the outbox: only its owner may. (Mark variant:
-- the row is still there, the relay's rights are enough.)
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox_dead TO 'outbox_relay'@'%';
-- Who could still fill a gap in the ids. Without it the relay cannot tell, and looks into a quiet gap for ten minutes and more.
GRANT SELECT ON performance_schema.metadata_locks TO 'outbox_relay'@'%';
