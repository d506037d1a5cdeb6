-- How far a take-over of an older database has come: written in the transaction of each batch, so
-- that one which was cut off goes on where it was.
CREATE TABLE imports (
    source      text NOT NULL,              -- host and database, no user and no password
    stage       text NOT NULL,
    cursor      uuid,                       -- the last row that was dealt with
    counts      jsonb NOT NULL DEFAULT '{}',
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    PRIMARY KEY (source, stage)
);
