-- 50 users, 200 clients, 1,000 projects, 5,000 tasks, 200,000 entries over two years.
insert into users (username, full_name, role)
    select 'user' || g, 'User ' || g, 'user' from generate_series(1, 49) g;
insert into clients (name, email, default_hourly_rate)
    select 'Client ' || g, 'client' || g || '@example.com', 50 + g % 50 from generate_series(1, 200) g;
insert into projects (name, client_id, description, hourly_rate, estimated_hours, budget_amount, created_by)
    select 'Project ' || lpad(g::text, 4, '0'), 1 + g % 200, 'Everything about project ' || g, 60 + g % 60, 400, 30000, 1
    from generate_series(1, 1000) g;
insert into tasks (project_id, name, description, priority, status, created_by)
    select 1 + g % 1000, 'Task ' || g, 'What has to be done in task ' || g, 1 + g % 4, 'in_progress', 1
    from generate_series(1, 5000) g;
insert into time_entries
    (user_id, project_id, task_id, start_time, end_time, duration_seconds, notes, tags, source, billable)
    select 1 + g % 50, 1 + g % 1000, 1 + (g % 1000 + 999) % 1000 + 1000 * (g % 5),
           t, t + make_interval(mins => 30 + g % 240), (30 + g % 240) * 60, 'Worked on item ' || g, 'development,api', 'manual', g % 5 > 0
    from generate_series(1, 200000) g,
         lateral (select now() - interval '730 days' + g * interval '315 seconds' as t) times;
vacuum analyze;
