-- Names are the same when lower(normalize(name, nfc)) is: composed or not, in whatever case.
--
-- Stored names that become the same under this comparison are made distinct: the oldest keeps its name, the others get a
-- number behind it, "Name (2)", and user names a hyphen and a number, "name-2", with which these users sign in from now on.
-- Nothing is merged or deleted; administrators may rename or merge afterwards. Tasks of a project may share a name.
drop index clients_name_lower_key;
create index clients_name_lower_key on clients (lower(normalize(name, nfc)));
alter table projects drop constraint projects_client_id_name_key;
create index projects_client_id_name_key on projects (client_id, lower(normalize(name, nfc)));
create index users_name_key on users (lower(normalize(username, nfc)));

do $$
declare
    same record;
    number int;
    candidate text;
begin
    for same in
        select * from (
            select id, name, row_number() over (partition by lower(normalize(name, nfc)) order by id) as place from clients
        ) c where place > 1 order by id
    loop
        number := same.place;
        loop
            candidate := left(same.name, 200 - length(format(' (%s)', number))) || format(' (%s)', number);
            exit when not exists (
                select from clients where lower(normalize(name, nfc)) = lower(normalize(candidate, nfc)));
            number := number + 1;
        end loop;
        update clients set name = candidate where id = same.id;
    end loop;
    for same in
        select * from (
            select id, name, client_id,
                   row_number() over (partition by client_id, lower(normalize(name, nfc)) order by id) as place
            from projects
        ) p where place > 1 order by id
    loop
        number := same.place;
        loop
            candidate := left(same.name, 200 - length(format(' (%s)', number))) || format(' (%s)', number);
            exit when not exists (
                select from projects
                where client_id = same.client_id and lower(normalize(name, nfc)) = lower(normalize(candidate, nfc)));
            number := number + 1;
        end loop;
        update projects set name = candidate where id = same.id;
    end loop;
    for same in
        select * from (
            select id, username, row_number() over (partition by lower(normalize(username, nfc)) order by id) as place
            from users
        ) u where place > 1 order by id
    loop
        number := same.place;
        loop
            candidate := left(same.username, 80 - length(format('-%s', number))) || format('-%s', number);
            exit when not exists (
                select from users where lower(normalize(username, nfc)) = lower(normalize(candidate, nfc)));
            number := number + 1;
        end loop;
        update users set username = candidate where id = same.id;
    end loop;
end
$$;

drop index clients_name_lower_key, projects_client_id_name_key, users_name_key;
create unique index clients_name_lower_key on clients (lower(normalize(name, nfc)));
create unique index projects_client_id_name_key on projects (client_id, lower(normalize(name, nfc)));
create index projects_name_key_idx on projects (lower(normalize(name, nfc)));
create unique index users_name_key on users (lower(normalize(username, nfc)));
drop index tasks_project_id_idx;
create index tasks_project_id_name_key_idx on tasks (project_id, lower(normalize(name, nfc)));
