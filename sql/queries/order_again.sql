-- The same order once more: a draft ($3) with another seed ($4) after this one ($2) of this person
-- ($1). While such a one runs, it is that one: of twenty presses one buys. Their older drafts beyond
-- $5 go, as in order_draft. One that was not made here has no endpoint, and is not repeated blindly.
-- It is like a picture of theirs: $6, else the one that it was like before. If that is gone, or its
-- endpoint has none beside it that varies pictures ($7 endpoints, $8 those), only the words are left.
-- What its button cost is what the person knows.
WITH was AS (
    SELECT j.id, j.user_id, j.avatar_id, j.parameters, j.shown_price, i.id AS source,
           CASE WHEN i.id IS NULL THEN coalesce(e.plain, j.fal_endpoint) ELSE e.varying END AS endpoint
    FROM jobs j
    JOIN avatars a ON a.id = j.avatar_id AND a.status = 'completed' AND a.deleted_at IS NULL
    LEFT JOIN unnest($7::text[], $8::text[]) AS e (plain, varying)
        ON j.fal_endpoint IN (e.plain, e.varying)
    LEFT JOIN images i ON i.id = coalesce($6::uuid, (j.parameters ->> 'source')::uuid)
        AND i.user_id = j.user_id AND e.varying IS NOT NULL
    WHERE j.id = $2 AND j.user_id = $1 AND j.kind = 'generation' AND j.status <> 'draft'
      AND j.deleted_at IS NULL AND j.parameters ? 'prompt' AND j.fal_endpoint <> ''
), runs AS (
    SELECT j.id
    FROM jobs j JOIN was ON j.user_id = was.user_id
    WHERE j.status = 'running' AND j.parameters ->> 'again_of' = was.id::text
      AND j.parameters ->> 'source' IS NOT DISTINCT FROM was.source::text
    ORDER BY j.created_at
    LIMIT 1
), old AS (
    DELETE FROM jobs j
    USING (SELECT id FROM jobs WHERE user_id = $1 AND status = 'draft'
           ORDER BY created_at DESC OFFSET $5) AS beyond
    WHERE j.id = beyond.id AND j.status = 'draft'
), drafted AS (
    INSERT INTO jobs (id, kind, user_id, avatar_id, status, fal_endpoint, parameters, shown_price)
    SELECT $3, 'generation', was.user_id, was.avatar_id, 'draft', was.endpoint,
           was.parameters - '{source,gift}'::text[] || jsonb_strip_nulls(jsonb_build_object(
               'seed', $4::bigint, 'again_of', was.id, 'source', was.source)),
           was.shown_price
    FROM was
    WHERE NOT EXISTS (SELECT FROM runs)
    RETURNING id
)
SELECT id, true AS runs FROM runs
UNION ALL
SELECT id, false FROM drafted
