-- The operator wants it checked now, if a check can change anything: it is running, is provisional,
-- or ended by a time-out that a real result would heal. A completed one is audited again, a parked
-- one is tried once more.
WITH due AS (
    SELECT a.id, a.attempt, a.status
    FROM avatars a
    WHERE a.id = $1
      AND (a.watched OR (a.hears AND a.fal_request_id IS NOT NULL)
           OR (a.status = 'completed' AND a.lora_object_key IS NOT NULL
               AND a.training_completed_at IS NOT NULL AND a.fal_request_id IS NOT NULL))
), again AS (
    UPDATE avatars a
    SET audited_at = CASE WHEN a.status <> 'completed' THEN a.audited_at END,
        parked_until = CASE WHEN a.work_tries > 0 THEN clock_timestamp() END
    FROM due
    WHERE a.id = due.id AND a.attempt = due.attempt
      AND (a.work_tries > 0 OR (a.status = 'completed' AND a.audited_at IS NOT NULL))
)
INSERT INTO training_events (avatar_id, attempt, source, kind)
SELECT id, attempt, 'operator', 'rechecked' FROM due
RETURNING id
