-- An event only when something changed; a day of polls is one row, updated in place.
WITH before AS (
    SELECT id, training_progress, queue_position, training_logs FROM avatars WHERE id = $1
), changed AS (
    UPDATE avatars a
    SET last_status_check = clock_timestamp(), queue_position = $8,
        training_progress = greatest(a.training_progress, coalesce($9, a.training_progress)),
        training_logs = $10
    FROM leases l
    WHERE a.id = $1 AND a.attempt = $2
      AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
      AND a.status = 'training'
    RETURNING a.id, a.attempt, a.training_progress, a.queue_position, a.training_logs
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT changed.id, changed.attempt, $5, $6, $7
    FROM changed
    JOIN before ON (before.training_progress, before.queue_position, before.training_logs)
        IS DISTINCT FROM (changed.training_progress, changed.queue_position, changed.training_logs)
)
SELECT id FROM changed
