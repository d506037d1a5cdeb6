-- What the sweep forgets: webhooks that nobody has processed, the oldest first.
CREATE INDEX ix_webhook_inbox_unprocessed_age ON webhook_inbox (received_at)
    WHERE processed_at IS NULL;
