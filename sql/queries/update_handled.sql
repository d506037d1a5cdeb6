-- The update and the state of its conversation: both or neither. Of two instances that handled it
-- around a take-over the first one wins; the other changes nothing.
WITH handled AS (
    UPDATE telegram_updates
    SET handled_at = clock_timestamp(), outcome = $2
    WHERE update_id = $1 AND handled_at IS NULL
    RETURNING update_id
)
INSERT INTO dialogues (chat_id, telegram_id, state)
SELECT $3, $4, $5
FROM handled
WHERE $5::jsonb IS NOT NULL
ON CONFLICT (chat_id, telegram_id) DO UPDATE SET state = excluded.state, updated_at = now()
