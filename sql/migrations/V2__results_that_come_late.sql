-- What recovery watches, and what a late webhook may still change, as the row's own words.

ALTER TABLE avatars
    ADD COLUMN audited_at timestamptz, -- looked at once more after the completion
    -- somebody has to look at it again
    ADD COLUMN watched boolean NOT NULL GENERATED ALWAYS AS (
        status = 'training' OR withdraw_due OR coalesce(result_source, '') LIKE 'fallback:%'
        OR (status = 'completed' AND audited_at IS NULL AND training_completed_at IS NOT NULL
            AND fal_request_id IS NOT NULL AND lora_object_key IS NOT NULL)) STORED,
    -- news of this attempt can still change it: it runs, stands provisionally, or ended by a
    -- time-out that a real result heals
    ADD COLUMN hears boolean NOT NULL GENERATED ALWAYS AS (
        status = 'training' OR coalesce(result_source, '') LIKE 'fallback:%'
        OR (status = 'error'
            AND coalesce(training_error, '') IN ('training_timeout', 'result_unavailable'))) STORED;

CREATE INDEX ix_avatars_watched ON avatars (shard) WHERE watched;
DROP INDEX ix_avatars_in_flight;
