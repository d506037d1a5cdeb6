-- The message now shows this. If another caller was about to show it meanwhile, it is unknown which
-- of the two came last, so it is shown once more.
UPDATE status_messages s
SET shown_stage = CASE WHEN s.turn = $2 THEN $3::text END,
    shown_number = CASE WHEN s.turn = $2 THEN $4::int END,
    message_id = CASE WHEN s.turn = $2 THEN coalesce($5, s.message_id) ELSE s.message_id END,
    opening = s.opening AND s.turn <> $2
WHERE s.avatar_id = $1
