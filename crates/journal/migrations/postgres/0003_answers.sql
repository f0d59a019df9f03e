-- Answers given under idempotency keys: a row holds those of one batch. Whoever looks for a key knows the row's number.
-- Those given before this step are not taken over: a command repeated across it is judged anew.
DROP TABLE command;

CREATE TABLE answers (
    number  BIGINT PRIMARY KEY CHECK (number > 0),
    time_us BIGINT NOT NULL,
    body    BYTEA  NOT NULL
);

-- Written while families wait, and digests do not compress.
ALTER TABLE answers ALTER COLUMN body SET STORAGE EXTERNAL;

-- Rows come in order of time, so a few marks find the old ones.
CREATE INDEX answers_by_time ON answers USING brin (time_us);

-- The number of the last row of answers stands beside the last fact's.
ALTER TABLE head ADD COLUMN answers BIGINT NOT NULL DEFAULT 0;

CREATE OR REPLACE FUNCTION head_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq < OLD.seq OR NEW.time_us < OLD.time_us OR NEW.answers < OLD.answers THEN
        RAISE EXCEPTION 'the head moves only forward';
    END IF;
    RETURN NEW;
END $$;

-- Written while families wait, and short-lived.
ALTER TABLE outbox ALTER COLUMN payload SET STORAGE EXTERNAL;
