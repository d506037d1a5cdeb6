-- Wakes whoever watches these avatars, in one message each; what nobody watches, the sweep finds.
-- A statement of its own: NOTIFY inside the intake's transaction would serialize all its commits.
SELECT pg_notify('aisha_' || l.owner, string_agg(a.id::text, ','))
FROM unnest($1::uuid[]) AS a (id)
JOIN leases l ON l.resource = 'shard/' || get_byte(uuid_send(a.id), 15)
WHERE l.owner <> $2 AND l.lease_until > clock_timestamp()
GROUP BY l.owner
