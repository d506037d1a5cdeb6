-- A person blocked the bot ($3) or let it in again; the update is handled with it. What they are to
-- be told when they are back is the trigger's (people_come_back).
WITH handled AS (
    UPDATE telegram_updates
    SET tries = tries + 1, handled_at = clock_timestamp(),
        outcome = CASE WHEN $3::boolean THEN 'blocked' ELSE 'unblocked' END
    WHERE update_id = $1 AND handled_at IS NULL
    RETURNING update_id
)
UPDATE users u
SET blocked_at = CASE WHEN $3::boolean THEN clock_timestamp() END
FROM handled
WHERE u.telegram_id = $2 AND (u.blocked_at IS NOT NULL) <> $3::boolean
