-- Two indexes that others serve as well: webhooks are looked for by their job (the first column of
-- ix_webhook_inbox_same) or by their nonce (ix_webhook_inbox_any_nonce), and hardly a job has more
-- than one. Each was a quarter of what storing a webhook cost.
DROP INDEX ix_webhook_inbox_unprocessed;
DROP INDEX ix_webhook_inbox_nonce;
