-- Its fate is unknown, it was sent again already, and there is no message to edit: an operator
-- decides. The status message belongs to the ProgressActor again.
WITH left_open AS (
    UPDATE outbox
    SET dead_reason = 'unconfirmed', last_error = $2
    WHERE id = $1 AND status = 'uncertain' AND repaired_at IS NULL
    RETURNING avatar_id, attempt
)
UPDATE status_messages s
SET shown_stage = NULL, turn = s.turn + 1
FROM left_open
WHERE s.avatar_id = left_open.avatar_id AND s.attempt = left_open.attempt
