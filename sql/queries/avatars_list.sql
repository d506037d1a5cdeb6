-- For the operator: most recently changed first. Each row also has the total.
SELECT a.id, a.name, a.training_type::text, a.status::text, a.attempt, a.training_progress,
       u.telegram_id, a.training_started_at, a.updated_at, a.training_error, a.watched,
       CASE WHEN a.parked_until > clock_timestamp() THEN a.parked_until END AS parked_until,
       clock_timestamp() AS now, count(*) OVER () AS total
FROM avatars a
JOIN users u ON u.id = a.user_id
WHERE ($1::text IS NULL OR a.status::text = $1)
  AND ($2::bigint IS NULL OR u.telegram_id = $2)
ORDER BY a.updated_at DESC, a.id
LIMIT $3
