UPDATE outbox SET repaired_at = clock_timestamp() WHERE id = $1 AND status = 'uncertain'
