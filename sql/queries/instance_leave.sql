-- A graceful stop: everything this instance held is free at once, and without a role it no longer
-- counts for anybody's fair share. Its row stays, with the last heartbeat.
WITH left_behind AS (
    UPDATE instances SET roles = '', heartbeat_at = clock_timestamp() WHERE id = $1
)
UPDATE leases
SET owner = NULL, lease_until = '-infinity'
WHERE owner = $1
