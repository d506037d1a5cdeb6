-- In the same transaction as the batch it records.
UPDATE imports
SET cursor = $3, counts = $4, finished_at = CASE WHEN $5::boolean THEN clock_timestamp() END
WHERE source = $1 AND stage = $2
