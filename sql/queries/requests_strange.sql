-- How many of these jobs ($1) nobody here knows by name.
SELECT count(*) AS strange
FROM unnest($1::text[]) AS g (request)
WHERE NOT EXISTS (SELECT FROM job_routes r WHERE r.request_id = g.request)
  AND NOT EXISTS (SELECT FROM fal_chores c WHERE c.request_id = g.request)
  AND NOT EXISTS (SELECT FROM erasures e WHERE g.request = ANY (e.requests) AND e.swept_at IS NULL)
