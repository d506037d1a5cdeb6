-- Counts a try before it is made. After $5 tries without an end it is parked instead: for $6
-- seconds, each time for twice as long as before, up to $7 seconds; then it is tried once more.
-- Returns nothing when the attempt is over or the shard is another's.
WITH before AS (
    SELECT id, work_tries AS tries, parked_until AS until,
           CASE WHEN parked_until IS NULL THEN work_tries < $5::int
                ELSE parked_until <= clock_timestamp() END AS goes
    FROM avatars
    WHERE id = $1
), counted AS (
    UPDATE avatars a
    SET work_tries = before.tries + before.goes::int,
        parked_until = CASE WHEN NOT before.goes THEN coalesce(before.until, clock_timestamp()
            + make_interval(secs => least($6::float8 * 2::float8 ^ least(before.tries - $5::int, 30), $7::float8))) END
    FROM before, leases l
    WHERE a.id = before.id AND a.attempt = $2
      AND l.resource = 'shard/' || a.shard AND l.epoch = $3 AND l.owner = $4
      AND (a.hears OR a.status = 'completed')
    RETURNING a.id, a.attempt, a.work_tries, a.parked_until, before.until
), noted AS (
    INSERT INTO training_events (avatar_id, attempt, source, kind, detail)
    SELECT id, attempt, $8, 'parked', jsonb_build_object('work', $9::text, 'tries', work_tries, 'until', parked_until)
    FROM counted
    WHERE parked_until IS NOT NULL AND until IS NULL
)
SELECT work_tries,
       CASE WHEN parked_until IS NOT NULL
            THEN greatest(extract(epoch FROM parked_until - clock_timestamp()), 0)::float8 END AS pause
FROM counted
