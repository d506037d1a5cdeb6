-- The instances of the last hour, latest heartbeat first, with the number of shards that each
-- holds.
SELECT i.id, i.roles, i.version, i.started_at, i.heartbeat_at,
       (SELECT count(*) FROM leases l
        WHERE l.owner = i.id AND l.lease_until > clock_timestamp() AND l.resource LIKE 'shard/%')
           AS shards,
       i.roles <> '' AND i.heartbeat_at > clock_timestamp() - interval '30 seconds' AS living
FROM instances i
WHERE i.heartbeat_at > clock_timestamp() - interval '1 hour'
ORDER BY i.heartbeat_at DESC
LIMIT $1
