-- Like progress_claim, for one job, and without claiming it.
SELECT s.avatar_id, s.kind, s.attempt, s.turn, s.stage, s.number, s.message_id,
       coalesce(a.name, '') AS name,
       u.telegram_id, u.language, u.language_code, u.blocked_at IS NOT NULL AS blocked,
       coalesce(j.fal_endpoint, a.fal_endpoint, '') AS endpoint,
       CASE WHEN j.id IS NULL THEN coalesce(a.steps, 0) ELSE 0 END AS steps,
       extract(epoch FROM clock_timestamp() - CASE
           WHEN j.id IS NOT NULL THEN coalesce(j.started_at, j.created_at)
           WHEN isfinite(a.training_started_at) THEN a.training_started_at
           ELSE a.updated_at END)::float8 AS elapsed,
       extract(epoch FROM clock_timestamp() - CASE
           WHEN j.id IS NOT NULL THEN j.finished_at
           WHEN isfinite(a.fal_finished_at) THEN a.fal_finished_at END)::float8 AS fetching,
       -- a notice of unknown fate must not be told by this message
       (SELECT CASE WHEN o.stopped IS NULL THEN o.status ELSE 'dead' END FROM outbox o
        WHERE o.job_id = s.avatar_id AND o.attempt = s.attempt AND o.kind <> 'result_delayed'
        ORDER BY o.id DESC LIMIT 1) AS notice
FROM status_messages s
LEFT JOIN jobs j ON j.id = s.avatar_id AND s.kind <> 'training'
LEFT JOIN avatars a ON a.id = CASE WHEN j.id IS NULL THEN s.avatar_id ELSE j.avatar_id END
JOIN users u ON u.id = coalesce(j.user_id, a.user_id)
WHERE s.avatar_id = $1 AND u.id = $2
