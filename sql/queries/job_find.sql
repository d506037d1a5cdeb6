-- As jobs_in_flight, for one job whose shard this instance holds; also one that ended by a time-out,
-- because the asker may know of a result.
SELECT j.id, l.epoch, j.fal_endpoint, j.status, j.fal_request_id, j.submit_sent_at,
       j.submit_prepared, coalesce(j.submit_doubted_at >= j.submit_sent_at, false) AS doubted,
       j.finished_at, j.completed_at, j.files, j.hears, j.withdraw_due,
       coalesce(j.started_at, j.created_at) AS started_at
FROM jobs j
JOIN leases l ON l.resource = 'shard/' || j.shard
WHERE j.id = $1 AND l.owner = $2 AND j.kind = $3
  AND (j.watched
       OR (j.hears
           AND (j.fal_request_id IS NOT NULL
                OR EXISTS (SELECT FROM webhook_inbox w
                           WHERE w.nonce = j.nonce AND w.processed_at IS NULL))))
