-- Before the name is known: the submit is about to be sent ($7 is what it is found by), or was
-- certainly not accepted ($7 null), or its owner is told that we check ($8).
WITH changed AS (
    UPDATE jobs j
    SET submit_sent_at = CASE WHEN $8 THEN j.submit_sent_at
                              WHEN $7::text IS NOT NULL THEN clock_timestamp() END,
        submit_prepared = CASE WHEN $8 THEN j.submit_prepared ELSE $7 END,
        submit_doubted_at = CASE WHEN $8 THEN clock_timestamp() ELSE j.submit_doubted_at END,
        updated_at = now()
    FROM leases l
    WHERE j.id = $1 AND l.resource = 'shard/' || j.shard AND l.epoch = $2 AND l.owner = $3
      AND j.status = 'running' AND j.fal_request_id IS NULL
    RETURNING j.id
)
INSERT INTO job_events (job_id, source, kind, detail)
SELECT id, $4, $5, $6 FROM changed
RETURNING id
