-- The $1 oldest jobs in flight of each kind that is no training, each with the typical durations of its
-- endpoint, its last event and the instance that watches it. Overdue: longer than $2 seconds and
-- longer than twice the slow end of the typical durations. Reads nothing of what the person asked for.
WITH flight AS MATERIALIZED (
    SELECT id, kind, shard, fal_endpoint, queue_position, looked_at,
           job_stage(status, finished_at, queue_position, fal_request_id, submit_sent_at,
                     submit_doubted_at, looked_at) AS stage,
           -- somebody may have written «infinity» by hand, which cannot be calculated with
           CASE WHEN isfinite(started_at) THEN started_at ELSE updated_at END AS started_at
    FROM jobs
    WHERE watched AND status = 'running'
), usual AS (
    SELECT endpoints.fal_endpoint, took.low, took.high
    FROM (SELECT DISTINCT fal_endpoint FROM flight) endpoints
    CROSS JOIN LATERAL (
        SELECT count(*) AS known,
               percentile_cont(0.2) WITHIN GROUP (ORDER BY seconds) AS low,
               percentile_cont(0.8) WITHIN GROUP (ORDER BY seconds) AS high
        FROM (
            SELECT extract(epoch FROM completed_at - started_at)::float8 AS seconds
            FROM jobs j
            WHERE j.fal_endpoint = endpoints.fal_endpoint AND j.status = 'completed'
              AND j.completed_at > j.started_at
            ORDER BY j.completed_at DESC
            LIMIT 100) latest
    ) took
    WHERE took.known >= 5
), aged AS (
    SELECT flight.*, usual.low, usual.high,
           row_number() OVER (PARTITION BY kind ORDER BY started_at, id) AS place,
           count(*) OVER (PARTITION BY kind) AS total,
           count(*) FILTER (WHERE extract(epoch FROM clock_timestamp() - started_at)
                                  > greatest(2 * usual.high, $2::float8))
               OVER (PARTITION BY kind) AS overdue,
           extract(epoch FROM clock_timestamp() - started_at)
               > greatest(2 * usual.high, $2::float8) AS late
    FROM flight
    LEFT JOIN usual ON usual.fal_endpoint = flight.fal_endpoint
)
SELECT aged.id, aged.kind, aged.stage, aged.queue_position, aged.looked_at, aged.started_at,
       aged.low, aged.high, aged.total, aged.overdue, aged.late, said.at AS said_at, said.source,
       said.kind AS said_kind, l.owner, coalesce(l.lease_until > clock_timestamp(), false) AS held
FROM aged
LEFT JOIN leases l ON l.resource = 'shard/' || aged.shard
LEFT JOIN LATERAL (
    SELECT e.at, e.source, e.kind
    FROM job_events e
    WHERE e.job_id = aged.id
    ORDER BY e.id DESC
    LIMIT 1
) said ON true
WHERE aged.place <= $1
ORDER BY aged.kind, aged.started_at, aged.id
