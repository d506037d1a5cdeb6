-- Clears the old mark before setting the new one, because the index allows only one at any moment.
-- Of two that are set at once, the index refuses the second, which is tried again.
WITH mine AS (
    SELECT id, status = 'completed' AND NOT hears AS usable
    FROM avatars
    WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL
), before AS (
    UPDATE avatars m
    SET is_main = false, updated_at = now()
    FROM mine
    WHERE m.user_id = $2 AND m.is_main AND m.id <> mine.id AND mine.usable
    RETURNING m.id
), marked AS (
    UPDATE avatars a
    SET is_main = true, updated_at = now()
    FROM mine, (SELECT count(*) AS unmarked FROM before) AS first
    WHERE a.id = mine.id AND mine.usable AND first.unmarked >= 0
      AND a.status = 'completed' AND a.deleted_at IS NULL AND NOT a.is_main
)
SELECT usable FROM mine
