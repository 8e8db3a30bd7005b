-- A queue table is emptied all day: vacuum it by the number of dead rows, not by a share of its size, and at full speed,
-- so that it stays small and a scan from its head short. Run by the table's owner; on a partitioned outbox, for every partition.
ALTER TABLE outbox SET (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0,
  toast.autovacuum_vacuum_scale_factor = 0,
  toast.autovacuum_vacuum_threshold = 5000,
  toast.autovacuum_vacuum_cost_delay = 0
);
