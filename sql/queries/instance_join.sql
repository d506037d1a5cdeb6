INSERT INTO instances (id, roles, version) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET heartbeat_at = clock_timestamp()
