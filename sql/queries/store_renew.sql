-- No row names an object, and another store is to be used: the former one is not these rows' any more.
UPDATE store_identity SET id = gen_random_uuid(), claimed_at = NULL WHERE id = $1
