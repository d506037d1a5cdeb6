-- The first pictures of an avatar ($1) cannot be given now: again in $2 seconds, and never after $3
-- seconds since they might have been.
UPDATE avatars
SET gift = CASE WHEN gift_from < now() - make_interval(secs => $3) THEN 'missed' ELSE gift END,
    gift_try_at = now() + make_interval(secs => $2)
WHERE id = $1 AND gift = 'due'
RETURNING gift = 'missed' AS missed
