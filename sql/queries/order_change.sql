-- Another shape or number ($3) for a draft ($2) of this person ($1); the choice is remembered. Its
-- button is drawn anew, with today's price. $4 credits of one picture, null: they cost none
WITH changed AS (
    UPDATE jobs j
    SET parameters = j.parameters || $3::jsonb,
        shown_price = $4::bigint
            * coalesce((j.parameters || $3::jsonb ->> 'count')::int, 1),
        updated_at = now()
    WHERE j.id = $2 AND j.user_id = $1 AND j.status = 'draft' AND j.deleted_at IS NULL
    RETURNING j.id
), remembered AS (
    UPDATE users u
    SET picture_shape = coalesce($3::jsonb ->> 'shape', u.picture_shape),
        picture_count = coalesce(($3::jsonb ->> 'count')::int, u.picture_count)
    FROM changed
    WHERE u.id = $1
)
SELECT id FROM changed
