-- The signed heads of the public registries: what was signed is never taken back, and no size gets a second root.
CREATE TABLE registry_head (
    log        TEXT   NOT NULL COLLATE "C" PRIMARY KEY,
    size       BIGINT NOT NULL CHECK (size >= 0),
    root       BYTEA  NOT NULL CHECK (octet_length(root) = 32),
    note       TEXT   NOT NULL,
    checkpoint TEXT   NOT NULL
);

CREATE FUNCTION registry_head_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.log <> OLD.log OR NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root) THEN
        RAISE EXCEPTION 'the head of a registry moves only forward';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER registry_head_moves_forward BEFORE UPDATE ON registry_head
    FOR EACH ROW EXECUTE FUNCTION registry_head_moves_forward();

CREATE FUNCTION registry_head_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the head of a registry is never deleted';
END $$;

CREATE TRIGGER registry_head_stays BEFORE DELETE OR TRUNCATE ON registry_head
    FOR EACH STATEMENT EXECUTE FUNCTION registry_head_stays();
