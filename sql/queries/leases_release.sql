-- Whoever gives back the last of what it holds, leaves: counted among the watchers until its
-- heartbeat is old, it would leave half of the trainings unwatched for a whole lease after a restart.
WITH released AS (
    UPDATE leases
    SET owner = NULL, lease_until = '-infinity'
    WHERE owner = $1 AND resource = ANY ($2)
      -- not while a notice of ours is on the wire: the next sender would call it uncertain
      AND (resource <> 'telegram/send'
           OR NOT EXISTS (SELECT FROM outbox WHERE status = 'sending' AND claimed_by = $1))
)
UPDATE instances
SET roles = ''
WHERE id = $1
  AND NOT EXISTS (SELECT FROM leases l WHERE l.owner = $1 AND l.resource <> ALL ($2))
