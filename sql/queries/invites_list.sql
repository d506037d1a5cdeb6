SELECT id, uses, used, created_at, last_used_at FROM invites ORDER BY id DESC LIMIT $1
