SELECT id, uses, used, credits, created_at, last_used_at FROM invites ORDER BY id DESC LIMIT $1
