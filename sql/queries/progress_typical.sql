-- How long the last $3 jobs of this endpoint took, trainings of as many steps, in seconds, without
-- the quickest and the slowest fifth.
SELECT count(*) AS jobs,
       percentile_cont(0.2) WITHIN GROUP (ORDER BY took) AS low,
       percentile_cont(0.8) WITHIN GROUP (ORDER BY took) AS high
FROM (
    (SELECT extract(epoch FROM training_completed_at - training_started_at)::float8 AS took
     FROM avatars
     WHERE fal_endpoint = $1 AND steps = $2 AND status = 'completed'
       AND training_completed_at > training_started_at
       AND coalesce(result_source, '') NOT LIKE 'fallback:%'
     ORDER BY training_completed_at DESC
     LIMIT $3)
    UNION ALL
    (SELECT extract(epoch FROM completed_at - started_at)::float8
     FROM jobs
     WHERE fal_endpoint = $1 AND status = 'completed' AND completed_at > started_at
     ORDER BY completed_at DESC
     LIMIT $3)
) latest
