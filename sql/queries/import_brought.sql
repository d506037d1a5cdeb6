-- Of these orders ($1), those that an import brought and that nobody deleted, each with the numbers of
-- the pictures that came along. A picture that its owner deleted since is one of them.
SELECT j.id,
       ARRAY(SELECT n::integer
             FROM job_events e, jsonb_array_elements_text(e.detail -> 'positions') AS n
             WHERE e.job_id = j.id AND e.kind = 'pictures_brought') AS positions
FROM jobs j
WHERE j.id = ANY ($1) AND j.deleted_at IS NULL
  AND EXISTS (SELECT FROM job_events e WHERE e.job_id = j.id AND e.kind = 'imported')
