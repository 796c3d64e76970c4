-- A year of a small studio's work: four people, six clients, eleven projects. The same every time but for the dates.
set local statement_timeout = 0;
do $$ begin perform setseed(0.42); end $$;

insert into users (username, full_name, role) values
    ('grace.lin', 'Grace Lin', 'manager'), ('omar.haddad', 'Omar Haddad', 'user'), ('ines.costa', 'Inês Costa', 'user')
on conflict do nothing;

insert into clients (name, contact_person, email, company, phone, address, default_hourly_rate, description) values
    ('Harbour Coffee', 'Maya Okafor', 'maya@harbour-coffee.example', 'Harbour Coffee Roasters Ltd', '+44 20 7946 0101', E'3 Quay Street\nBristol', 85, 'Roastery with seven shops and a subscription service.'),
    ('Nordlicht Energie', 'Jonas Brandt', 'j.brandt@nordlicht.example', 'Nordlicht Energie GmbH', '+49 40 5550 0142', E'Am Sandtorkai 12\n20457 Hamburg', 110, 'Regional supplier of green power.'),
    ('Atelier Moreau', 'Claire Moreau', 'claire@atelier-moreau.example', 'Atelier Moreau SARL', null, null, 75, 'Architects; a website and its care.'),
    ('City Library', 'Tom Reyes', 'tom.reyes@library.example', 'City Library Trust', null, null, 60, 'Public library, reduced rate.'),
    ('Fjord Logistics', 'Astrid Berg', 'astrid@fjord.example', 'Fjord Logistics AS', null, null, 95, null),
    ('Our studio', null, null, null, null, null, null, 'Internal work.')
on conflict do nothing;

insert into projects (name, client_id, code, billable, hourly_rate, status, estimated_hours, budget_amount, color, description)
select p.name, c.id, p.code, p.billable, p.rate, p.status, p.hours, p.budget, p.color, p.description
from (values
    ('Online shop', 'Harbour Coffee', 'HC-SHOP', true, 90.0, 'active', 520.0, 46000.0, '#0072b2', 'Shop with subscriptions, checkout and a stock link to the roastery.'),
    ('Loyalty app', 'Harbour Coffee', 'HC-APP', true, null, 'active', 300, 25000, '#56b4e9', 'Stamp card and pre-ordering on the phone.'),
    ('Customer portal', 'Nordlicht Energie', 'NE-PORT', true, 110, 'active', 900, 98000, '#ee6677', 'Meter readings, invoices and contracts in one place.'),
    ('Tariff calculator', 'Nordlicht Energie', 'NE-CALC', true, 110, 'archived', 120, 13000, '#882255', 'Compares tariffs by postcode.'),
    ('Website', 'Atelier Moreau', 'AM-WEB', true, null, 'active', 160, 12000, '#332288', 'Portfolio with a large image archive.'),
    ('Care plan', 'Atelier Moreau', 'AM-CARE', true, 70, 'active', null, null, '#999933', 'Updates, backups, small wishes.'),
    ('Catalogue search', 'City Library', 'CL-CAT', true, 60, 'active', 240, 14400, '#117733', 'Search across books, films and the local archive.'),
    ('Route planner', 'Fjord Logistics', 'FL-ROUTE', true, 95, 'active', 400, 38000, '#cc6677', 'Plans tours for forty vans.'),
    ('Driver tablets', 'Fjord Logistics', 'FL-TAB', true, 95, 'on_hold', 150, 14000, '#d55e00', null),
    ('Meetings and planning', 'Our studio', 'INT-PLAN', false, null, 'active', null, null, '#7a8496', null),
    ('Learning', 'Our studio', 'INT-LEARN', false, null, 'active', null, null, '#b8860b', 'Courses, reading, conferences.')
) as p (name, client, code, billable, rate, status, hours, budget, color, description)
join clients c on c.name = p.client
on conflict do nothing;

update projects set archived_at = now() - interval '90 days', archived_reason = 'Delivered'
where status = 'archived' and archived_at is null;

insert into tasks (project_id, name, status, priority, estimated_hours, due_date, assigned_to, created_by, tags, description)
select p.id, t.name, t.status, t.priority, t.hours, current_date + t.due, u.id, (select min(id) from users), t.tags, t.description
from (values
    ('Online shop', 'Checkout', 'in_progress', 3, 80.0, 12, 'omar.haddad', 'frontend', 'One page, guest orders, three ways to pay.'),
    ('Online shop', 'Subscriptions', 'review', 3, 120, 5, null, 'backend', null),
    ('Online shop', 'Product pages', 'done', 2, 60, -40, 'ines.costa', 'design,frontend', null),
    ('Online shop', 'Stock link to the roastery', 'todo', 2, 40, 30, null, 'backend', null),
    ('Loyalty app', 'Stamp card', 'in_progress', 2, 60, 20, 'omar.haddad', 'mobile', null),
    ('Loyalty app', 'Pre-ordering', 'todo', 2, 90, 55, null, 'mobile', null),
    ('Customer portal', 'Meter readings', 'in_progress', 4, 140, -3, 'grace.lin', 'backend', 'Readings by photo and by hand, with plausibility checks.'),
    ('Customer portal', 'Invoices', 'todo', 3, 120, 18, null, 'backend', null),
    ('Customer portal', 'Accessibility audit', 'todo', 3, 30, 25, 'ines.costa', 'design', null),
    ('Website', 'Image archive', 'in_progress', 2, 50, 9, 'ines.costa', 'frontend', null),
    ('Website', 'Texts in two languages', 'review', 1, 20, 14, null, 'content', null),
    ('Catalogue search', 'Index of the local archive', 'in_progress', 3, 90, 16, 'grace.lin', 'backend', null),
    ('Catalogue search', 'Result page', 'todo', 2, 50, 33, 'ines.costa', 'design,frontend', null),
    ('Route planner', 'Time windows', 'in_progress', 4, 110, 4, null, 'backend', 'Deliveries only between the hours that a customer has named.'),
    ('Route planner', 'Map view', 'review', 2, 70, 8, 'omar.haddad', 'frontend', null)
) as t (project, name, status, priority, hours, due, assignee, tags, description)
join projects p on p.name = t.project left join users u on u.username = t.assignee;

-- Sessions of working days: up to four, apart from each other, with the odd free day.
insert into time_entries
    (user_id, project_id, task_id, start_time, end_time, duration_seconds, break_seconds, notes, tags, source, billable, paid)
select x.user_id, x.project_id, x.task_id, x.since, x.until,
       (extract(epoch from x.until - x.since) - x.pause)::int, x.pause, x.note, x.tags, x.source, x.billable, x.paid
from (
    select s.user_id, p.id as project_id, t.id as task_id, s.since, s.until,
           case when s.until - s.since > interval '100 minutes' and s.dice < 0.3 then 600 else 0 end as pause,
           (array['Checkout flow', 'Review with the team', 'Fixes after testing', 'Call with the client', 'Refactoring',
                  'Layout on small screens', 'Data model', 'Writing tests', 'Deployment', 'Research'])[1 + (s.dice * 97)::int % 10] as note,
           case when s.dice < 0.35 then 'development' when s.dice < 0.5 then 'design' when s.dice < 0.6 then 'meeting' end as tags,
           case when s.dice < 0.6 then 'auto' else 'manual' end as source,
           p.billable, s.day < current_date - 60 and p.billable as paid
    from (
        select u.id as user_id, d.day, r.dice, r.choice,
               (d.day + make_interval(mins => w.start + (r.shift * 20)::int)) at time zone (select timezone from settings) as since,
               (d.day + make_interval(mins => w.start + (r.shift * 20)::int + 45 + (r.length * 55)::int))
                   at time zone (select timezone from settings) as until
        from (select id, row_number() over (order by id) as place from users where is_active order by id limit 4) u
        cross join lateral (
            select g::date as day, random() as luck from generate_series(current_date - 364, current_date, interval '1 day') g
            where u.id > 0 and extract(isodow from g) < 6
        ) d
        cross join (values (525, 0.98), (650, 0.95), (790, 0.96), (915, 0.8)) as w (start, share)
        cross join lateral (
            select random() as dice, random() as choice, random() as shift, random() as length, random() as present
            where w.start + u.id > 0 and d.day is not null
        ) r
        where d.luck > 0.07 and r.present < w.share
    ) s
    join lateral (
        select p.id, p.billable from projects p
        where p.status = 'active' or (p.status = 'archived' and s.day < current_date - 100)
            or (p.status = 'on_hold' and s.day < current_date - 30)
        order by p.billable = (s.dice >= 0.14) desc, hashtext(p.code || ' ' || s.user_id), p.id
        offset case when s.dice < 0.14 then (s.choice * 1.2)::int else (s.choice * s.choice * 6)::int end limit 1
    ) p on true
    left join lateral (
        select t.id from tasks t where t.project_id = p.id order by t.id offset (s.dice * 5)::int limit 1
    ) t on true
    where s.until < now()
) x;

update settings set version = version + 1,
    company_name = case when coalesce(company_name, '') in ('', 'Your Company Name') then 'Lantern Studio' else company_name end,
    company_address = case when coalesce(company_address, '') in ('', 'Your Company Address')
        then E'3 Lantern Lane\nBristol BS1 4DJ' else company_address end,
    company_email = case when coalesce(company_email, '') in ('', 'info@yourcompany.com')
        then 'hello@lantern.example' else company_email end;
