-- Facts: one gapless total order, never changed, never deleted.
CREATE TABLE fact (
    seq        BIGINT PRIMARY KEY CHECK (seq > 0),
    time_us    BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    settlement BIGINT,
    actor      TEXT   NOT NULL,
    payload    TEXT   NOT NULL CHECK (payload::json IS NOT NULL),
    version    BIGINT NOT NULL,
    draw       BIGINT NOT NULL
);

-- Once for each statement, not for each row: a batch costs one look.
CREATE FUNCTION fact_is_next() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first_seq BIGINT; last_seq BIGINT; facts BIGINT; before_seq BIGINT;
BEGIN
    SELECT min(seq), max(seq), count(*) INTO first_seq, last_seq, facts FROM added;
    IF facts > 0 THEN
        SELECT coalesce(max(seq), 0) INTO before_seq FROM fact WHERE seq < first_seq;
        IF first_seq <> before_seq + 1 OR last_seq <> before_seq + facts THEN
            RAISE EXCEPTION 'a fact must take the next number';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER fact_is_next AFTER INSERT ON fact
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION fact_is_next();

CREATE FUNCTION fact_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'facts are never changed';
END $$;

CREATE TRIGGER fact_is_never_changed BEFORE UPDATE ON fact
    FOR EACH STATEMENT EXECUTE FUNCTION fact_is_never_changed();

CREATE FUNCTION fact_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'facts are never deleted';
END $$;

CREATE TRIGGER fact_is_never_deleted BEFORE DELETE OR TRUNCATE ON fact
    FOR EACH STATEMENT EXECUTE FUNCTION fact_is_never_deleted();

-- The last fact's number and time; one row, moved only forward. Whoever appends locks it first.
CREATE TABLE head (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    seq     BIGINT NOT NULL,
    time_us BIGINT NOT NULL
) WITH (fillfactor = 10);

INSERT INTO head (one, seq, time_us) VALUES (1, 0, 0);

CREATE FUNCTION head_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq < OLD.seq OR NEW.time_us < OLD.time_us THEN
        RAISE EXCEPTION 'the head moves only forward';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER head_moves_forward BEFORE UPDATE ON head
    FOR EACH ROW EXECUTE FUNCTION head_moves_forward();

CREATE FUNCTION head_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the head is never deleted';
END $$;

CREATE TRIGGER head_stays BEFORE DELETE OR TRUNCATE ON head
    FOR EACH STATEMENT EXECUTE FUNCTION head_stays();

-- Answers given, by idempotency key.
CREATE TABLE command (
    key         TEXT   NOT NULL COLLATE "C" PRIMARY KEY,
    fingerprint BYTEA  NOT NULL CHECK (octet_length(fingerprint) = 32),
    answer      BYTEA  NOT NULL,
    seq         BIGINT NOT NULL,
    time_us     BIGINT NOT NULL
);

-- Answers come in order of time, so a few marks find the old ones.
CREATE INDEX command_by_time ON command USING brin (time_us);

CREATE TABLE snapshot (
    seq            BIGINT PRIMARY KEY,
    time_us        BIGINT NOT NULL,
    format_version BIGINT NOT NULL,
    state          BYTEA  NOT NULL,
    sha256         BYTEA  NOT NULL CHECK (octet_length(sha256) = 32)
);

-- Already dense: compressing it again only takes time.
ALTER TABLE snapshot ALTER COLUMN state SET STORAGE EXTERNAL;

-- Work for other systems, written with the facts that ask for it.
CREATE TABLE outbox (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_us     BIGINT NOT NULL,
    kind           TEXT   NOT NULL,
    payload        TEXT   NOT NULL,
    due_us         BIGINT NOT NULL,
    attempts       BIGINT NOT NULL DEFAULT 0,
    lease_token    BIGINT,
    lease_until_us BIGINT,
    done_us        BIGINT,
    last_error     TEXT
);

CREATE INDEX outbox_waiting ON outbox (due_us) WHERE done_us IS NULL;
CREATE INDEX outbox_done ON outbox (done_us) WHERE done_us IS NOT NULL;

-- Private records: sealed by another crate, opaque here.
CREATE TABLE private (
    kind       TEXT   NOT NULL COLLATE "C",
    id         BIGINT NOT NULL,
    lookup     BYTEA,
    owner      BIGINT,
    sealed     BYTEA  NOT NULL,
    key_id     BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    expires_us BIGINT,
    PRIMARY KEY (kind, id)
);

CREATE INDEX private_by_lookup ON private (kind, lookup) WHERE lookup IS NOT NULL;
CREATE INDEX private_by_owner ON private (owner, kind) WHERE owner IS NOT NULL;
CREATE INDEX private_by_expiry ON private (expires_us) WHERE expires_us IS NOT NULL;
CREATE INDEX private_by_key ON private (key_id);
