-- For the operator: one paid job that is no training, who owns it and who watches it. Reads no address,
-- no nonce and nothing of what the person asked for.
SELECT j.id, j.kind, j.status, j.avatar_id, j.created_at, j.updated_at, j.started_at,
       u.telegram_id, u.blocked_at, nullif(j.fal_endpoint, '') AS endpoint, j.fal_request_id,
       j.submit_sent_at, coalesce(j.submit_doubted_at >= j.submit_sent_at, false) AS doubted,
       j.submit_prepared IS NOT NULL AND j.fal_request_id IS NULL AS searchable,
       job_stage(j.status, j.finished_at, j.queue_position, j.fal_request_id, j.submit_sent_at,
                 j.submit_doubted_at, j.looked_at) AS stage,
       j.queue_position, j.looked_at, j.finished_at, j.withdraw_due, j.completed_at,
       j.result_source, j.error, j.renewals, j.remake_of,
       (SELECT count(*) FROM images i WHERE i.job_id = j.id) AS pictures, j.work_tries,
       CASE WHEN j.parked_until > clock_timestamp() THEN j.parked_until END AS parked_until,
       j.watched, j.hears, j.shard, l.owner, i.heartbeat_at,
       coalesce(l.owner IS NOT NULL AND l.lease_until > clock_timestamp(), false) AS held,
       clock_timestamp() AS now
FROM jobs j
JOIN users u ON u.id = j.user_id
LEFT JOIN leases l ON l.resource = 'shard/' || j.shard
LEFT JOIN instances i ON i.id = l.owner
WHERE j.id = $1
