-- The straight design: one table a thing, foreign keys, numbers counted when they are asked for.

CREATE TABLE kindergarten (
    id int PRIMARY KEY
);

-- The places of the bulletin for one year of birth, and who may take them.
CREATE TABLE batch (
    birth_year smallint PRIMARY KEY,
    places     int NOT NULL,
    opened     timestamptz,
    phase      text NOT NULL DEFAULT 'published' CHECK (phase IN ('published', 'windows', 'open'))
);

CREATE TABLE vacancy (
    id           int PRIMARY KEY,
    kindergarten int NOT NULL REFERENCES kindergarten,
    birth_year   smallint NOT NULL REFERENCES batch,
    places       int NOT NULL,
    free         int NOT NULL CHECK (free BETWEEN 0 AND places),
    UNIQUE (kindergarten, birth_year)
);

CREATE TABLE application (
    id         int PRIMARY KEY,
    birth_year smallint NOT NULL,
    class      smallint NOT NULL,          -- 0 extraordinary, 1 priority, 2 general
    registered timestamptz NOT NULL,
    draw       bigint NOT NULL,
    status     text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'referred')),
    left_at    timestamptz
);

CREATE INDEX application_order ON application (birth_year, class, registered, draw, id, left_at);

CREATE TABLE wish (
    application  int REFERENCES application,
    rank         int,
    kindergarten int NOT NULL REFERENCES kindergarten,
    PRIMARY KEY (application, rank)
);

CREATE TABLE referral (
    id              int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application     int NOT NULL UNIQUE REFERENCES application,
    vacancy         int NOT NULL REFERENCES vacancy,
    number          int NOT NULL,          -- at which number the place was got; the register of referrals shows it
    class           smallint NOT NULL,
    how             text NOT NULL CHECK (how IN ('wish', 'claim')),
    issued          timestamptz NOT NULL,
    until           timestamptz NOT NULL,
    documents_until timestamptz NOT NULL,
    annul_until     timestamptz NOT NULL
);

CREATE INDEX referral_by_vacancy ON referral (vacancy);

-- Answers by idempotency key; a refusal may be judged again and is not kept.
CREATE TABLE command (
    key      text PRIMARY KEY,
    referral int NOT NULL REFERENCES referral,
    at       timestamptz NOT NULL
);

CREATE TABLE outbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL,
    application int NOT NULL REFERENCES application,
    payload     jsonb NOT NULL,
    created     timestamptz NOT NULL,
    sent        timestamptz
);

CREATE INDEX outbox_waiting ON outbox (id) WHERE sent IS NULL;

-- The number in the queue of the opening: extraordinary first, then one priority for each three general (254/21).
CREATE FUNCTION number_of(one application) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT CASE one.class
               WHEN 0 THEN own
               WHEN 1 THEN extraordinary + own + least(general, 3 * (own - 1))
               ELSE extraordinary + own + least(priority, (own + 2) / 3)
           END::int
    FROM (SELECT count(*) FILTER (WHERE class = 0) AS extraordinary,
                 count(*) FILTER (WHERE class = 1) AS priority,
                 count(*) FILTER (WHERE class = 2) AS general,
                 count(*) FILTER (WHERE class = one.class AND
                     (registered, draw, id) <= (one.registered, one.draw, one.id)) AS own
          FROM application
          WHERE birth_year = one.birth_year
            AND (left_at IS NULL
                 OR left_at >= (SELECT opened FROM batch WHERE batch.birth_year = one.birth_year))) AS counted
$$;

-- The wish lists of window holders, in queue order.
CREATE FUNCTION carry_out_wishes() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wisher record;
    wanted record;
BEGIN
    FOR wisher IN
        SELECT * FROM (SELECT a.id, a.birth_year, a.class, number_of(a) AS number
                       FROM application a WHERE a.id IN (SELECT application FROM wish)) AS numbered
        WHERE number <= (SELECT places FROM batch WHERE batch.birth_year = numbered.birth_year)
        ORDER BY birth_year, number
    LOOP
        FOR wanted IN
            SELECT vacancy.id FROM wish JOIN vacancy USING (kindergarten)
            WHERE wish.application = wisher.id AND vacancy.birth_year = wisher.birth_year AND vacancy.free > 0
            ORDER BY rank LIMIT 1
        LOOP
            UPDATE vacancy SET free = free - 1 WHERE id = wanted.id;
            UPDATE application SET status = 'referred', left_at = now() WHERE id = wisher.id;
            INSERT INTO referral (application, vacancy, number, class, how, issued, until, documents_until, annul_until)
            VALUES (wisher.id, wanted.id, wisher.number, wisher.class, 'wish', now(),
                    now() + interval '7 days', now() + interval '7 days', now() + interval '2 days');
        END LOOP;
    END LOOP;
END $$;

CREATE FUNCTION hold_opening() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE batch SET phase = 'windows', opened = now();
    PERFORM carry_out_wishes();
END $$;

CREATE FUNCTION open_to_everyone() RETURNS void LANGUAGE sql AS $$
    UPDATE batch SET phase = 'open';
$$;
