-- Heartbeat and renewal in one; returns how many instances watch trainings.
WITH beat AS (
    UPDATE instances SET heartbeat_at = clock_timestamp() WHERE id = $1
), renewed AS (
    UPDATE leases
    SET lease_until = clock_timestamp() + make_interval(secs => $2)
    WHERE owner = $1
    RETURNING resource, epoch
)
SELECT renewed.resource, renewed.epoch,
       (SELECT count(*) FROM instances
        WHERE roles LIKE '%trainer%'
          AND heartbeat_at > clock_timestamp() - make_interval(secs => $2)) AS watchers,
       -- another instance takes the updates and could also send the notices
       EXISTS (
           SELECT FROM leases u JOIN instances i ON i.id = u.owner
           WHERE u.resource = 'telegram/updates' AND u.owner <> $1
             AND u.lease_until > clock_timestamp() AND i.roles LIKE '%trainer%') AS sender_elsewhere
FROM (SELECT) AS one
LEFT JOIN renewed ON true
