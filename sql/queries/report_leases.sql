-- Live leases, and those that nobody holds.
SELECT count(*) FILTER (WHERE lease_until > clock_timestamp()) AS held,
       count(*) FILTER (WHERE lease_until <= clock_timestamp()) AS free,
       count(DISTINCT owner) FILTER (WHERE lease_until > clock_timestamp()) AS living
FROM leases
