-- What the sweep forgets: webhooks that nobody has processed, the oldest first.
CREATE INDEX ix_webhook_inbox_unprocessed_age ON webhook_inbox (received_at)
    WHERE processed_at IS NULL;

-- Where the trainer's configuration lies in our own store, beside the weights.
ALTER TABLE avatars ADD COLUMN config_object_key text;
