-- For the operator's page and the gauges: what is being watched, by kind and stage. Accepted is a
-- moment of working that only its owner is told.
SELECT kind,
       CASE
           WHEN open THEN CASE stage WHEN 'accepted' THEN 'working' ELSE stage END
           WHEN withdraw_due THEN 'withdrawing'
           WHEN stage = 'provisional' THEN stage
           ELSE 'auditing' END AS stage,
       count(*), min(finished_at) AS finished_since
FROM (
    SELECT 'training' AS kind, status = 'training' AS open, withdraw_due,
           fal_finished_at AS finished_at,
           training_stage(status::text, result_source, fal_finished_at, queue_position,
                          fal_request_id, submit_sent_at, submit_doubted_at, last_status_check,
                          training_progress) AS stage
    FROM avatars
    WHERE watched
    UNION ALL
    SELECT kind, status = 'running', withdraw_due, finished_at,
           job_stage(status, finished_at, queue_position, fal_request_id, submit_sent_at,
                     submit_doubted_at, looked_at)
    FROM jobs
    WHERE watched
) AS flight
GROUP BY 1, 2
