-- The object store carries the id ($1) and belongs to these rows from now on. $2 is the id that was
-- judged, so that of two at once with different verdicts only one wins.
UPDATE store_identity
SET id = $1, place = $3, claimed_at = coalesce(claimed_at, clock_timestamp())
WHERE id = $2
