-- Shares a person's picture ($2) by this word ($3), or by the one that it is shared by already.
UPDATE images SET share_token = coalesce(share_token, $3)
WHERE id = $2 AND user_id = $1
RETURNING share_token
