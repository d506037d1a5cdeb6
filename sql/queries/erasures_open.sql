-- Three hours: FAL repeats a webhook for two, and no download takes that long.
SELECT avatar_id
FROM erasures
WHERE swept_at IS NULL AND erased_at < clock_timestamp() - interval '3 hours'
  AND get_byte(uuid_send(avatar_id), 15) = ANY ($1::smallint[])
ORDER BY erased_at
LIMIT $2
