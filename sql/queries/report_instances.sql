-- Which instances exist, and what each leases.
SELECT i.id, i.roles, i.version, i.started_at, i.heartbeat_at,
       count(l.*) FILTER (WHERE l.lease_until > clock_timestamp()) AS leases
FROM instances i
LEFT JOIN leases l ON l.owner = i.id
GROUP BY i.id
ORDER BY i.heartbeat_at DESC
LIMIT 50
