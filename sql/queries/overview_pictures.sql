-- For the operator's page and the gauges: pictures of the last day. Ordered by people, made, withheld
-- by the safety checker, made again for want of a face, renewed for want of weights; failed orders;
-- people who used forbidden words, and those who wait for an operator because of them.
WITH day AS (
    SELECT j.id, j.status, j.remake_of, j.renewals,
           coalesce((j.parameters ->> 'count')::int, 0) AS ordered,
           (SELECT count(*) FROM images i WHERE i.job_id = j.id) AS held
    FROM jobs j
    WHERE j.kind = 'generation' AND j.started_at > clock_timestamp() - interval '1 day'
)
SELECT coalesce(sum(ordered) FILTER (WHERE remake_of IS NULL), 0)::bigint AS ordered,
       coalesce(sum(held), 0)::bigint AS made,
       coalesce(sum(ordered) FILTER (WHERE remake_of IS NOT NULL), 0)::bigint AS again,
       greatest(coalesce(sum(ordered - held) FILTER (WHERE status = 'completed'), 0)
                - coalesce(sum(ordered) FILTER (WHERE remake_of IS NOT NULL), 0), 0)::bigint AS withheld,
       coalesce(sum(renewals), 0)::bigint AS renewed,
       count(*) FILTER (WHERE status = 'error') AS failed,
       (SELECT count(*) FROM users WHERE strike_at > clock_timestamp() - interval '1 day') AS refused,
       (SELECT count(*) FROM users WHERE banned_at IS NOT NULL) AS banned
FROM day
