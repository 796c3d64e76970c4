-- What sending webhook deliveries needs: who is sending one, an index of what is due, and a call to wake the senders.
alter table webhook_deliveries add column claimed_by bigint;
comment on column webhook_deliveries.claimed_by is
    'Key of the session advisory lock that the process sending it holds; null = nobody is sending it';

alter table webhooks add column consecutive_failures int not null default 0;
comment on column webhooks.consecutive_failures is 'Failed attempts since the last that succeeded';

create index webhook_deliveries_due_idx on webhook_deliveries (webhook_id, id) where status in ('pending', 'retrying');
create index webhook_deliveries_claimed_idx on webhook_deliveries (webhook_id, claimed_by) where claimed_by is not null;
create index webhook_deliveries_created_at_idx on webhook_deliveries (created_at);

create function notify_webhook_deliveries() returns trigger language plpgsql as $$
begin
    -- PostgreSQL sends equal notifications of one transaction once.
    perform pg_notify('webhook_deliveries', '');
    return null;
end $$;
comment on function notify_webhook_deliveries() is 'Wakes the processes that send webhooks when the transaction commits';

create trigger webhook_deliveries_notify after insert on webhook_deliveries
    for each row when (new.status = 'pending') execute function notify_webhook_deliveries();
