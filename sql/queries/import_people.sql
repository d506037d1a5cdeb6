-- A batch of people. People who have already written to us are recognized by Telegram's number and
-- stay as they are; their avatars are imported under the row that is here. Who came with an earlier
-- import and was forgotten here stays forgotten.
WITH given AS (
    SELECT *, EXISTS (SELECT FROM forgotten f WHERE f.id = r.id AND f.is_person) AS forgotten
    FROM jsonb_to_recordset($1) AS r
        (id uuid, telegram_id bigint, username text, first_name text, language_code text,
         blocked_at timestamptz, created_at timestamptz)
), put AS (
    INSERT INTO users (id, telegram_id, username, first_name, language_code, blocked_at, created_at)
    SELECT id, telegram_id, username, first_name, language_code, blocked_at,
           coalesce(created_at, now())
    FROM given
    WHERE NOT forgotten
    ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT given.id, put.id IS NOT NULL AS taken, given.forgotten
FROM given LEFT JOIN put ON put.id = given.id
