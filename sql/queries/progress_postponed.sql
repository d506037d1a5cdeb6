-- Certainly not shown; again after $3 seconds, and in a new message if the old one is gone ($4).
UPDATE status_messages s
SET shown_at = clock_timestamp() + make_interval(secs => $3), opening = false,
    message_id = CASE WHEN NOT $4::boolean THEN s.message_id END,
    shown_stage = CASE WHEN NOT $4::boolean THEN s.shown_stage END
WHERE s.avatar_id = $1 AND s.turn = $2
