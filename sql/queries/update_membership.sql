-- A person blocked the bot ($3) or unblocked it; this also handles the update. What they are told
-- when they return is the trigger's task (people_come_back). Nothing is kept about a person who is
-- unknown or was erased.
WITH known AS (
    SELECT id FROM users WHERE telegram_id = $2
), unknown AS (
    DELETE FROM telegram_updates
    WHERE update_id = $1 AND handled_at IS NULL AND NOT EXISTS (SELECT FROM known)
), handled AS (
    UPDATE telegram_updates
    SET tries = tries + 1, handled_at = clock_timestamp(),
        outcome = CASE WHEN $3::boolean THEN 'blocked' ELSE 'unblocked' END
    WHERE update_id = $1 AND handled_at IS NULL AND EXISTS (SELECT FROM known)
    RETURNING update_id
)
UPDATE users u
SET blocked_at = CASE WHEN $3::boolean THEN clock_timestamp() END
FROM handled, known
WHERE u.id = known.id AND (u.blocked_at IS NOT NULL) <> $3::boolean
