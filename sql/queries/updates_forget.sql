-- Updates handled more than $1 seconds ago, at most $2 at a time. By time and not by number,
-- because Telegram's numbers may start again lower.
DELETE FROM telegram_updates
WHERE update_id IN (
    SELECT update_id
    FROM telegram_updates
    WHERE handled_at < clock_timestamp() - make_interval(secs => $1)
    ORDER BY handled_at
    LIMIT $2)
