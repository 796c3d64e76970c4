-- Times of entries in whole seconds, the form in which clients write a task's priority, heartbeats of timers.
alter table tasks add column priority_is_number boolean not null default false;
comment on column tasks.priority_is_number is
    'The priority was last written as a number and is shown as one; else it is shown as a word';

alter table time_entries
    add column last_heartbeat_at timestamptz,
    add column idle_notified_at timestamptz,
    -- A timer stopped in the second in which it started ends when it starts.
    drop constraint time_entries_end_after_start,
    add constraint time_entries_end_after_start check (end_time >= start_time);
comment on column time_entries.last_heartbeat_at is
    'When a client last saw its user at work on this timer; null = no client of it tells';
comment on column time_entries.idle_notified_at is
    'When the timer was found idle; null = it was not, or its user has been at work since';

-- One statement, so that the trigger writes each sum once. Where the duration was the plain difference it stays that.
update time_entries set
    start_time = date_trunc('second', start_time),
    end_time = date_trunc('second', end_time),
    paused_at = date_trunc('second', paused_at),
    duration_seconds = case
        when duration_seconds =
            least(greatest(floor(extract(epoch from end_time - start_time)) - break_seconds, 0), 2147483647)
        then least(greatest(
            extract(epoch from date_trunc('second', end_time) - date_trunc('second', start_time)) - break_seconds,
            0), 2147483647)::int
        else duration_seconds end
where start_time <> date_trunc('second', start_time) or end_time <> date_trunc('second', end_time)
   or paused_at <> date_trunc('second', paused_at);
