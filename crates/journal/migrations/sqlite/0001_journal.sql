-- Facts: one gapless total order, never changed, never deleted.
CREATE TABLE fact (
    seq        INTEGER PRIMARY KEY CHECK (seq > 0),
    time_us    INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    settlement INTEGER,
    actor      TEXT    NOT NULL,
    payload    TEXT    NOT NULL CHECK (json_valid(payload)),
    version    INTEGER NOT NULL,
    draw       INTEGER NOT NULL
) STRICT;

CREATE TRIGGER fact_is_next BEFORE INSERT ON fact
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM fact)
BEGIN
    SELECT RAISE(ABORT, 'a fact must take the next number');
END;

CREATE TRIGGER fact_is_never_changed BEFORE UPDATE ON fact
BEGIN
    SELECT RAISE(ABORT, 'facts are never changed');
END;

CREATE TRIGGER fact_is_never_deleted BEFORE DELETE ON fact
BEGIN
    SELECT RAISE(ABORT, 'facts are never deleted');
END;

-- The last fact's number and time; one row, moved only forward.
CREATE TABLE head (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    seq     INTEGER NOT NULL,
    time_us INTEGER NOT NULL
) STRICT;

INSERT INTO head (one, seq, time_us) VALUES (1, 0, 0);

CREATE TRIGGER head_moves_forward BEFORE UPDATE ON head
WHEN NEW.seq < OLD.seq OR NEW.time_us < OLD.time_us
BEGIN
    SELECT RAISE(ABORT, 'the head moves only forward');
END;

CREATE TRIGGER head_stays BEFORE DELETE ON head
BEGIN
    SELECT RAISE(ABORT, 'the head is never deleted');
END;

-- Answers given, by idempotency key.
CREATE TABLE command (
    key         TEXT    NOT NULL PRIMARY KEY,
    fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 32),
    answer      BLOB    NOT NULL,
    seq         INTEGER NOT NULL,
    time_us     INTEGER NOT NULL
) STRICT;

CREATE INDEX command_by_time ON command (time_us);

CREATE TABLE snapshot (
    seq            INTEGER PRIMARY KEY,
    time_us        INTEGER NOT NULL,
    format_version INTEGER NOT NULL,
    state          BLOB    NOT NULL,
    sha256         BLOB    NOT NULL CHECK (length(sha256) = 32)
) STRICT;

-- Work for other systems, written with the facts that ask for it.
CREATE TABLE outbox (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    created_us     INTEGER NOT NULL,
    kind           TEXT    NOT NULL,
    payload        TEXT    NOT NULL,
    due_us         INTEGER NOT NULL,
    attempts       INTEGER NOT NULL DEFAULT 0,
    lease_token    INTEGER,
    lease_until_us INTEGER,
    done_us        INTEGER,
    last_error     TEXT
) STRICT;

CREATE INDEX outbox_waiting ON outbox (due_us) WHERE done_us IS NULL;
CREATE INDEX outbox_done ON outbox (done_us) WHERE done_us IS NOT NULL;

-- Private records: sealed by another crate, opaque here.
CREATE TABLE private (
    kind       TEXT    NOT NULL,
    id         INTEGER NOT NULL,
    lookup     BLOB,
    owner      INTEGER,
    sealed     BLOB    NOT NULL,
    key_id     INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    expires_us INTEGER,
    PRIMARY KEY (kind, id)
) STRICT;

CREATE INDEX private_by_lookup ON private (kind, lookup) WHERE lookup IS NOT NULL;
CREATE INDEX private_by_owner ON private (owner, kind) WHERE owner IS NOT NULL;
CREATE INDEX private_by_expiry ON private (expires_us) WHERE expires_us IS NOT NULL;
CREATE INDEX private_by_key ON private (key_id);
