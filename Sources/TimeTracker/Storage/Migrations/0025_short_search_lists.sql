-- New entries wait in a list before they get into the index for searches, and whoever fills the list up empties it (PostgreSQL
-- manual, 70.4.1): at 4 MB that took a booking, and those that commit with it, 30-40 ms each 3,000 bookings. At 512 kB it
-- takes a few, and in all the same.
alter index time_entries_search_idx set (gin_pending_list_limit = 512);
