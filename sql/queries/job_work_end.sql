-- The work ended, well or not: the process is still there to record it.
UPDATE jobs j
SET work_tries = 0, parked_until = NULL
FROM leases l
WHERE j.id = $1 AND l.resource = 'shard/' || j.shard AND l.epoch = $2 AND l.owner = $3
