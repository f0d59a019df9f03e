-- The tuned design: nothing is counted and hardly anything is looked up while people claim.

-- Who holds a window is settled at the opening and stands in the application's row, where the claim reads it anyway.
-- `place` and `key` are set by the claim: the row's lock keeps an application from a second referral, and a repeated
-- key is known without an index. The room left in each page makes every such update a heap-only one.
CREATE TABLE application (
    id         int NOT NULL,
    birth_year smallint NOT NULL,
    class      smallint NOT NULL,          -- 0 extraordinary, 1 priority, 2 general
    has_window boolean NOT NULL DEFAULT false,
    registered timestamptz NOT NULL,
    draw       bigint NOT NULL,
    place      int,
    key        text COLLATE "C"
) WITH (fillfactor = 50);

CREATE TABLE wish (
    application  int,
    rank         int,
    kindergarten int NOT NULL,
    PRIMARY KEY (application, rank)
);

CREATE TABLE vacancy (
    id              int PRIMARY KEY,
    kindergarten    int NOT NULL,
    birth_year      smallint NOT NULL,
    places          int NOT NULL,
    is_open         boolean NOT NULL DEFAULT false,
    until           timestamptz,           -- terms of a referral issued today
    documents_until timestamptz,
    annul_until     timestamptz,
    UNIQUE (kindergarten, birth_year)
);

-- One row a free place, so that claims of one vacancy do not wait for each other; taken by deleting the row.
CREATE TABLE free_place (
    vacancy int NOT NULL,
    place   int NOT NULL
);

-- The place is the key: no place twice, whatever the code does. Families are told by a worker that reads on by `id`.
CREATE TABLE referral (
    place           int PRIMARY KEY,
    id              int GENERATED ALWAYS AS IDENTITY,
    application     int NOT NULL,
    vacancy         int NOT NULL,
    class           smallint NOT NULL,
    by_wish         boolean NOT NULL,
    issued          timestamptz NOT NULL,
    until           timestamptz NOT NULL,
    documents_until timestamptz NOT NULL,
    annul_until     timestamptz NOT NULL
);

-- Windows to the first of each year, as many as it has places (254/24.4); then the wish lists in queue order.
CREATE FUNCTION hold_opening() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wisher record;
    given record;
BEGIN
    ALTER TABLE application ADD PRIMARY KEY (id);
    CREATE INDEX free_place_by_vacancy ON free_place (vacancy);
    UPDATE vacancy SET until = now() + interval '7 days', documents_until = now() + interval '7 days',
                       annul_until = now() + interval '2 days';
    CREATE TEMPORARY TABLE numbered AS
        SELECT id, birth_year, CASE class
                   WHEN 0 THEN own
                   WHEN 1 THEN extraordinary + own + least(general, 3 * (own - 1))
                   ELSE extraordinary + own + least(priority, (own + 2) / 3)
               END AS number
        FROM (SELECT id, birth_year, class,
                     row_number() OVER (PARTITION BY birth_year, class ORDER BY registered, draw, id) AS own,
                     count(*) FILTER (WHERE class = 0) OVER year AS extraordinary,
                     count(*) FILTER (WHERE class = 1) OVER year AS priority,
                     count(*) FILTER (WHERE class = 2) OVER year AS general
              FROM application WINDOW year AS (PARTITION BY birth_year)) AS ranked;
    UPDATE application SET has_window = true
    FROM numbered JOIN (SELECT birth_year, sum(places) AS places FROM vacancy GROUP BY birth_year) AS batch
         USING (birth_year)
    WHERE application.id = numbered.id AND number <= batch.places;
    FOR wisher IN
        SELECT id, application.birth_year, class FROM application JOIN numbered USING (id)
        WHERE has_window AND id IN (SELECT application FROM wish)
        ORDER BY application.birth_year, number
    LOOP
        SELECT vacancy.*, free_place.place INTO given
        FROM wish JOIN vacancy USING (kindergarten) JOIN free_place ON free_place.vacancy = vacancy.id
        WHERE wish.application = wisher.id AND vacancy.birth_year = wisher.birth_year
        ORDER BY rank LIMIT 1;
        CONTINUE WHEN NOT FOUND;
        DELETE FROM free_place WHERE vacancy = given.id AND place = given.place;
        UPDATE application SET place = given.place WHERE id = wisher.id;
        INSERT INTO referral (place, application, vacancy, class, by_wish, issued, until, documents_until, annul_until)
        VALUES (given.place, wisher.id, given.id, wisher.class, true, now(), given.until, given.documents_until,
                given.annul_until);
    END LOOP;
    DROP TABLE numbered;
END $$;

CREATE FUNCTION open_to_everyone() RETURNS void LANGUAGE sql AS $$
    UPDATE vacancy SET is_open = true;
$$;

-- Takes a place. Refusals write nothing. The lock, which costs no write, lets claims of one application wait for each
-- other, so that a repeated key gets the one answer; claims of different applications never wait.
CREATE FUNCTION claim(wanting int, wanted int, with_key text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    child_year smallint;
    child_class smallint;
    may boolean;
    had int;
    had_by text;
    place_year smallint;
    everyone boolean;
    terms_until timestamptz;
    terms_documents timestamptz;
    terms_annul timestamptz;
    taken int;
BEGIN
    PERFORM pg_advisory_xact_lock(wanting);
    SELECT birth_year, class, has_window, place, key INTO child_year, child_class, may, had, had_by
    FROM application WHERE id = wanting;
    SELECT birth_year, is_open, until, documents_until, annul_until
    INTO place_year, everyone, terms_until, terms_documents, terms_annul
    FROM vacancy WHERE id = wanted;
    IF child_year IS NULL OR place_year IS NULL THEN
        RETURN 'not_found';
    ELSIF had IS NOT NULL THEN
        RETURN CASE WHEN had_by = with_key THEN 'given' ELSE 'live_referral' END;
    ELSIF child_year <> place_year THEN
        RETURN 'wrong_age';
    ELSIF NOT (may OR everyone) THEN
        RETURN 'no_access';
    END IF;
    DELETE FROM free_place WHERE ctid = (
        SELECT ctid FROM free_place WHERE vacancy = wanted LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING place INTO taken;
    IF taken IS NULL THEN
        RETURN 'place_taken';
    END IF;
    UPDATE application SET place = taken, key = with_key WHERE id = wanting;
    INSERT INTO referral (place, application, vacancy, class, by_wish, issued, until, documents_until, annul_until)
    VALUES (taken, wanting, wanted, child_class, false, now(), terms_until, terms_documents, terms_annul);
    RETURN 'given';
END $$;
