-- A job at FAL that nobody waits for ($1) is to be cancelled there; never one that a job of ours is
-- named after. $2 endpoint  $3 kind and $5 id of the job it was for  $4 why
WITH orphan AS (
    INSERT INTO fal_chores (kind, request_id, endpoint, avatar_id, why, job_kind, job_id)
    SELECT 'cancel', $1::text, $2::text, CASE $3::text WHEN 'training' THEN $5::uuid END, $4::text,
           $3::text, $5::uuid
    WHERE NOT EXISTS (SELECT FROM job_routes r WHERE r.request_id = $1)
      AND NOT EXISTS (SELECT FROM jobs j WHERE j.id = $5 AND $1 = ANY (j.former_requests))
    ON CONFLICT (request_id, kind) DO NOTHING
    RETURNING request_id, job_kind, job_id
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT a.id, a.attempt, 'status-checker', 'bought_twice',
           jsonb_build_object('request', orphan.request_id)
    FROM orphan
    JOIN avatars a ON a.id = orphan.job_id AND orphan.job_kind = 'training'
), noted_of_job AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT j.id, 'status-checker', 'bought_twice', jsonb_build_object('request', orphan.request_id)
    FROM orphan
    JOIN jobs j ON j.id = orphan.job_id AND j.kind = orphan.job_kind
)
SELECT request_id FROM orphan
