-- Given up, and why ($3). A person who blocked the bot is not written to until they unblock it.
WITH dead AS (
    UPDATE outbox
    SET status = 'dead', last_error = $2, dead_reason = $3
    WHERE id = $1 AND status IN ('sending', 'dead')
    RETURNING user_id
)
UPDATE users u
SET blocked_at = clock_timestamp()
FROM dead
WHERE u.id = dead.user_id AND $3 = 'blocked' AND u.blocked_at IS NULL
