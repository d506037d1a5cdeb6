INSERT INTO invites (code_sha256, uses, credits) VALUES ($1, $2, $3) RETURNING id
