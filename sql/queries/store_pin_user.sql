-- The first one wins: another instance may have learnt it at the same time.
UPDATE store_identity SET fal_user_id = coalesce(fal_user_id, $1) RETURNING fal_user_id
