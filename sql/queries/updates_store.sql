-- What we do not understand is kept for the operator and needs no handling.
INSERT INTO telegram_updates (update_id, body, handled_at, outcome)
SELECT g.update_id, g.body,
       CASE WHEN g.understood THEN NULL ELSE clock_timestamp() END,
       CASE WHEN g.understood THEN NULL ELSE 'not understood' END
FROM unnest($1::bigint[], $2::jsonb[], $3::boolean[]) AS g (update_id, body, understood)
ON CONFLICT (update_id) DO NOTHING
RETURNING update_id
