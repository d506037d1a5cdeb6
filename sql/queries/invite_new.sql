INSERT INTO invites (code_sha256, uses) VALUES ($1, $2) RETURNING id
