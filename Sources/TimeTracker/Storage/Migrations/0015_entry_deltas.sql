-- Sums over time_entries without rows that writers meet in: what a statement changes is appended to entry_deltas, and the
-- jobs process adds it to the sums now and then. Who reads adds up both. Before this, every booking updated one of four
-- rows and held it until its commit had reached the disk.
lock table time_entries in share row exclusive mode;

create table entry_deltas (
    user_id bigint not null,
    project_id bigint,
    task_id bigint,
    day int not null,
    billable boolean not null,
    paid boolean not null,
    seconds bigint not null,
    completed int not null,
    running int not null,
    tag_keys text[]
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0,
        autovacuum_analyze_threshold = 1000000000);
comment on table entry_deltas is
    'What was added to and taken from time_entries since fold_entry_deltas() last ran: a row for each version of an entry that came or went';
comment on column entry_deltas.day is 'UTC day of the start, days since 1970';
comment on column entry_deltas.seconds is 'duration_seconds of a completed entry; negative when it went';
comment on column entry_deltas.completed is '1 came, -1 went, 0 a running timer';
comment on column entry_deltas.tag_keys is 'Null = no tags';

-- Sums by month are new: what a report over years adds up.
create function entry_month(day int, project_id bigint) returns bigint language sql immutable parallel safe as $$
    select ((extract(year from date '1970-01-01' + day) * 12 + extract(month from date '1970-01-01' + day))::bigint << 40)
           + coalesce(project_id, 0)
$$;
comment on function entry_month(int, bigint) is
    'Owner of sums of kind m: the UTC month of a day since 1970, as months since the year 0, and a project (0 = none) in the low 40 bits';

create table entry_totals_folded (
    kind "char" not null,
    owner_id bigint not null,
    seconds bigint not null,
    billable_seconds bigint not null,
    completed bigint not null,
    running bigint not null,
    primary key (kind, owner_id)
) with (fillfactor = 50);
comment on table entry_totals_folded is 'Sums over time_entries without what entry_deltas has; read entry_totals instead';
insert into entry_totals_folded
select kind, owner_id, sum(seconds), sum(billable_seconds), sum(completed), sum(running)
from entry_totals group by kind, owner_id
union all
select 'm', entry_month(floor(extract(epoch from e.start_time) / 86400)::int, e.project_id),
       sum(coalesce(e.duration_seconds, 0)),
       sum(case when e.billable then coalesce(e.duration_seconds, 0) else 0 end),
       count(e.end_time), count(*) - count(e.end_time)
from time_entries e group by 2;

create table entry_tag_totals_folded (
    tag text collate "C" not null,
    user_id bigint not null,
    completed bigint not null,
    running bigint not null,
    primary key (tag, user_id)
) with (fillfactor = 50);
comment on table entry_tag_totals_folded is 'How many entries of a user carry a tag, without what entry_deltas has';
insert into entry_tag_totals_folded
select tag, user_id, sum(completed), sum(running) from entry_tag_totals group by tag, user_id;

drop table entry_totals, entry_tag_totals;

-- Each part has a kind of its own, so that a plan for one kind reads one part of the deltas.
create view entry_totals as
select kind, owner_id, seconds, billable_seconds, completed, running from entry_totals_folded
union all
select 'a'::"char", 0::bigint, seconds, case when billable then seconds else 0 end, completed::bigint, running::bigint
from entry_deltas
union all
select 'd'::"char", day::bigint * 4 + billable::int * 2 + paid::int, seconds, case when billable then seconds else 0 end,
       completed::bigint, running::bigint
from entry_deltas
union all
select 'm'::"char", entry_month(day, project_id), seconds, case when billable then seconds else 0 end, completed::bigint,
       running::bigint
from entry_deltas
union all
select 'p'::"char", project_id, seconds, case when billable then seconds else 0 end, completed::bigint, running::bigint
from entry_deltas where project_id is not null
union all
select 't'::"char", task_id, seconds, case when billable then seconds else 0 end, completed::bigint, running::bigint
from entry_deltas where task_id is not null
union all
select 'u'::"char", user_id, seconds, case when billable then seconds else 0 end, completed::bigint, running::bigint
from entry_deltas;
comment on view entry_totals is 'Sums over time_entries; add up the rows of an owner. Never scans entries.';
comment on column entry_totals.kind is
    'a all entries (owner 0), d UTC day by flags (owner days since 1970 * 4 + 2 if billable + 1 if paid), m month of a project (owner entry_month()), p project, t task, u user';
comment on column entry_totals.seconds is 'duration_seconds of completed entries';

create view entry_tag_totals as
select tag, user_id, completed, running from entry_tag_totals_folded
union all
select k.tag collate "C", d.user_id, d.completed::bigint, d.running::bigint
from entry_deltas d, unnest(d.tag_keys) as k (tag) where d.tag_keys is not null;
comment on view entry_tag_totals is 'How many entries of a user carry a tag; add up the rows of a tag and user';

create function fold_entry_deltas(most int) returns int language plpgsql as $$
declare
    folded int;
begin
    -- One at a time, so that the sums' rows are never waited for.
    if not pg_try_advisory_xact_lock(hashtextextended('entry_deltas', 0)) then
        return 0;
    end if;
    with gone as (
        delete from entry_deltas where ctid = any (array(select d.ctid from entry_deltas d limit most)) returning *
    ), totals as (
        insert into entry_totals_folded as t (kind, owner_id, seconds, billable_seconds, completed, running)
        select k.kind, k.owner_id, sum(g.seconds), sum(case when g.billable then g.seconds else 0 end), sum(g.completed),
               sum(g.running)
        from gone g,
             lateral (values ('a'::"char", 0::bigint), ('p', g.project_id), ('t', g.task_id), ('u', g.user_id),
                             ('d', g.day::bigint * 4 + g.billable::int * 2 + g.paid::int),
                             ('m', entry_month(g.day, g.project_id)))
                 as k (kind, owner_id)
        where k.owner_id is not null
        group by k.kind, k.owner_id
        on conflict (kind, owner_id) do update set
            seconds = t.seconds + excluded.seconds,
            billable_seconds = t.billable_seconds + excluded.billable_seconds,
            completed = t.completed + excluded.completed,
            running = t.running + excluded.running
    ), tags as (
        insert into entry_tag_totals_folded as t (tag, user_id, completed, running)
        select k.tag, g.user_id, sum(g.completed), sum(g.running)
        from gone g, unnest(g.tag_keys) as k (tag)
        where g.tag_keys is not null
        group by k.tag, g.user_id
        on conflict (tag, user_id) do update set
            completed = t.completed + excluded.completed, running = t.running + excluded.running
    )
    select count(*) into folded from gone;
    return folded;
end
$$;
comment on function fold_entry_deltas(int) is
    'Adds at most so many rows of entry_deltas to the sums; returns how many. Readers see them in either place, never in both or none';

create function compact_entry_deltas(large bigint) returns boolean language plpgsql as $$
begin
    if pg_relation_size('entry_deltas') < large or not pg_try_advisory_xact_lock(hashtextextended('entry_deltas', 0)) then
        return false;
    end if;
    -- Readers and writers stand in line behind this; where it doesn't get its turn soon it is for the next time.
    perform set_config('lock_timeout', '100ms', true);
    lock table entry_deltas in access exclusive mode;
    perform fold_entry_deltas(2147483647);
    truncate entry_deltas;
    return true;
end
$$;
comment on function compact_entry_deltas(bigint) is
    'Folds all and gives the space of rows that have gone back, when entry_deltas has at least so many bytes: it is read as a whole';

create or replace function time_entries_count_insert() returns trigger language plpgsql as $$
begin
    with n as materialized (
        select *, case when tags is not null then tag_keys(tags) end as keys from new_rows
    ), tagged as (
        insert into entry_tags (tag, start_time, entry_id, user_id, billable, paid, completed)
        select k.key, n.start_time, n.id, n.user_id, n.billable, n.paid, n.end_time is not null
        from n, unnest(n.keys) as k (key)
    )
    insert into entry_deltas
        (user_id, project_id, task_id, day, billable, paid, seconds, completed, running, tag_keys)
    select user_id, project_id, task_id, floor(extract(epoch from start_time) / 86400), billable, paid,
           coalesce(duration_seconds, 0), (end_time is not null)::int, (end_time is null)::int, keys
    from n;
    return null;
end
$$;

create or replace function time_entries_count_delete() returns trigger language plpgsql as $$
begin
    insert into entry_deltas
        (user_id, project_id, task_id, day, billable, paid, seconds, completed, running, tag_keys)
    select user_id, project_id, task_id, floor(extract(epoch from start_time) / 86400), billable, paid,
           -coalesce(duration_seconds, 0), -(end_time is not null)::int, -(end_time is null)::int,
           case when tags is not null then tag_keys(tags) end
    from old_rows;
    if exists (select from old_rows where tags is not null) then
        -- By the primary key row by row, however many there are: the planner must not think of reading the table.
        delete from entry_tags where ctid = any (array(
            select t.ctid
            from old_rows e, unnest(tag_keys(e.tags)) as k (key),
                 lateral (select x.ctid from entry_tags x
                          where x.tag = k.key and x.start_time = e.start_time and x.entry_id = e.id limit 1) t));
    end if;
    return null;
end
$$;

create or replace function time_entries_count_update() returns trigger language plpgsql as $$
begin
    -- Most updates change nothing that counts.
    insert into entry_deltas
        (user_id, project_id, task_id, day, billable, paid, seconds, completed, running, tag_keys)
    select e.user_id, e.project_id, e.task_id, floor(extract(epoch from e.start_time) / 86400), e.billable, e.paid,
           e.sign * coalesce(e.duration_seconds, 0), e.sign * (e.end_time is not null)::int,
           e.sign * (e.end_time is null)::int, case when e.tags is not null then tag_keys(e.tags) end
    from old_rows o join new_rows n using (id),
         lateral (
             values (-1, o.user_id, o.project_id, o.task_id, o.start_time, o.end_time, o.duration_seconds, o.billable,
                     o.paid, o.tags),
                    (1, n.user_id, n.project_id, n.task_id, n.start_time, n.end_time, n.duration_seconds, n.billable,
                     n.paid, n.tags)
         ) as e (sign, user_id, project_id, task_id, start_time, end_time, duration_seconds, billable, paid, tags)
    where (o.user_id, o.project_id, o.task_id, o.duration_seconds, o.billable, o.paid, o.start_time, o.tags,
           o.end_time is null)
          is distinct from
          (n.user_id, n.project_id, n.task_id, n.duration_seconds, n.billable, n.paid, n.start_time, n.tags,
           n.end_time is null);
    if exists (
        select from old_rows o join new_rows n using (id)
        where (o.tags is not null or n.tags is not null)
          and (o.tags, o.start_time, o.user_id, o.billable, o.paid, o.end_time is null)
              is distinct from (n.tags, n.start_time, n.user_id, n.billable, n.paid, n.end_time is null)
    ) then
        delete from entry_tags where ctid = any (array(
            select t.ctid
            from old_rows e, unnest(tag_keys(e.tags)) as k (key),
                 lateral (select x.ctid from entry_tags x
                          where x.tag = k.key and x.start_time = e.start_time and x.entry_id = e.id limit 1) t));
        insert into entry_tags (tag, start_time, entry_id, user_id, billable, paid, completed)
        select k.key, e.start_time, e.id, e.user_id, e.billable, e.paid, e.end_time is not null
        from new_rows e, unnest(tag_keys(e.tags)) as k (key);
    end if;
    return null;
end
$$;

create or replace function time_entries_recount() returns void language plpgsql as $$
begin
    lock table time_entries in share row exclusive mode;
    truncate entry_deltas, entry_totals_folded, entry_tags, entry_tag_totals_folded;
    insert into entry_totals_folded (kind, owner_id, seconds, billable_seconds, completed, running)
    select k.kind, k.owner_id, sum(coalesce(e.duration_seconds, 0)),
           sum(case when e.billable then coalesce(e.duration_seconds, 0) else 0 end),
           count(e.end_time), count(*) - count(e.end_time)
    from time_entries e,
         lateral (values ('a'::"char", 0::bigint), ('p', e.project_id), ('t', e.task_id), ('u', e.user_id),
                         ('d', floor(extract(epoch from e.start_time) / 86400)::bigint * 4
                               + e.billable::int * 2 + e.paid::int),
                         ('m', entry_month(floor(extract(epoch from e.start_time) / 86400)::int, e.project_id)))
             as k (kind, owner_id)
    where k.owner_id is not null
    group by k.kind, k.owner_id;
    insert into entry_tags (tag, start_time, entry_id, user_id, billable, paid, completed)
    select k.key, e.start_time, e.id, e.user_id, e.billable, e.paid, e.end_time is not null
    from time_entries e, unnest(tag_keys(e.tags)) as k (key)
    where e.tags is not null
    order by 1, 2, 3;
    insert into entry_tag_totals_folded (tag, user_id, completed, running)
    select tag, user_id, count(*) filter (where completed), count(*) filter (where not completed)
    from entry_tags group by tag, user_id;
end
$$;

analyze entry_totals_folded, entry_tag_totals_folded;
