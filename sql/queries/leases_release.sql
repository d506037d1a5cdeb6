-- An instance that gives back its last lease also leaves: if it counted among the watchers until
-- its heartbeat is old, half of the trainings would stay unwatched for a whole lease after a
-- restart.
WITH released AS (
    UPDATE leases
    SET owner = NULL, lease_until = '-infinity'
    WHERE owner = $1 AND resource = ANY ($2)
      -- not while a notice of ours is in flight: the next sender would call it uncertain
      AND (resource <> 'telegram/send'
           OR NOT EXISTS (SELECT FROM outbox WHERE status = 'sending' AND claimed_by = $1))
)
UPDATE instances
SET roles = ''
WHERE id = $1
  AND NOT EXISTS (SELECT FROM leases l WHERE l.owner = $1 AND l.resource <> ALL ($2))
