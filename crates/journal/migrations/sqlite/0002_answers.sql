-- Answers given under idempotency keys: a row holds those of one batch. Whoever looks for a key knows the row's number.
-- Those given before this step are not taken over: a command repeated across it is judged anew.
DROP TABLE command;

CREATE TABLE answers (
    number  INTEGER PRIMARY KEY CHECK (number > 0),
    time_us INTEGER NOT NULL,
    body    BLOB    NOT NULL
) STRICT;

CREATE INDEX answers_by_time ON answers (time_us);

-- The number of the last row of answers stands beside the last fact's.
ALTER TABLE head ADD COLUMN answers INTEGER NOT NULL DEFAULT 0;

DROP TRIGGER head_moves_forward;

CREATE TRIGGER head_moves_forward BEFORE UPDATE ON head
WHEN NEW.seq < OLD.seq OR NEW.time_us < OLD.time_us OR NEW.answers < OLD.answers
BEGIN
    SELECT RAISE(ABORT, 'the head moves only forward');
END;
