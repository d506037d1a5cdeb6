-- Its fate is unknown: the status message is to be edited, or its edit failed; again after $3 seconds.
UPDATE outbox
SET status = 'uncertain', last_error = $2,
    next_try_at = clock_timestamp() + make_interval(secs => $3),
    edits = edits + CASE status WHEN 'uncertain' THEN 1 ELSE 0 END
WHERE id = $1 AND status IN ('sending', 'uncertain')
