-- Claimed for this incarnation, which never heard of it: certainly not sent.
UPDATE outbox
SET status = 'pending', tries = greatest(tries - 1, 0), next_try_at = clock_timestamp()
WHERE status = 'sending' AND claimed_by = $1
