-- An order of pictures ($3 id, $4 parameters, $5 endpoint) with a finished avatar ($2) of this person
-- ($1). Nothing is bought yet. Their older drafts beyond $6 go, so that nobody fills the table.
-- $7 credits of one picture, null: they cost none
WITH mine AS (
    SELECT a.id, a.user_id
    FROM avatars a
    WHERE a.id = $2 AND a.user_id = $1 AND a.status = 'completed' AND a.deleted_at IS NULL
      AND a.lora_object_key IS NOT NULL
), old AS (
    DELETE FROM jobs j
    USING (SELECT id FROM jobs WHERE user_id = $1 AND status = 'draft'
           ORDER BY created_at DESC OFFSET $6) AS beyond
    WHERE j.id = beyond.id AND j.status = 'draft'
)
INSERT INTO jobs (id, kind, user_id, avatar_id, status, fal_endpoint, parameters, shown_price)
SELECT $3, 'generation', mine.user_id, mine.id, 'draft', $5, $4,
       $7::bigint * coalesce(($4::jsonb ->> 'count')::int, 1)
FROM mine
RETURNING id
