-- What the first-run setup's code is made of, and the end of secrets that were kept with the replies to repeat.
alter table settings add column setup_salt uuid not null default gen_random_uuid();
comment on column settings.setup_salt is 'Part of what the setup code is made of; another one once the setup is complete';

update api_idempotency_keys
set response_body = jsonb_set(response_body::jsonb, '{webhook,secret}', 'null')::text
where scope = 'post:webhooks' and response_status = 201;
