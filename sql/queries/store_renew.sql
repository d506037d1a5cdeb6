-- No row names an object, and another store is configured: the former one no longer belongs to
-- these rows.
UPDATE store_identity SET id = gen_random_uuid(), claimed_at = NULL WHERE id = $1
