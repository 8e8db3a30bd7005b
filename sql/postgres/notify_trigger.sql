-- Optional: wakes a waiting relay at the commit of an INSERT, instead of at its next poll (poll.wake-channel = outbox).
-- The cost: a commit that notifies takes one lock of the whole server, so busy writers commit one after another.
-- Worth it for a few hundred commits a second; above that leave it out and rely on poll.interval.
-- Run by the table's owner. PostgreSQL 14 and later; before that, write CREATE TRIGGER.
CREATE OR REPLACE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NOTIFY outbox;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER outbox_notify
  AFTER INSERT ON outbox
  FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();
