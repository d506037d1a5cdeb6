-- Claimed for this instance, which never got the answer: certainly not sent. What it knows of is on
-- its wire ($2).
UPDATE outbox
SET status = 'pending', tries = greatest(tries - 1, 0), next_try_at = clock_timestamp()
WHERE status = 'sending' AND claimed_by = $1 AND id <> ALL ($2::bigint[])
