-- The name of a paid job is saved whatever happened meanwhile: if its owner cancelled while the
-- submit was on the wire, FAL is told now. Saved twice, it stays the same.
WITH changed AS (
    UPDATE avatars a
    SET fal_request_id = $8, submit_sent_at = coalesce(a.submit_sent_at, clock_timestamp()),
        withdraw_due = a.withdraw_due OR a.status <> 'training', updated_at = now()
    FROM leases l
    WHERE a.id = $1 AND a.attempt = $2
      AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
      AND a.status IN ('training', 'cancelled', 'error')
      AND (a.fal_request_id IS NULL OR a.fal_request_id = $8)
    RETURNING a.id, a.attempt
)
INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
SELECT id, attempt, $5, $6, $7 FROM changed
RETURNING id
