-- Marks a person's picture ($2), or removes the mark.
UPDATE images SET is_favorite = NOT is_favorite
WHERE id = $2 AND user_id = $1
RETURNING is_favorite
