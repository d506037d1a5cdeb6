-- FAL was told ($3), or is told again in a minute.
UPDATE erasures
SET cancels = CASE WHEN $3 THEN array_remove(cancels, $2) ELSE cancels END,
    cancel_after = CASE WHEN $3 THEN cancel_after
                        ELSE clock_timestamp() + interval '1 minute' END
WHERE avatar_id = $1
