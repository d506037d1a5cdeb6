-- Wakes the sender of notices, if it is in another instance.
SELECT pg_notify('aisha_' || owner, 'notices')
FROM leases
WHERE resource = 'telegram/send' AND owner <> $1 AND lease_until > clock_timestamp()
