-- Deletes what FAL sent about erased avatars, for the next $3 erasures after $2 of these shards
-- ($1). A job that only our nonce connects with one is named by its call, and must be cancelled.
-- Returns where the next round begins, which is null after the last erasure.
WITH graves AS (
    SELECT avatar_id, requests, nonces, endpoint
    FROM erasures
    WHERE (requests <> '{}' OR nonces <> '{}') AND avatar_id > $2
      AND get_byte(uuid_send(avatar_id), 15) = ANY ($1::smallint[])
    ORDER BY avatar_id
    LIMIT $3
), called AS (
    SELECT g.avatar_id, w.id, w.request_id, true AS known
    FROM graves g, unnest(g.requests) AS r JOIN webhook_inbox w ON w.request_id = r
    UNION ALL
    SELECT g.avatar_id, w.id, w.request_id, w.request_id = ANY (g.requests)
    FROM graves g, unnest(g.nonces) AS n JOIN webhook_inbox w ON w.nonce = n
), untold AS (
    DELETE FROM webhook_inbox w USING called WHERE w.id = called.id
), orphans AS (
    SELECT avatar_id, array_agg(DISTINCT request_id) AS requests
    FROM called WHERE NOT known GROUP BY avatar_id
), named AS (
    UPDATE erasures e
    SET requests = (e.requests || orphans.requests)[1:40]
    FROM orphans
    WHERE e.avatar_id = orphans.avatar_id
), cancels AS (
    INSERT INTO fal_chores (kind, request_id, endpoint, avatar_id, why)
    SELECT DISTINCT ON (called.request_id)
           'cancel', called.request_id, coalesce(g.endpoint, ''), g.avatar_id, 'erased'
    FROM called JOIN graves g USING (avatar_id)
    WHERE NOT called.known
    ON CONFLICT (request_id, kind) DO NOTHING
)
SELECT CASE WHEN count(*) >= $3 THEN max(avatar_id::text)::uuid END AS next,
       (SELECT count(DISTINCT id) FROM called) AS calls
FROM graves
