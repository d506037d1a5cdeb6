-- The name of a paid job is always saved: if its owner cancelled while the submit was on the wire,
-- FAL is told now. Saved twice, it stays the same.
-- The one change that needs no lease: a name that was learnt is a fact, not a decision, and an
-- attempt is submitted once, so everybody who brings its name brings the same one. An instance that
-- slept through its lease in the middle of a submit is the only one that knows it. The present
-- watcher of the training ($3 epoch and $4 owner are not theirs) is told in the same commit; if the
-- lease is free, there is nobody to tell.
WITH changed AS (
    UPDATE avatars a
    SET fal_request_id = $8, submit_sent_at = coalesce(a.submit_sent_at, clock_timestamp()),
        submit_archive = NULL,
        withdraw_due = a.withdraw_due OR a.status <> 'training', updated_at = now()
    WHERE a.id = $1 AND a.attempt = $2
      AND a.status IN ('training', 'cancelled', 'error')
      AND (a.fal_request_id IS NULL OR a.fal_request_id = $8)
    RETURNING a.id, a.attempt, a.shard
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT id, attempt, $5, $6, $7 FROM changed
)
SELECT changed.id,
       CASE WHEN l.owner IS NOT NULL AND (l.owner <> $4 OR l.epoch <> $3)
            THEN pg_notify('aisha_' || l.owner, changed.id::text) END AS told
FROM changed
LEFT JOIN leases l ON l.resource = 'shard/' || changed.shard
