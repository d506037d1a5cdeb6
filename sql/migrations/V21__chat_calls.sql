-- When a person's words or photos went to the chat model, so that nobody causes calls without limit.
CREATE TABLE chat_calls (
    user_id   uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    called_at timestamptz[] NOT NULL DEFAULT '{}' -- of the last 24 hours, and older ones until the next
);
