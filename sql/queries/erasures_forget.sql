-- Two days: the longest training and FAL's retries are over, so nothing can come any more.
UPDATE erasures SET requests = '{}', nonces = '{}'
WHERE (requests <> '{}' OR nonces <> '{}') AND swept_at IS NOT NULL
  AND erased_at < clock_timestamp() - interval '2 days'
  AND get_byte(uuid_send(avatar_id), 15) = ANY ($1::smallint[])
