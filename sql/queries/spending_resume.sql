UPDATE spending_control SET paused_at = NULL, pause_reason = NULL WHERE paused_at IS NOT NULL
