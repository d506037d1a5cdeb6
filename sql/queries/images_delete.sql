-- Deletes a person's picture ($2). A trigger leaves its objects to be removed.
DELETE FROM images WHERE id = $2 AND user_id = $1
