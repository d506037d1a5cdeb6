-- The job of a lost submit, found in FAL's history ($8), and other jobs of the same submit ($9),
-- which the network bought twice: cancelled at FAL, in the same commit, so that no crash forgets
-- them. As in change_accepted the name is a fact and needs no lease.
WITH changed AS (
    UPDATE avatars a
    SET fal_request_id = $8, submit_sent_at = coalesce(a.submit_sent_at, clock_timestamp()),
        submit_archive = NULL,
        withdraw_due = a.withdraw_due OR a.status <> 'training', updated_at = now()
    WHERE a.id = $1 AND a.attempt = $2
      AND a.status IN ('training', 'cancelled', 'error')
      AND (a.fal_request_id IS NULL OR a.fal_request_id = $8)
    RETURNING a.id, a.attempt, a.shard, coalesce(a.fal_endpoint, '') AS endpoint
), doubles AS (
    INSERT INTO fal_chores (kind, request_id, endpoint, avatar_id, why)
    SELECT 'cancel', d.request, changed.endpoint, changed.id, 'bought_twice'
    FROM changed, unnest($9::text[]) AS d (request)
    WHERE NOT EXISTS (SELECT FROM avatars o WHERE o.fal_request_id = d.request)
    ON CONFLICT (request_id, kind) DO NOTHING
    RETURNING request_id
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT id, attempt, $5, $6, $7 FROM changed
), told_twice AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT changed.id, changed.attempt, $5, 'bought_twice',
           jsonb_build_object('request', doubles.request_id)
    FROM changed, doubles
)
SELECT changed.id,
       CASE WHEN l.owner IS NOT NULL AND (l.owner <> $4 OR l.epoch <> $3)
            THEN pg_notify('aisha_' || l.owner, changed.id::text) END AS told
FROM changed
LEFT JOIN leases l ON l.resource = 'shard/' || changed.shard
