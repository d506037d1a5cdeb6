-- An earlier version did not know their kind ($3), this one does. Done once each time a sender
-- gains the lease, as it does after every upgrade; a bounded number, the rest is for an operator to
-- retry.
UPDATE outbox
SET status = 'pending', dead_reason = NULL, tries = 0, failing_since = NULL,
    next_try_at = clock_timestamp()
WHERE id IN (
    SELECT o.id FROM outbox o
    WHERE o.stopped = 'unknown_kind' AND o.kind = ANY ($3::text[])
      AND EXISTS (SELECT FROM leases WHERE resource = 'telegram/send' AND owner = $1 AND epoch = $2)
    ORDER BY o.id
    LIMIT 5000)
