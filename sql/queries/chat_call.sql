-- One more call of the chat model for this person ($1), unless there were $2 of them in the last $3
-- seconds. Committed before the call, because that may cost money even if its answer is lost. What is
-- older goes with the next one, so the row stays short.
INSERT INTO chat_calls AS c (user_id, called_at)
VALUES ($1, ARRAY[clock_timestamp()])
ON CONFLICT (user_id) DO UPDATE
SET called_at = ARRAY(SELECT at FROM unnest(c.called_at) AS t (at)
                      WHERE at > clock_timestamp() - make_interval(secs => $3))
                || clock_timestamp()
WHERE (SELECT count(*) FROM unnest(c.called_at) AS t (at)
       WHERE at > clock_timestamp() - make_interval(secs => $3)) < $2
RETURNING user_id
