-- Shares a person's picture ($2) no more.
UPDATE images SET share_token = NULL WHERE id = $2 AND user_id = $1
