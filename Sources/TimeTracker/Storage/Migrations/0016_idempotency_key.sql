-- An idempotency record is known by its token, operation and key; nothing asks for its number, whose index every request
-- with a key had to write.
alter table api_idempotency_keys
    drop constraint api_idempotency_keys_pkey,
    drop constraint api_idempotency_keys_key,
    add constraint api_idempotency_keys_pkey primary key (api_token_id, scope, key_hash);
