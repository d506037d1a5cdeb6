-- As work_begin, of a row of jobs.
WITH before AS (
    SELECT id, work_tries AS tries, parked_until AS until,
           CASE WHEN parked_until IS NULL THEN work_tries < $4::int
                ELSE parked_until <= clock_timestamp() END AS goes
    FROM jobs
    WHERE id = $1
), counted AS (
    UPDATE jobs j
    SET work_tries = before.tries + before.goes::int,
        parked_until = CASE WHEN NOT before.goes THEN coalesce(before.until, clock_timestamp()
            + make_interval(secs => least($5::float8 * 2::float8 ^ least(before.tries - $4::int, 30), $6::float8))) END
    FROM before, leases l
    WHERE j.id = before.id
      AND l.resource = 'shard/' || j.shard AND l.epoch = $2 AND l.owner = $3
      AND (j.hears OR j.status = 'completed')
    RETURNING j.id, j.work_tries, j.parked_until, before.until
), noted AS (
    INSERT INTO job_events (job_id, source, kind, detail)
    SELECT id, $7, 'parked', jsonb_build_object('work', $8::text, 'tries', work_tries, 'until', parked_until)
    FROM counted
    WHERE parked_until IS NOT NULL AND until IS NULL
)
SELECT work_tries,
       CASE WHEN parked_until IS NOT NULL
            THEN greatest(extract(epoch FROM parked_until - clock_timestamp()), 0)::float8 END AS pause
FROM counted
