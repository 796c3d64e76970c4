-- Pages tell that their user is at work only for those who have chosen it: most work happens outside of them.
alter table users add column asks_when_idle boolean not null default false;
comment on column users.asks_when_idle is 'Whether web pages with a running timer send heartbeats, and ask after a while without';
