-- Updates that we do not understand are kept for the operator and need no handling. A number that
-- is already stored is the same update once more, unless the row is old: Telegram repeats none
-- after a day, and after a week of silence its numbers may start again anywhere. Then it is a
-- different one.
INSERT INTO telegram_updates AS u (update_id, body, handled_at, outcome)
SELECT g.update_id, g.body,
       CASE WHEN g.understood THEN NULL ELSE clock_timestamp() END,
       CASE WHEN g.understood THEN NULL ELSE 'not understood' END
FROM unnest($1::bigint[], $2::jsonb[], $3::boolean[]) AS g (update_id, body, understood)
ON CONFLICT (update_id) DO UPDATE
SET body = excluded.body, handled_at = excluded.handled_at, outcome = excluded.outcome,
    received_at = clock_timestamp(), tries = 0
WHERE u.handled_at < clock_timestamp() - interval '3 days'
RETURNING update_id
