-- UNTESTED: no Oracle server was at hand. The relay would come to it through ODBC; say in an issue what you saw.
-- Least privilege, run by the owner of the outbox, delete variant. Yours to put in: the names outbox_app and outbox_relay, and the passwords.
-- Mark variant: write SELECT, UPDATE (sent_at) as two lines (GRANT SELECT ON ..., GRANT UPDATE (sent_at) ON ...) instead of SELECT, DELETE.
-- In the owner's schema both need a synonym outbox, or the owner's name before it.
CREATE USER outbox_app IDENTIFIED BY "change-me";
GRANT CREATE SESSION TO outbox_app;
GRANT INSERT (aggregate_type, aggregate_id, event_type, payload, headers) ON outbox TO outbox_app;

CREATE USER outbox_relay IDENTIFIED BY "change-me";
GRANT CREATE SESSION TO outbox_relay;
GRANT SELECT, DELETE ON outbox TO outbox_relay;
-- lease.sql has made this one; with lease.enabled = false leave the line out.
GRANT SELECT, INSERT, UPDATE ON "outbox_relay_lease" TO outbox_relay;
-- The dead letters, where dead.sql made the table. With these rights the relay keeps them, and people run `dead list`, `show`, `skip`
-- and, of a blocked row, `retry`. `dead retry` of a parked or skipped row inserts it into the outbox: only its owner may. (Mark variant:
-- the row is still there, the relay's rights are enough.)
GRANT SELECT, INSERT, UPDATE, DELETE ON "OUTBOX_dead" TO outbox_relay;
