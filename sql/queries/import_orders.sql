-- A batch of orders of pictures that the older Aisha completed: no price, no notice, nothing is watched.
-- One that is already here stays as it is. What was deleted here, with its avatar or by itself, does
-- not come back. One without an avatar here has none.
WITH given AS (
    SELECT r.*, u.id AS user_id, a.id AS avatar,
           EXISTS (SELECT FROM jobs j WHERE j.id = r.id) AS here,
           a.deleted_at IS NOT NULL
               OR EXISTS (SELECT FROM erasures e WHERE e.avatar_id IN (r.id, r.avatar_id)) AS erased
    FROM jsonb_to_recordset($1) AS r
        (id uuid, telegram_id bigint, avatar_id uuid, parameters jsonb, created_at timestamptz,
         completed_at timestamptz, event jsonb)
    LEFT JOIN users u ON u.telegram_id = r.telegram_id
    LEFT JOIN avatars a ON a.id = r.avatar_id AND a.user_id = u.id
), put AS (
    -- Never started here: it counts for no limit, and for nobody's patience.
    INSERT INTO jobs (id, kind, user_id, avatar_id, status, parameters, created_at, completed_at,
                      updated_at)
    SELECT id, 'generation', user_id, avatar, 'completed', parameters, coalesce(created_at, now()),
           coalesce(completed_at, now()), coalesce(completed_at, now())
    FROM given
    WHERE user_id IS NOT NULL AND NOT here AND NOT erased
    ON CONFLICT DO NOTHING
    RETURNING id
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT given.id, 'import', 'imported', given.event
    FROM given JOIN put ON put.id = given.id
)
SELECT given.id, put.id IS NOT NULL AS taken, given.here, given.erased,
       given.user_id IS NULL AS ownerless,
       put.id IS NOT NULL AND given.avatar_id IS NOT NULL AND given.avatar IS NULL AS without_avatar
FROM given LEFT JOIN put ON put.id = given.id
