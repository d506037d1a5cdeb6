-- Leases that run, and those that nobody has.
SELECT count(*) FILTER (WHERE lease_until > clock_timestamp()) AS held,
       count(*) FILTER (WHERE lease_until <= clock_timestamp()) AS free,
       count(DISTINCT owner) FILTER (WHERE lease_until > clock_timestamp()) AS living
FROM leases
