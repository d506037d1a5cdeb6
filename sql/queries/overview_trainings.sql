-- The $1 oldest trainings in flight, each with the typical durations of its trainer and steps (as
-- in progress_usual), its last event and the instance that watches it. Overdue: longer than $2
-- seconds and longer than twice the slow end of the typical durations.
WITH flight AS MATERIALIZED (
    SELECT id, shard, attempt, training_type::text AS training_type, fal_endpoint, steps,
           training_progress, queue_position, training_logs, last_status_check, submit_sent_at,
           fal_request_id IS NOT NULL AS named,
           training_stage(status::text, result_source, fal_finished_at, queue_position,
                          fal_request_id, submit_sent_at, submit_doubted_at, last_status_check,
                          training_progress) AS stage,
           -- somebody may have written «infinity» by hand, which cannot be calculated with
           CASE WHEN isfinite(training_started_at) THEN training_started_at ELSE updated_at END
               AS started_at
    FROM avatars
    WHERE watched AND status = 'training'
), usual AS (
    SELECT kinds.fal_endpoint, kinds.steps, took.low, took.high
    FROM (SELECT DISTINCT fal_endpoint, steps FROM flight) kinds
    CROSS JOIN LATERAL (
        SELECT count(*) AS known,
               percentile_cont(0.2) WITHIN GROUP (ORDER BY seconds) AS low,
               percentile_cont(0.8) WITHIN GROUP (ORDER BY seconds) AS high
        FROM (
            SELECT extract(epoch FROM training_completed_at - training_started_at)::float8 AS seconds
            FROM avatars a
            WHERE a.fal_endpoint = kinds.fal_endpoint AND a.steps = kinds.steps
              AND a.status = 'completed' AND a.training_completed_at > a.training_started_at
              AND coalesce(a.result_source, '') NOT LIKE 'fallback:%'
            ORDER BY a.training_completed_at DESC
            LIMIT 100) latest
    ) took
    WHERE took.known >= 5
), aged AS (
    SELECT flight.*, usual.low, usual.high, count(*) OVER () AS total,
           count(*) FILTER (WHERE extract(epoch FROM clock_timestamp() - started_at)
                                  > greatest(2 * usual.high, $2::float8)) OVER () AS overdue
    FROM flight
    LEFT JOIN usual ON usual.fal_endpoint = flight.fal_endpoint AND usual.steps = flight.steps
    ORDER BY started_at
    LIMIT $1
)
SELECT aged.*, said.at AS said_at, said.source, said.kind, l.owner,
       coalesce(l.lease_until > clock_timestamp(), false) AS held
FROM aged
LEFT JOIN leases l ON l.resource = 'shard/' || aged.shard
LEFT JOIN LATERAL (
    SELECT e.at, e.source, e.kind
    FROM training_events e
    WHERE e.avatar_id = aged.id
    ORDER BY e.id DESC
    LIMIT 1
) said ON true
ORDER BY aged.started_at
