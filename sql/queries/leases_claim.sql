-- Takes leases that nobody holds or whose holder went silent; the epoch fences off the former
-- holder.
WITH free AS (
    SELECT resource
    FROM leases
    WHERE (resource = ANY ($3) OR ($4::bigint > 0 AND resource LIKE 'shard/%'))
      AND (owner IS NULL OR lease_until < clock_timestamp())
      -- an instance that takes the updates and could also send the notices should do both, with the
      -- whole budget
      AND (resource <> 'telegram/send' OR NOT EXISTS (
          SELECT FROM leases u JOIN instances i ON i.id = u.owner
          WHERE u.resource = 'telegram/updates' AND u.owner <> $1
            AND u.lease_until > clock_timestamp() AND i.roles LIKE '%trainer%'))
    ORDER BY resource LIKE 'shard/%', resource
    LIMIT cardinality($3::text[]) + $4::bigint
    FOR UPDATE SKIP LOCKED
)
UPDATE leases l
SET owner = $1, epoch = l.epoch + 1, lease_until = clock_timestamp() + make_interval(secs => $2)
FROM free
WHERE l.resource = free.resource
RETURNING l.resource, l.epoch
