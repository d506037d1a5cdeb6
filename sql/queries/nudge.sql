-- Wakes the watchers of these jobs ($1 kinds, $2 ids), in one message each; the sweep finds the
-- jobs that nobody watches. A statement of its own: NOTIFY inside the intake's transaction would
-- serialize all its commits.
SELECT pg_notify('aisha_' || l.owner, string_agg(j.kind || '/' || j.id, ','))
FROM unnest($1::text[], $2::uuid[]) AS j (kind, id)
JOIN leases l ON l.resource = 'shard/' || get_byte(uuid_send(j.id), 15)
WHERE l.owner <> $3 AND l.lease_until > clock_timestamp()
GROUP BY l.owner
