UPDATE store_identity
SET generation = generation + 1, marked_at = clock_timestamp()
WHERE id = $1
RETURNING generation
