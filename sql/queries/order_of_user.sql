-- One order of pictures ($2) of this person ($1), with what can be said of it.
SELECT j.id, j.status, j.avatar_id, coalesce(a.name, '') AS avatar_name, j.fal_endpoint,
       j.parameters, coalesce(j.error, '') AS error,
       job_stage(j.status, j.finished_at, j.queue_position, j.fal_request_id, j.submit_sent_at,
                 j.submit_doubted_at, j.looked_at) AS stage,
       j.queue_position,
       (SELECT count(*) FROM images i WHERE i.job_id = j.id)::int AS held
FROM jobs j
LEFT JOIN avatars a ON a.id = j.avatar_id AND a.deleted_at IS NULL
WHERE j.id = $2 AND j.user_id = $1 AND j.kind = 'generation' AND j.deleted_at IS NULL
