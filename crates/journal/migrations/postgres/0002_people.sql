-- Nodes keep in memory who is signed in. Whoever changes or ends a session, an account or a person, this program or a
-- hand, tells them in the same transaction whose it is. Nobody keeps in memory what is not there yet: new rows tell
-- nothing, which also spares the lock that a transaction with a notice holds to its end.
CREATE FUNCTION tell_of_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('kezek_people', coalesce(OLD.owner::text, '*'));
    RETURN NULL;
END $$;

CREATE TRIGGER private_tells_of_people AFTER UPDATE OR DELETE ON private FOR EACH ROW
    WHEN (OLD.kind IN ('session', 'account', 'person')) EXECUTE FUNCTION tell_of_people();
