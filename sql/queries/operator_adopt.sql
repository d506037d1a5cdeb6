-- The operator names the job of a submit whose answer was lost. Only while it is training, only if
-- no name is stored, and only a name of no other avatar and no older attempt. While the submit may
-- still be in flight, its answer is waited for: two names for one attempt would leave one job
-- without a watcher.
WITH asked AS (
    SELECT a.id, a.status::text AS status, a.fal_request_id,
           EXISTS (SELECT FROM avatars o WHERE o.fal_request_id = $2 AND o.id <> a.id)
               OR EXISTS (SELECT FROM training_events e
                          WHERE e.avatar_id = a.id AND e.attempt <> a.attempt
                            AND e.kind = 'submit_accepted' AND e.detail ->> 'request' = $2) AS taken,
           coalesce(a.submit_sent_at > clock_timestamp() - interval '2 minutes', false)
               AND NOT EXISTS (SELECT FROM training_events e
                               WHERE e.avatar_id = a.id AND e.attempt = a.attempt
                                 AND e.kind = 'submit_unknown') AS on_the_wire
    FROM avatars a
    WHERE a.id = $1
), adopted AS (
    UPDATE avatars a
    SET fal_request_id = $2, submit_sent_at = coalesce(a.submit_sent_at, clock_timestamp()),
        updated_at = now()
    FROM asked
    WHERE a.id = asked.id AND a.status = 'training' AND a.fal_request_id IS NULL
      AND NOT asked.taken AND NOT asked.on_the_wire
    RETURNING a.id, a.attempt
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT id, attempt, 'operator', 'submit_accepted', jsonb_build_object('request', $2::text)
    FROM adopted
)
SELECT asked.status, asked.fal_request_id, asked.taken, asked.on_the_wire,
       EXISTS (SELECT FROM adopted) AS adopted
FROM asked
