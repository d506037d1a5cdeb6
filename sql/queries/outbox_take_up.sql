-- An earlier version did not know their kind ($3), this one does. Once for every held leases of a sender,
-- which an upgrade always begins; a bounded number, the rest is an operator's to retry.
UPDATE outbox
SET status = 'pending', dead_reason = NULL, tries = 0, failing_since = NULL,
    next_try_at = clock_timestamp()
WHERE id IN (
    SELECT o.id FROM outbox o
    WHERE o.stopped = 'unknown_kind' AND o.kind = ANY ($3::text[])
      AND EXISTS (SELECT FROM leases WHERE resource = 'telegram/send' AND owner = $1 AND epoch = $2)
    ORDER BY o.id
    LIMIT 5000)
