-- As proposal_lost, of a row of jobs.
INSERT INTO job_events (job_id, source, kind, detail)
SELECT j.id, $4, 'proposal_lost', jsonb_build_object('outcome', $5::text)
FROM jobs j
JOIN leases l ON l.resource = 'shard/' || j.shard
WHERE j.id = $1 AND l.epoch = $2 AND l.owner = $3
