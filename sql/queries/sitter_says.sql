-- What the owner ($1) said once about an avatar ($2): of what it is ($3), or that they agreed ($4 the
-- version of the sentence).
UPDATE avatars
SET gender = coalesce($3, gender),
    consent_version = coalesce($4, consent_version),
    consent_at = CASE WHEN $4::int IS NULL THEN consent_at ELSE clock_timestamp() END,
    updated_at = now()
WHERE id = $2 AND user_id = $1 AND deleted_at IS NULL
RETURNING id
