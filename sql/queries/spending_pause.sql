-- Pauses, or changes the reason of a pause. Waits for a start that is being decided; after that
-- nothing new starts.
UPDATE spending_control
SET paused_at = coalesce(paused_at, clock_timestamp()), pause_reason = $1
RETURNING paused_at
