-- Pauses, or keeps a pause with another reason. Waits for a start that is being decided: after it
-- nothing new begins.
UPDATE spending_control
SET paused_at = coalesce(paused_at, clock_timestamp()), pause_reason = $1
RETURNING paused_at
