-- How many of these jobs ($1) are not known here by name.
SELECT count(*)
FROM unnest($1::text[]) AS g (request)
WHERE NOT EXISTS (SELECT FROM avatars a WHERE a.fal_request_id = g.request)
  AND NOT EXISTS (SELECT FROM fal_chores c WHERE c.request_id = g.request)
  AND NOT EXISTS (SELECT FROM erasures e WHERE g.request = ANY (e.requests) AND e.swept_at IS NULL)
