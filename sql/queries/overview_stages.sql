-- For the operator's page and the gauges: what is being watched, by stage.
SELECT CASE
           WHEN status = 'training' AND fal_finished_at IS NOT NULL THEN 'fetching'
           WHEN status = 'training' AND fal_request_id IS NULL
               AND submit_doubted_at >= submit_sent_at THEN 'checking'
           WHEN status = 'training' AND fal_request_id IS NULL THEN 'submitting'
           WHEN status = 'training' AND queue_position IS NOT NULL THEN 'queue'
           WHEN status = 'training' THEN 'working'
           WHEN withdraw_due THEN 'withdrawing'
           WHEN result_source LIKE 'fallback:%' THEN 'provisional'
           ELSE 'auditing' END AS stage,
       count(*), min(fal_finished_at) AS finished_since
FROM avatars
WHERE watched
GROUP BY 1
