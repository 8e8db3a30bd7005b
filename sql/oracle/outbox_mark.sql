-- UNTESTED: no Oracle server was at hand. The relay would come to it through ODBC; say in an issue what you saw.
-- The outbox for Oracle 23ai and later (before that: without IF NOT EXISTS), mark variant: a row stays, and sent_at says when Kafka had it.
-- The columns: outbox_delete.sql.
-- Oracle spells these names in capitals, and the relay asks for names as its options give them: outbox.table = OUTBOX,
-- outbox.columns.id = ID, outbox.columns.aggregate-id = AGGREGATE_ID and so on. Its own tables are quoted in lease.sql and dead.sql.
CREATE TABLE IF NOT EXISTS outbox (
  id             NUMBER(19) GENERATED ALWAYS AS IDENTITY (NOCACHE ORDER) CONSTRAINT outbox_pk PRIMARY KEY,
  aggregate_type VARCHAR2(255 CHAR) NOT NULL,
  aggregate_id   VARCHAR2(255 CHAR) NOT NULL,
  event_type     VARCHAR2(255 CHAR) NOT NULL,
  payload        CLOB,
  headers        CLOB,
  created_at     TIMESTAMP(6) WITH TIME ZONE DEFAULT SYSTIMESTAMP NOT NULL,
  sent_at        TIMESTAMP(6) WITH TIME ZONE
);

-- A B-tree leaves out a row whose columns are all NULL: the id beside sent_at keeps the unsent rows in it.
CREATE INDEX IF NOT EXISTS outbox_unsent ON outbox (sent_at, id);
