-- Forbidden words of this person ($1): counted, from the first again when the last is older than $3
-- seconds; from $2 of them on they start nothing until an operator has looked.
UPDATE users
SET strikes = CASE WHEN strike_at > clock_timestamp() - make_interval(secs => $3) THEN strikes + 1 ELSE 1 END,
    strike_at = clock_timestamp(),
    banned_at = CASE WHEN strike_at > clock_timestamp() - make_interval(secs => $3) AND strikes + 1 >= $2
                     THEN coalesce(banned_at, clock_timestamp()) ELSE banned_at END
WHERE id = $1
RETURNING strikes, banned_at IS NOT NULL AS banned
