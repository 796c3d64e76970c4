-- What waits to be sent, in its order, which no other index has: see DeliveryStore. Its rows come and go, so it is vacuumed
-- before a fifth of the table has changed.
create index webhook_deliveries_queue_idx on webhook_deliveries (webhook_id, (id + 0)) where status in ('pending', 'retrying');
drop index webhook_deliveries_due_idx;
alter table webhook_deliveries set (autovacuum_vacuum_scale_factor = 0.02);
