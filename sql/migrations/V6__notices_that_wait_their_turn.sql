-- What the sender of notices needs to find the next ones at once, and to give up in time.

ALTER TABLE outbox
    ADD COLUMN failing_since timestamptz,          -- since when it certainly did not leave
    ADD COLUMN repeats integer NOT NULL DEFAULT 0; -- sent once more although its fate was unknown

ALTER TABLE users ADD COLUMN chat_id bigint;       -- where Telegram moved their chat; null: telegram_id

-- each claim walks the first few due rows in their order, and looks up whose turn it is in a chat
DROP INDEX ix_outbox_due;
CREATE INDEX ix_outbox_due ON outbox (next_try_at, id) WHERE status = 'pending';
DROP INDEX ix_outbox_uncertain;
CREATE INDEX ix_outbox_uncertain ON outbox (next_try_at, id)
    WHERE status = 'uncertain' AND repaired_at IS NULL;
CREATE INDEX ix_outbox_turn ON outbox (user_id, id) WHERE status IN ('pending', 'sending');
CREATE INDEX ix_outbox_oldest ON outbox (created_at) WHERE status = 'pending';
-- what an operator lists
CREATE INDEX ix_outbox_status ON outbox (status, id);
