UPDATE leases
SET owner = NULL, lease_until = '-infinity'
WHERE owner = $1 AND resource = ANY ($2)
