-- Hidden keys of forms: what was sent twice is carried out once.
create table form_idempotency_keys (
    user_id bigint not null references users on delete cascade,
    scope varchar(128) not null,
    key_hash varchar(64) not null,
    response_status int not null,
    response_body text not null,
    created_at timestamptz not null default now(),
    constraint form_idempotency_keys_pkey primary key (user_id, scope, key_hash)
);
create index form_idempotency_keys_created_at_idx on form_idempotency_keys (created_at);

comment on table form_idempotency_keys is 'As api_idempotency_keys, for forms of signed-in users; void after 24 hours';
