-- FAL has finished and nothing is stored. Noted when the reason or the source is new; the first
-- failed completeness check ($8) tells the owner, once, until when ($9 seconds) we try.
WITH changed AS (
    UPDATE avatars a
    SET last_status_check = clock_timestamp(),
        fal_finished_at = coalesce(a.fal_finished_at, clock_timestamp())
    FROM leases l
    WHERE a.id = $1 AND a.attempt = $2
      AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
      AND a.hears
    RETURNING a.id, a.attempt, a.user_id, a.status,
              coalesce(a.training_started_at, a.updated_at) + make_interval(secs => $9) AS until
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT changed.id, changed.attempt, $5, $6, $7
    FROM changed
    WHERE NOT EXISTS (
        SELECT
        FROM (SELECT e.source, e.kind, e.detail FROM training_events e
              WHERE e.avatar_id = changed.id ORDER BY e.id DESC LIMIT 1) last
        WHERE last.source = $5 AND last.kind = $6 AND last.detail -> 'reason' = $7::jsonb -> 'reason')
), told AS (
    INSERT INTO outbox (user_id, avatar_id, job_kind, job_id, attempt, kind, payload)
    SELECT user_id, id, 'training', id, attempt, 'result_delayed', jsonb_build_object('until', until)
    FROM changed
    WHERE $8::boolean AND status = 'training'
    ON CONFLICT DO NOTHING
)
SELECT id FROM changed
