-- For the operator: paid jobs that are no trainings, most recently changed first, of one kind ($1),
-- status ($2) or person ($3, a Telegram id). Each row also has the total.
SELECT j.id, j.kind, j.status, j.avatar_id, u.telegram_id, j.created_at, j.started_at, j.updated_at,
       j.error, j.watched,
       job_stage(j.status, j.finished_at, j.queue_position, j.fal_request_id, j.submit_sent_at,
                 j.submit_doubted_at, j.looked_at) AS stage,
       CASE WHEN j.parked_until > clock_timestamp() THEN j.parked_until END AS parked_until,
       clock_timestamp() AS now, count(*) OVER () AS total
FROM jobs j
JOIN users u ON u.id = j.user_id
WHERE ($1::text IS NULL OR j.kind = $1)
  AND ($2::text IS NULL OR j.status = $2)
  AND ($3::bigint IS NULL OR u.telegram_id = $3)
ORDER BY j.updated_at DESC, j.id
LIMIT $4
