-- Its fate is unknown, and the person blocked the bot: the edit is made when they unblock it.
WITH closed AS (
    UPDATE outbox
    SET last_error = $2
    WHERE id = $1 AND status = 'uncertain'
    RETURNING user_id
)
UPDATE users u
SET blocked_at = clock_timestamp()
FROM closed
WHERE u.id = closed.user_id AND u.blocked_at IS NULL
