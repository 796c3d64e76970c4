-- Substring search (contract 03 §1): trigram indexes, so that a search doesn't read the whole table.
create extension if not exists pg_trgm;

create index projects_search_idx on projects using gin (name gin_trgm_ops, description gin_trgm_ops);
create index tasks_search_idx on tasks using gin (name gin_trgm_ops, description gin_trgm_ops);
create index clients_search_idx on clients using gin (
    name gin_trgm_ops, email gin_trgm_ops, company gin_trgm_ops, description gin_trgm_ops, contact_person gin_trgm_ops);
create index time_entries_search_idx on time_entries using gin (notes gin_trgm_ops, tags gin_trgm_ops);

comment on index time_entries_search_idx is
    'Serves searches of three characters or more; shorter ones have no trigram and walk the newest entries';
