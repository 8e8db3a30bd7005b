-- UNTESTED: no Oracle server was at hand. The relay would come to it through ODBC; say in an issue what you saw.
-- The outbox for Oracle 23ai and later (before that: without IF NOT EXISTS), delete variant: a row is deleted once Kafka has it.
-- id: drawn by the INSERT itself. NOCACHE ORDER keeps ids dense and in order, also on RAC.
-- Oracle takes an empty string for NULL: a payload of '' becomes a tombstone.
-- Oracle spells these names in capitals, and the relay asks for names as its options give them: outbox.table = OUTBOX,
-- outbox.columns.id = ID, outbox.columns.aggregate-id = AGGREGATE_ID and so on. Its own tables are quoted in lease.sql and dead.sql.
CREATE TABLE IF NOT EXISTS outbox (
  id             NUMBER(19) GENERATED ALWAYS AS IDENTITY (NOCACHE ORDER) CONSTRAINT outbox_pk PRIMARY KEY,
  aggregate_type VARCHAR2(255 CHAR) NOT NULL,
  aggregate_id   VARCHAR2(255 CHAR) NOT NULL,
  event_type     VARCHAR2(255 CHAR) NOT NULL,
  payload        CLOB,
  headers        CLOB,
  created_at     TIMESTAMP(6) WITH TIME ZONE DEFAULT SYSTIMESTAMP NOT NULL
);
