-- From now on FAL may have the job. The address of the archive ($8) is how the job is found if the
-- answer is lost: no other submit contains it.
WITH changed AS (
    UPDATE avatars a
    SET submit_sent_at = clock_timestamp(), submit_archive = $8, updated_at = now()
    FROM leases l
    WHERE a.id = $1 AND a.attempt = $2
      AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
      AND a.status = 'training' AND a.fal_request_id IS NULL
    RETURNING a.id, a.attempt
)
INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
SELECT id, attempt, $5, $6, $7 FROM changed
RETURNING id
