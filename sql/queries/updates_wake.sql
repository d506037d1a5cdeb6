-- Wakes the instance that handles the updates, if that is not this one.
SELECT pg_notify('aisha_' || owner, 'updates')
FROM leases
WHERE resource = 'telegram/updates' AND owner <> $1 AND lease_until > clock_timestamp()
