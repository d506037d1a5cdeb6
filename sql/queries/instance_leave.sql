-- A graceful end: all that this instance held is free at once, and with no role left it counts
-- for nobody's fair share any more. Its row stays, with the last heartbeat.
WITH left_behind AS (
    UPDATE instances SET roles = '', heartbeat_at = clock_timestamp() WHERE id = $1
)
UPDATE leases
SET owner = NULL, lease_until = '-infinity'
WHERE owner = $1
