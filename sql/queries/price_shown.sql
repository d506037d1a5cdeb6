-- The price on the button that starts a training of this person's ($1) avatar ($2). Another one at the
-- start is shown anew first. $3 credits
UPDATE avatars SET shown_price = $3
WHERE id = $2 AND user_id = $1 AND deleted_at IS NULL AND shown_price IS DISTINCT FROM $3
