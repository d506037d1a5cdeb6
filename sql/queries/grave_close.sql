-- Its folders were looked at once more. The names of its jobs stay for as long as FAL may call.
UPDATE erasures SET swept_at = clock_timestamp() WHERE avatar_id = $1
