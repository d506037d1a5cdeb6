-- What the owner ($1) said once about an avatar ($2): of what it is ($3), or that they agreed ($4 the
-- version of the sentence). The first answer to the last question makes its first pictures due.
UPDATE avatars
SET gender = coalesce($3, gender),
    consent_version = coalesce($4, consent_version),
    consent_at = CASE WHEN $4::int IS NULL THEN consent_at ELSE clock_timestamp() END,
    (gift_from, gift_try_at) = (
        SELECT CASE WHEN answered THEN clock_timestamp() ELSE gift_from END,
               CASE WHEN answered THEN clock_timestamp() ELSE gift_try_at END
        FROM (SELECT gift = 'due' AND gift_from = 'infinity' AND NOT questions_open(
                  training_type::text, coalesce($4, consent_version), coalesce($3, gender)) AS answered) AS g),
    updated_at = now()
WHERE id = $2 AND user_id = $1 AND deleted_at IS NULL
RETURNING id
