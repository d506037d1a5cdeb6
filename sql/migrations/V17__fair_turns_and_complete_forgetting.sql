-- Everybody's updates are read, not only the oldest; and of what is erased nothing comes back.

-- The next updates of a person, however many others wait.
CREATE INDEX ix_telegram_updates_unhandled_of ON telegram_updates (person, update_id)
    WHERE handled_at IS NULL;
-- Payments wait for nobody.
CREATE INDEX ix_telegram_updates_payments ON telegram_updates (update_id)
    WHERE handled_at IS NULL
      AND (body ? 'pre_checkout_query' OR body -> 'message' ? 'successful_payment');
-- What is a month old goes by when it was handled: Telegram's numbers may start again lower.
CREATE INDEX ix_telegram_updates_handled ON telegram_updates (handled_at)
    WHERE handled_at IS NOT NULL;

-- A photo that is in the draft is known before it is fetched.
CREATE INDEX ix_avatar_photos_content ON avatar_photos (avatar_id, telegram_file_unique_id);
