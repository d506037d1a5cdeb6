-- For the operator's page and the gauges: what waits about the paid jobs of each kind, and since when.
-- Each is a look into a small partial index of `avatars` and of `jobs`, whether through the view or not:
-- only rows that are watched, unprocessed or parked are read.
WITH unheard AS (
    SELECT r.kind, w.received_at
    FROM webhook_inbox w
    CROSS JOIN LATERAL (
        SELECT kind FROM job_routes WHERE request_id = w.request_id AND hears
        UNION ALL
        SELECT kind FROM job_routes WHERE nonce = w.nonce AND hears
        LIMIT 1
    ) r
    WHERE w.processed_at IS NULL
), idle AS (
    SELECT substr(resource, 7)::smallint AS shard, nullif(lease_until, '-infinity') AS since
    FROM leases
    WHERE resource LIKE 'shard/%' AND (owner IS NULL OR lease_until < clock_timestamp())
), unwatched AS (
    SELECT r.kind, idle.since
    FROM idle JOIN job_routes r ON r.shard = idle.shard
    WHERE r.watched
), doubts AS (
    SELECT 'training' AS kind, submit_sent_at
    FROM avatars
    WHERE watched AND status = 'training' AND fal_request_id IS NULL
      AND submit_doubted_at >= submit_sent_at
    UNION ALL
    SELECT kind, submit_sent_at
    FROM jobs
    WHERE watched AND status = 'running' AND fal_request_id IS NULL
      AND submit_doubted_at >= submit_sent_at
), parked AS (
    SELECT 'training' AS kind FROM avatars WHERE parked_until > clock_timestamp()
    UNION ALL
    SELECT kind FROM jobs WHERE watched AND parked_until > clock_timestamp()
), found AS (
    SELECT kind, 'unheard' AS what, received_at AS since FROM unheard
    UNION ALL
    SELECT kind, 'unwatched', since FROM unwatched
    UNION ALL
    SELECT kind, 'doubts', submit_sent_at FROM doubts
    UNION ALL
    SELECT kind, 'parked', NULL FROM parked
)
SELECT kind,
       count(*) FILTER (WHERE what = 'unheard') AS unheard,
       min(since) FILTER (WHERE what = 'unheard') AS unheard_since,
       count(*) FILTER (WHERE what = 'unwatched') AS unwatched,
       max(since) FILTER (WHERE what = 'unwatched') AS unwatched_since,
       count(*) FILTER (WHERE what = 'parked') AS parked,
       count(*) FILTER (WHERE what = 'doubts') AS doubts,
       min(since) FILTER (WHERE what = 'doubts') AS doubts_since
FROM found
GROUP BY kind
ORDER BY kind
