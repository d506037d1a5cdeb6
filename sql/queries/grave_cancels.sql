-- Jobs of erased avatars that FAL is still to be told of.
SELECT e.avatar_id, e.endpoint, c.request
FROM erasures e, unnest(e.cancels) AS c (request)
WHERE e.cancels <> '{}' AND e.cancel_after <= clock_timestamp() AND e.endpoint IS NOT NULL
  AND get_byte(uuid_send(e.avatar_id), 15) = ANY ($1::smallint[])
ORDER BY e.cancel_after
LIMIT $2
