-- The message was brought to this. If anybody else was about to show it meanwhile, nobody knows
-- which of the two came last: it is shown once more.
UPDATE status_messages s
SET shown_stage = CASE WHEN s.turn = $2 THEN $3::text END,
    shown_number = CASE WHEN s.turn = $2 THEN $4::int END,
    message_id = CASE WHEN s.turn = $2 THEN coalesce($5, s.message_id) ELSE s.message_id END,
    opening = s.opening AND s.turn <> $2
WHERE s.avatar_id = $1
