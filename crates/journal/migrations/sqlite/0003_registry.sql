-- The signed heads of the public registries: what was signed is never taken back, and no size gets a second root.
CREATE TABLE registry_head (
    log        TEXT    NOT NULL PRIMARY KEY,
    size       INTEGER NOT NULL CHECK (size >= 0),
    root       BLOB    NOT NULL CHECK (length(root) = 32),
    note       TEXT    NOT NULL,
    checkpoint TEXT    NOT NULL
) STRICT;

CREATE TRIGGER registry_head_moves_forward BEFORE UPDATE ON registry_head
WHEN NEW.log <> OLD.log OR NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
BEGIN
    SELECT RAISE(ABORT, 'the head of a registry moves only forward');
END;

CREATE TRIGGER registry_head_stays BEFORE DELETE ON registry_head
BEGIN
    SELECT RAISE(ABORT, 'the head of a registry is never deleted');
END;
