-- The work ended, well or not: the process is still there to record it.
UPDATE avatars a
SET work_tries = 0, parked_until = NULL
FROM leases l
WHERE a.id = $1 AND a.attempt = $2
  AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
