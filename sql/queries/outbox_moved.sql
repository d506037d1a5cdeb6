-- Their chat has moved to another number; the notice keeps its place, or its edit, and goes there.
WITH moved AS (
    UPDATE outbox
    SET status = CASE status WHEN 'uncertain' THEN status ELSE 'pending' END,
        tries = greatest(tries - 1, 0), next_try_at = clock_timestamp(),
        last_error = 'the chat has another number now'
    WHERE id = $1 AND status IN ('sending', 'pending', 'uncertain')
    RETURNING user_id
)
UPDATE users u SET chat_id = $2 FROM moved WHERE u.id = moved.user_id
