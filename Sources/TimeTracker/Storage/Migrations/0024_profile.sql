-- What people see of their sessions, and what they choose for themselves.
alter table sessions add column user_agent varchar(500), add column ip_address varchar(45), add column last_seen_at timestamptz;
comment on column sessions.user_agent is 'What the browser called itself when it was last seen';
comment on column sessions.ip_address is 'Of the client when it was last seen';
comment on column sessions.last_seen_at is 'Moved every few minutes of use; null = not since created_at';
alter table users add column theme varchar(5) constraint users_theme_known check (theme in ('light', 'dark'));
comment on column users.theme is 'Colours of the pages; null = as the system says';
alter table settings add column allow_user_tokens boolean not null default false;
comment on column settings.allow_user_tokens is 'Whether people may make API tokens for themselves';
