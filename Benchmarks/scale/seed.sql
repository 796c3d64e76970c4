-- 100 users, 200 clients, 5,000 projects, 20,000 tasks and :entries entries over four years, the same on every run: what
-- varies is taken from hashes of the row's number. Rows are written without triggers and without indexes, which are made
-- afterwards; time_entries_recount() fills what the triggers would have kept.
\set ON_ERROR_STOP on
begin;
set local synchronous_commit = off;

-- A number from 0 to below 1 for a row and a purpose.
create function pg_temp.chance(n bigint, purpose int) returns float8 language sql immutable as
    $$ select (hashint8extended(n, purpose) & 1048575) / 1048576.0::float8 $$;

insert into users (username, full_name, role)
    select 'user' || g, 'User ' || g, case when g % 20 = 0 then 'subcontractor' else 'user' end
    from generate_series(1, 99) g;
insert into clients (name, email, company, contact_person, description, default_hourly_rate, status)
    select 'Client ' || lpad(g::text, 3, '0'), 'office' || g || '@example.com', 'Company ' || g, 'Person ' || g,
           'Pays within ' || 14 + g % 30 || ' days', 50 + g % 50, case when g % 10 = 0 then 'inactive' else 'active' end
    from generate_series(1, 200) g;
insert into user_clients (user_id, client_id)
    select u.id, c from users u, generate_series(1, 20) c where u.role = 'subcontractor';
insert into projects (name, client_id, description, hourly_rate, estimated_hours, budget_amount, status, created_by)
    select 'Project ' || lpad(g::text, 4, '0'), 1 + g % 200, 'Everything about project ' || g, 60 + g % 60, 400, 30000,
           (array['active', 'active', 'active', 'active', 'active', 'active', 'on_hold', 'inactive', 'archived', 'archived'])[1 + g % 10],
           1
    from generate_series(1, 5000) g;
insert into tasks (project_id, name, description, priority, status, tags, due_date, assigned_to, created_by)
    select 1 + (g - 1) % 5000, 'Task ' || g, 'What has to be done in task ' || g, 1 + g % 4,
           (array['todo', 'in_progress', 'review', 'done', 'done', 'done', 'cancelled', 'on_hold'])[1 + g % 8],
           (array[null, null, 'backend', 'frontend, design', 'Bug', 'bug,urgent'])[1 + g % 6],
           case when g % 3 = 0 then current_date - 700 + g % 800 end, case when g % 4 = 0 then 1 + g % 100 end, 1
    from generate_series(1, 20000) g;

create temporary table index_definitions as
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i where i.indrelid = 'time_entries'::regclass
      and not exists (select from pg_constraint c where c.conindid = i.indexrelid);
select 'drop index ' || name from index_definitions \gexec
alter table time_entries disable trigger user;

-- Few projects have many entries, many have few. A twentieth of the entries is booked on a client. Old entries are paid,
-- one in ten is tagged "remote", and no note or tag has the letters "qx" side by side.
insert into time_entries
    (user_id, project_id, client_id, task_id, start_time, end_time, duration_seconds, notes, tags, source, billable, paid)
select 1 + floor(pg_temp.chance(g, 1) * 100), project, case when project is null then 1 + g % 200 end,
       case when g % 3 = 0 then project + 5000 * (g % 4) end, t, t + make_interval(mins => minutes), minutes * 60,
       notes, tags, case when g % 4 = 0 then 'manual' else 'auto' end, pg_temp.chance(g, 2) < 0.8,
       age > 0.1 and pg_temp.chance(g, 3) < 0.9
from generate_series(1, :entries) g,
     lateral (select 1 - g::float8 / :entries as age, 5 + (pg_temp.chance(g, 4) * 240)::int as minutes,
                     case when g % 20 > 0 then 1 + floor(pg_temp.chance(g, 5) ^ 2 * 5000)::bigint end as project) a,
     lateral (select date_trunc('second', now() - interval '1 day' - age * interval '1460 days') as t,
                     (array['Worked on', 'Call with the client about', 'Review of', 'Fixed', 'Planning for', 'Meeting:',
                            'Documented', 'Tested', 'Deployed', 'Research into', 'Prepared', 'Wrote code for'])
                         [1 + floor(pg_temp.chance(g, 6) * 12)] as verb,
                     (array['invoice export', 'login page', 'mobile layout', 'database migration', 'weekly report',
                            'search index', 'customer feedback', 'release notes', 'payment gateway', 'server monitoring',
                            'Überarbeitung der Texte', 'onboarding guide', 'time zones', 'API client', 'test suite',
                            'budget figures', 'email templates', 'access rights', 'dashboard charts', 'backup plan'])
                         [1 + floor(pg_temp.chance(g, 7) * 20)] as object) b,
     lateral (select case when g % 5 > 0 then verb || ' ' || object
                              || case when g % 3 = 0 then ', ticket ' || g % 100000 else '' end end as notes,
                     nullif(concat_ws(', ', case when pg_temp.chance(g, 8) < 0.1 then 'remote' end,
                         case when pg_temp.chance(g, 9) < 0.4 then
                             (array['development', 'meeting', 'design', 'support', 'review', 'travel', 'ops', 'sales'])
                                 [1 + floor(pg_temp.chance(g, 10) ^ 2 * 8)] end,
                         case when pg_temp.chance(g, 11) < 0.05 then 'sprint-' || 1 + floor(age * 100) end), '') as tags) c;
-- Some timers run.
insert into time_entries (user_id, project_id, start_time, source)
    select g, g, date_trunc('second', now() - interval '30 minutes'), 'auto' from generate_series(1, 30) g;

select definition from index_definitions \gexec
alter table time_entries enable trigger user;
select time_entries_recount() \g /dev/null
commit;
vacuum (analyze);
