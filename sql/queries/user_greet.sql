-- Notes who wrote; a person who writes can be written to again. Writes only what changed.
WITH known AS (
    SELECT id, language, language_code
    FROM users
    WHERE telegram_id = $1
      AND username IS NOT DISTINCT FROM $2
      AND first_name IS NOT DISTINCT FROM $3
      AND language_code IS NOT DISTINCT FROM $4
      AND blocked_at IS NULL
), put AS (
    INSERT INTO users (telegram_id, username, first_name, language_code)
    SELECT $1::bigint, $2::text, $3::text, $4::text
    WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT (telegram_id) DO UPDATE
    SET username = excluded.username,
        first_name = excluded.first_name,
        language_code = excluded.language_code,
        blocked_at = NULL
    RETURNING id, language, language_code
)
SELECT id, language, language_code FROM known
UNION ALL
SELECT id, language, language_code FROM put
