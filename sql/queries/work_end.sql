-- It ended, in whatever way: the process is still there to say so.
UPDATE avatars a
SET work_tries = 0, parked_until = NULL
FROM leases l
WHERE a.id = $1 AND a.attempt = $2
  AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
