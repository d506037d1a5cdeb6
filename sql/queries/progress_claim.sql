-- The status messages that are next: a new stage before a new number before the time that is left,
-- each the oldest first; only for the one sender. Three short looks into one index. Before a
-- message is opened its row is marked: after a crash it is not opened twice.
-- $3 how many  $4 $5 $6 seconds that a message rests before a new stage, number, time
WITH lease AS (
    SELECT FROM leases WHERE resource = 'telegram/send' AND owner = $1 AND epoch = $2
), oldest AS (
    (SELECT avatar_id, news, shown_at FROM status_messages
     WHERE news = 2 AND shown_at <= now() - make_interval(secs => $4)
     ORDER BY shown_at LIMIT $3)
    UNION ALL
    (SELECT avatar_id, news, shown_at FROM status_messages
     WHERE news = 1 AND shown_at <= now() - make_interval(secs => $5)
     ORDER BY shown_at LIMIT $3)
    UNION ALL
    (SELECT avatar_id, news, shown_at FROM status_messages
     WHERE news = 0 AND shown_at <= now() - make_interval(secs => $6)
     ORDER BY shown_at LIMIT $3)
), due AS (
    SELECT s.avatar_id
    FROM (SELECT avatar_id FROM oldest ORDER BY news DESC, shown_at LIMIT $3) o
    JOIN status_messages s ON s.avatar_id = o.avatar_id
    WHERE EXISTS (SELECT FROM lease)
    FOR UPDATE OF s SKIP LOCKED
), claimed AS (
    UPDATE status_messages s
    SET turn = s.turn + 1, shown_at = clock_timestamp(), opening = s.message_id IS NULL
    FROM due
    WHERE s.avatar_id = due.avatar_id AND s.news IS NOT NULL
    RETURNING s.*
)
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
FROM claimed s
LEFT JOIN jobs j ON j.id = s.avatar_id AND s.kind <> 'training'
LEFT JOIN avatars a ON a.id = CASE WHEN j.id IS NULL THEN s.avatar_id ELSE j.avatar_id END
JOIN users u ON u.id = coalesce(j.user_id, a.user_id)
