-- Age in seconds of the oldest notice that waits for us, and not for a person who blocked the bot.
SELECT coalesce(extract(epoch FROM clock_timestamp() - (
    SELECT o.created_at
    FROM outbox o
    JOIN users u ON u.id = o.user_id
    WHERE o.status = 'pending' AND u.blocked_at IS NULL
    ORDER BY o.created_at
    LIMIT 1)), 0)::float8
