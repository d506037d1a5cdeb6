-- Never sent again; the status message is to be edited.
UPDATE outbox
SET status = 'uncertain', last_error = $2
WHERE id = $1 AND status IN ('sending', 'uncertain')
