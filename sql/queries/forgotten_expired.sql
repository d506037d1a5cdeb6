-- Objects of the journal that are older than any dump: older than $1 seconds, $2 at a time.
SELECT DISTINCT generation
FROM (SELECT generation
      FROM forgotten
      WHERE generation IS NOT NULL AND at < clock_timestamp() - make_interval(secs => $1)
      ORDER BY at
      LIMIT $2) AS oldest
