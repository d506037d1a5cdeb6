-- Its owner opened it, and now reads this ($5, $6) in that message ($4): it is the status message
-- from here on, left alone for $7 seconds. Returns which one it was before.
WITH before AS (
    SELECT message_id FROM status_messages WHERE avatar_id = $1
), presented AS (
    UPDATE status_messages s
    SET message_id = $4, opening = false, shown_stage = $5, shown_number = $6, turn = s.turn + 1,
        shown_at = clock_timestamp() + make_interval(secs => $7)
    WHERE s.avatar_id = $1 AND s.attempt = $3
      AND (EXISTS (SELECT FROM avatars a WHERE a.id = $1 AND a.user_id = $2)
           OR EXISTS (SELECT FROM jobs j WHERE j.id = $1 AND j.user_id = $2))
    RETURNING s.avatar_id
)
SELECT before.message_id FROM before, presented WHERE before.message_id <> $4
