-- All that is claimed and not on our own wire ($3): its fate is unknown, no matter who claimed it.
-- Sent again only if the operator chose that ($4).
WITH given_up AS (
    UPDATE outbox
    SET status = CASE WHEN $4 AND repeats = 0 THEN 'pending' ELSE 'uncertain' END,
        repeats = CASE WHEN $4 AND repeats = 0 THEN 1 ELSE repeats END,
        next_try_at = clock_timestamp(),
        last_error = 'the sender ended while sending'
    WHERE status = 'sending'
      AND id <> ALL ($3::bigint[])
      AND EXISTS (SELECT FROM leases WHERE resource = 'telegram/send' AND owner = $1 AND epoch = $2)
    RETURNING status
)
SELECT count(*) FILTER (WHERE status = 'uncertain') AS uncertain,
       count(*) FILTER (WHERE status = 'pending') AS repeated
FROM given_up
