-- What each token has been used for lately.
create table api_token_uses (
    api_token_id bigint not null references api_tokens on delete cascade,
    hour timestamptz not null,
    count bigint not null,
    primary key (api_token_id, hour)
);
comment on table api_token_uses is 'Accepted requests of a token by the hour; void after 25 hours';
comment on column api_token_uses.hour is 'When the hour began';
