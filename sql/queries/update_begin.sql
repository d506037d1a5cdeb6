-- What every update needs, in one statement: counts a try before it is made, records who wrote (the
-- bot can write again to a person who writes; only changes are written), and returns the state of
-- the conversation. No row for an update that is already handled: it may reach us twice around a
-- crash or a take-over.
WITH tried AS (
    UPDATE telegram_updates SET tries = tries + 1
    WHERE update_id = $1 AND handled_at IS NULL
    RETURNING tries
), known AS (
    SELECT id, language, language_code, admitted_at
    FROM users
    WHERE telegram_id = $2
      AND username IS NOT DISTINCT FROM $3
      AND first_name IS NOT DISTINCT FROM $4
      AND language_code IS NOT DISTINCT FROM $5
      AND blocked_at IS NULL
), put AS (
    INSERT INTO users (telegram_id, username, first_name, language_code)
    SELECT $2::bigint, $3::text, $4::text, $5::text
    WHERE EXISTS (SELECT FROM tried) AND NOT EXISTS (SELECT FROM known)
    ON CONFLICT (telegram_id) DO UPDATE
    SET username = excluded.username,
        first_name = excluded.first_name,
        language_code = excluded.language_code,
        blocked_at = NULL
    RETURNING id, language, language_code, admitted_at
), person AS (
    SELECT id, language, language_code, admitted_at FROM known
    UNION ALL
    SELECT id, language, language_code, admitted_at FROM put
)
SELECT tried.tries, person.id, person.language, person.language_code, d.state,
       person.admitted_at IS NOT NULL AS invited
FROM tried
CROSS JOIN person
LEFT JOIN dialogues d ON d.chat_id = $6 AND d.telegram_id = $2
