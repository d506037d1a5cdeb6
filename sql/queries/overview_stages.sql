-- For the operator's page and the gauges: what is being watched, by stage. Accepted is a moment of
-- working that only its owner is told.
SELECT CASE
           WHEN status = 'training' THEN CASE stage WHEN 'accepted' THEN 'working' ELSE stage END
           WHEN withdraw_due THEN 'withdrawing'
           WHEN stage = 'provisional' THEN stage
           ELSE 'auditing' END AS stage,
       count(*), min(fal_finished_at) AS finished_since
FROM (
    SELECT status, withdraw_due, fal_finished_at,
           training_stage(status::text, result_source, fal_finished_at, queue_position,
                          fal_request_id, submit_sent_at, submit_doubted_at, last_status_check,
                          training_progress) AS stage
    FROM avatars
    WHERE watched
) AS flight
GROUP BY 1
