-- Like progress_claim, for one avatar, and without claiming it.
SELECT s.avatar_id, s.attempt, s.turn, s.stage, s.number, s.message_id, a.name,
       u.telegram_id, u.language, u.language_code, u.blocked_at IS NOT NULL AS blocked,
       coalesce(a.fal_endpoint, '') AS endpoint, coalesce(a.steps, 0) AS steps,
       extract(epoch FROM clock_timestamp()
           - CASE WHEN isfinite(a.training_started_at) THEN a.training_started_at
               ELSE a.updated_at END)::float8 AS elapsed,
       extract(epoch FROM clock_timestamp()
           - CASE WHEN isfinite(a.fal_finished_at) THEN a.fal_finished_at END)::float8 AS fetching,
       -- a notice of unknown fate must not be told by this message
       (SELECT CASE WHEN o.stopped IS NULL THEN o.status ELSE 'dead' END FROM outbox o
        WHERE o.avatar_id = s.avatar_id AND o.attempt = s.attempt AND o.kind <> 'result_delayed'
        ORDER BY o.id DESC LIMIT 1) AS notice
FROM status_messages s
JOIN avatars a ON a.id = s.avatar_id
JOIN users u ON u.id = a.user_id
WHERE a.id = $1 AND a.user_id = $2
