-- UNTESTED: no SQL Server was at hand. The relay would come to it through ODBC; say in an issue what you saw.
-- Least privilege, run in the outbox's database by its owner, delete variant.
-- Yours to put in: the names outbox_app and outbox_relay, and the passwords.
-- Mark variant: write SELECT ON outbox and UPDATE ON outbox (sent_at) as two GRANTs instead of SELECT, DELETE.
CREATE LOGIN outbox_app WITH PASSWORD = 'change-me-1';
CREATE USER outbox_app FOR LOGIN outbox_app;
GRANT INSERT ON outbox TO outbox_app;

CREATE LOGIN outbox_relay WITH PASSWORD = 'change-me-2';
CREATE USER outbox_relay FOR LOGIN outbox_relay;
GRANT SELECT, DELETE ON outbox TO outbox_relay;
-- lease.sql has made this one; with lease.enabled = false leave the line out.
GRANT SELECT, INSERT, UPDATE ON outbox_relay_lease TO outbox_relay;
-- The dead letters, where dead.sql made the table. With these rights the relay keeps them, and people run `dead list`, `show`, `skip`
-- and, of a blocked row, `retry`. `dead retry` of a parked or skipped row inserts it into the outbox: only its owner may. (Mark variant:
-- the row is still there, the relay's rights are enough.)
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox_dead TO outbox_relay;
