//! What only PostgreSQL has: roles, several writers, a server that goes away.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::{Place, START_US, answer, batch, message, row};
use kezek_journal::{AppendError, Batch, Company, Journal, PrivateRow, PrivateWrite, StoreError, copy};
use kezek_trial_postgres::{Cluster, Stop};
use sqlx::{Connection, Executor, PgConnection};

fn url(place: &Place) -> &str {
    match place {
        Place::Postgres(url) => url,
        Place::Sqlite(_) => panic!("not PostgreSQL"),
    }
}

#[tokio::test]
async fn facts_cannot_be_changed_deleted_or_skipped_past_the_interface() {
    let place = Place::postgres();
    let journal = place.open().await;
    journal.append(batch(0, 3)).await.unwrap();
    for (attempt, reason) in [
        ("UPDATE fact SET payload = '{}' WHERE seq = 2", "facts are never changed"),
        ("DELETE FROM fact WHERE seq = 3", "facts are never deleted"),
        ("TRUNCATE fact", "facts are never deleted"),
        (
            "INSERT INTO fact SELECT 5, time_us, 'x', 1, actor, payload, 1, 1 FROM fact WHERE seq = 3",
            "next number",
        ),
        (
            "INSERT INTO fact SELECT seq * 2, time_us, 'x', 1, actor, payload, 1, 1 FROM fact WHERE seq IN (2, 3)",
            "next number",
        ),
        ("UPDATE head SET seq = 2", "moves only forward"),
        ("DELETE FROM head", "never deleted"),
        ("TRUNCATE head", "never deleted"),
    ] {
        let refused = place.run(attempt).await.unwrap_err().to_string();
        assert!(refused.contains(reason), "{attempt}: {refused}");
    }
    assert_eq!(journal.facts(1, 10).await.unwrap().len(), 3);
    journal.verify_continuity().await.unwrap();
}

#[tokio::test]
async fn verification_finds_what_was_done_behind_the_guards() {
    for damage in [
        "DROP TRIGGER fact_is_never_deleted ON fact; DELETE FROM fact WHERE seq = 2",
        "ALTER TABLE fact DISABLE TRIGGER fact_is_never_deleted; DELETE FROM fact WHERE seq = 4",
        "DROP TRIGGER fact_is_never_changed ON fact; UPDATE fact SET time_us = 5 WHERE seq = 3",
        "DROP TRIGGER head_moves_forward ON head; UPDATE head SET seq = 3",
        "ALTER TABLE fact DISABLE TRIGGER fact_is_next",
    ] {
        let place = Place::postgres();
        let journal = place.open().await;
        journal.append(batch(0, 4)).await.unwrap();
        journal.verify_continuity().await.unwrap();
        place.run(damage).await.unwrap();
        let found = journal.verify_continuity().await;
        assert!(matches!(found, Err(StoreError::Damaged(_))), "{damage}: {found:?}");
    }
}

#[tokio::test]
async fn the_role_of_the_service_can_add_facts_and_never_change_them() {
    let place = Place::postgres();
    let role = format!("service_{}", url(&place).split("trial_").nth(1).unwrap().split('?').next().unwrap());
    let mut owner = PgConnection::connect(url(&place)).await.unwrap();
    owner.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE ROLE {role} LOGIN")))).await.unwrap();
    let as_service = url(&place).replacen("postgres@", &format!("{role}@"), 1);

    let too_early = Journal::connect(&as_service).await.unwrap_err();
    assert!(matches!(too_early, StoreError::NoAccess(_)), "{too_early:?}");
    Journal::prepare(url(&place), None).await.unwrap();
    let no_rights = Journal::connect(&as_service).await.unwrap_err();
    assert!(matches!(no_rights, StoreError::NoAccess(_)), "{no_rights:?}");
    Journal::prepare(url(&place), Some(&role)).await.unwrap();

    let journal = Journal::connect(&as_service).await.unwrap();
    let full = Batch {
        answers: vec![answer(2)],
        outbox: vec![message("sms", 0)],
        private: vec![PrivateWrite::Insert(PrivateRow { lookup: Some(vec![1]), ..row("person", 1) })],
        ..batch(0, 2)
    };
    journal.append(full).await.unwrap();
    journal.append(batch(2, 2)).await.unwrap();
    journal.scrub().await.unwrap();
    assert_eq!(journal.verify_continuity().await.unwrap().seq, 4);

    let mut service = PgConnection::connect(&as_service).await.unwrap();
    for attempt in [
        "UPDATE fact SET payload = '{}' WHERE seq = 2",
        "DELETE FROM fact WHERE seq = 4",
        "TRUNCATE fact",
        "DROP TABLE fact",
        "ALTER TABLE fact DISABLE TRIGGER ALL",
        "DROP TRIGGER fact_is_never_changed ON fact",
        "SET session_replication_role = replica",
        "DELETE FROM head",
        "UPDATE answers SET body = ''",
        "CREATE TABLE other (id INT)",
        "DELETE FROM _sqlx_migrations",
    ] {
        let refused = service.execute(attempt).await.unwrap_err();
        let code = refused.as_database_error().unwrap().code().unwrap().into_owned();
        assert_eq!(code, "42501", "{attempt}: {refused}");
    }

    // A program of another version is refused too, though it may change no table.
    place.run("UPDATE _sqlx_migrations SET checksum = '00'").await.unwrap();
    assert!(matches!(Journal::connect(&as_service).await, Err(StoreError::OtherVersion(_))));
    place.run("DELETE FROM _sqlx_migrations").await.unwrap();
    assert!(matches!(Journal::connect(&as_service).await, Err(StoreError::OtherVersion(_))));
}

#[tokio::test]
async fn a_wrong_address_is_told_as_what_it_is() {
    let place = Place::postgres();
    let said =
        |error: StoreError| std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    let nonsense = Journal::connect("mysql://localhost/kezek").await.unwrap_err();
    assert!(matches!(nonsense, StoreError::BadAddress(_)), "{nonsense:?}");
    let nobody = Journal::connect("postgres://kezek@127.0.0.1:1/kezek").await.unwrap_err();
    assert!(matches!(nobody, StoreError::Unavailable(_)), "{nobody:?}");
    let database = Journal::connect(&url(&place).replacen("/trial_", "/no_", 1)).await.unwrap_err();
    assert!(matches!(database, StoreError::NoAccess(_)), "{database:?}");
    assert!(said(database).contains("does not exist"));
    let role = Journal::connect(&url(&place).replacen("postgres@", "nobody_known@", 1)).await.unwrap_err();
    assert!(matches!(role, StoreError::NoAccess(_)), "{role:?}");
}

#[tokio::test]
async fn the_way_to_the_server_is_sealed_and_the_server_proven() {
    let cluster = Cluster::start(&["ssl=on"]).unwrap();
    let other = Cluster::start(&["ssl=on"]).unwrap();
    let address = format!("postgres://postgres@localhost:{}/postgres", cluster.port());
    let proven = |certificate: String| format!("{address}?sslmode=verify-full&sslrootcert={certificate}");
    let journal = Journal::connect(&proven(cluster.certificate())).await.unwrap();
    journal.append(batch(0, 1)).await.unwrap();
    let sealed = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                  WHERE application_name = 'kezek' AND NOT ssl";
    let mut look = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    let unsealed: i64 = sqlx::query_scalar(sealed).fetch_one(&mut look).await.unwrap();
    assert_eq!(unsealed, 0);
    let stranger = Journal::connect(&proven(other.certificate())).await.unwrap_err();
    assert!(matches!(stranger, StoreError::Unavailable(_)), "{stranger:?}");
    let plain = Cluster::start(&[]).unwrap();
    let unsealed = format!("postgres://postgres@localhost:{}/postgres?sslmode=require", plain.port());
    assert!(Journal::connect(&unsealed).await.is_err(), "a server without TLS is not trusted");
}

#[tokio::test]
async fn a_turn_keeps_others_out_until_it_is_used_or_released() {
    let place = Place::postgres();
    let (first, second) = (place.open().await, place.open().await);
    let turn = first.turn().await.unwrap();
    assert_eq!(turn.head().seq, 0);
    let waiting = tokio::spawn(async move { second.append(batch(0, 1)).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished(), "the head is locked");
    turn.append(batch(0, 2)).await.unwrap();
    let moved = waiting.await.unwrap().unwrap_err();
    assert!(matches!(moved, AppendError::HeadMoved { head: 2 }), "{moved}");

    let second = place.open().await;
    second.turn().await.unwrap().release().await;
    drop(second.turn().await.unwrap());
    first.append(batch(2, 1)).await.unwrap();
    let answered = Batch { answers: vec![answer(3)], ..batch(3, 1) };
    assert_eq!(first.turn().await.unwrap().append(answered).await.unwrap().answers, 1);
    let turn = second.turn().await.unwrap();
    assert_eq!((turn.head().seq, turn.answers()), (4, 1));
    turn.release().await;
    let stale = first.turn().await.unwrap().append(batch(1, 1)).await.unwrap_err();
    assert!(matches!(stale, AppendError::HeadMoved { head: 4 }), "{stale}");
    assert_eq!(second.turn().await.unwrap().head().seq, 4, "a refused turn has ended");
}

#[tokio::test]
async fn what_others_append_is_heard() {
    let place = Place::postgres();
    let (writer, reader) = (place.open().await, place.open().await);
    let mut follow = reader.follow().unwrap();
    assert_eq!(follow.next().await, 0);
    for head in [0, 3, 6] {
        writer.append(batch(head, 3)).await.unwrap();
        let heard = tokio::time::timeout(Duration::from_millis(500), async {
            while follow.next().await < head + 3 {}
        });
        heard.await.expect("by a notice, sooner than by looking");
    }
    place
        .run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'")
        .await
        .unwrap();
    writer.append(batch(9, 1)).await.unwrap();
    let heard = tokio::time::timeout(Duration::from_secs(10), async { while follow.next().await < 10 {} });
    heard.await.expect("by looking, though the notice was lost");
}

#[tokio::test]
async fn a_node_alone_tells_nobody_until_another_listens() {
    let place = Place::postgres();
    let (one, other) = (place.open().await, place.open().await);
    let mut own = one.follow().unwrap();
    // It begins to listen, and a second later it has seen that nobody else does.
    for _ in 0..2 {
        assert_eq!(own.next().await, 0);
    }
    one.append(batch(0, 3)).await.unwrap();
    let untold = tokio::time::timeout(Duration::from_millis(300), own.next()).await;
    assert!(untold.is_err(), "{untold:?}");

    let mut follow = other.follow().unwrap();
    assert_eq!(follow.next().await, 3);
    own.next().await;
    one.append(batch(3, 3)).await.unwrap();
    let told = tokio::time::timeout(Duration::from_millis(500), follow.next()).await;
    assert_eq!(told, Ok(6));
}

#[tokio::test]
async fn nodes_work_beside_each_other_and_nobody_alone_beside_them() {
    let place = Place::postgres();
    let journal = place.open().await;
    let one = journal.presence(Company::Nodes).await.unwrap().unwrap();
    let two = place.open().await.presence(Company::Nodes).await.unwrap().unwrap();
    one.release().await;
    assert!(journal.presence(Company::Alone).await.unwrap().is_none(), "one node is left");
    two.release().await;
    let mut alone = journal.presence(Company::Alone).await.unwrap().unwrap();
    assert!(journal.presence(Company::Nodes).await.unwrap().is_none());
    assert!(journal.presence(Company::Alone).await.unwrap().is_none());
    let before = alone.server_time_us().await.unwrap().unwrap();
    assert!(before > 1_700_000_000_000_000, "microseconds since 1970");

    // A lost connection is made anew, and keeps others out again.
    place.run("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").await.unwrap();
    alone.server_time_us().await.unwrap_err();
    assert!(alone.server_time_us().await.unwrap().unwrap() > before);
    assert!(journal.presence(Company::Nodes).await.unwrap().is_none());
    // Without a word, as by a kill.
    drop(alone);
    assert!(journal.presence(Company::Nodes).await.unwrap().is_some());
}

#[tokio::test]
async fn the_same_new_person_is_inserted_by_one_of_two_nodes() {
    let place = Place::postgres();
    for round in 0..20 {
        let mut tries = Vec::new();
        for node in 0..4_u64 {
            let journal = place.open().await;
            tries.push(tokio::spawn(async move {
                let person =
                    PrivateRow { lookup: Some(vec![round]), ..row("person", u64::from(round) * 10 + node) };
                journal.write_private(vec![PrivateWrite::Insert(person)]).await
            }));
        }
        let mut written = 0;
        for attempt in tries {
            match attempt.await.unwrap() {
                Ok(()) => written += 1,
                Err(AppendError::PrivateTaken { .. }) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(written, 1, "round {round}");
    }
}

#[tokio::test]
async fn a_server_that_goes_away_and_comes_back_loses_nothing() {
    let mut cluster = Cluster::start(&[]).unwrap();
    let journal = Journal::connect(&cluster.database().unwrap()).await.unwrap();
    journal.append(batch(0, 3)).await.unwrap();
    for how in [Stop::Fast, Stop::Immediate] {
        let head = journal.head().await.unwrap().seq;
        cluster.stop(how).unwrap();
        // The connection has rested, so it is tried before anything is sent on it.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let gone = journal.append(batch(head, 1)).await.unwrap_err();
        assert!(matches!(gone, AppendError::Unavailable(_)), "{gone:?}");
        assert!(matches!(journal.head().await, Err(StoreError::Unavailable(_))));
        let private = journal.write_private(vec![PrivateWrite::Put(row("note", 1))]).await.unwrap_err();
        assert!(matches!(private, AppendError::Unavailable(_)), "{private:?}");
        cluster.start_again().unwrap();
        assert_eq!(journal.append(batch(head, 3)).await.unwrap().head.seq, head + 3);
    }
    assert_eq!(journal.verify_continuity().await.unwrap().seq, 9);
}

#[tokio::test]
async fn a_full_disk_writes_nothing_and_the_journal_goes_on_when_there_is_room() {
    let cluster = Cluster::start(&[]).unwrap();
    let url = cluster.database().unwrap();
    let journal = Journal::connect(&url).await.unwrap();
    let large = |head: u64| {
        let mut batch = batch(head, 100);
        batch.facts.iter_mut().for_each(|fact| fact.payload = format!("\"{}\"", "x".repeat(1_900)));
        batch
    };
    let mut head = journal.append(large(0)).await.unwrap().head.seq;
    // A limit of a file's size stands for the full disk: the table cannot grow. Each connection takes it over at its
    // start; the log's files are smaller.
    cluster.limit_files(Some(17_000_000)).unwrap();
    journal.close().await;
    let journal = Journal::connect(&url).await.unwrap();
    let full = loop {
        match journal.append(large(head)).await {
            Ok(committed) => head = committed.head.seq,
            Err(error) => break error,
        }
        assert!(head < 50_000, "the limit holds");
    };
    assert!(matches!(full, AppendError::Unavailable(_)), "{full:?}");
    assert_eq!(journal.head().await.unwrap().seq, head, "reading goes on");
    assert!(matches!(journal.append(large(head)).await, Err(AppendError::Unavailable(_))));
    assert_eq!(journal.verify_continuity().await.unwrap().seq, head);
    cluster.limit_files(None).unwrap();
    let journal = Journal::connect(&url).await.unwrap();
    journal.append(large(head)).await.unwrap();
    assert_eq!(journal.verify_continuity().await.unwrap().seq, head + 100);
}

#[tokio::test]
async fn a_connection_cut_while_a_batch_is_under_way_leaves_its_fate_unknown() {
    let place = Place::postgres();
    let (journal, other) = (place.open().await, place.open().await);
    journal.append(batch(0, 1)).await.unwrap();
    let turn = other.turn().await.unwrap();
    // The batch waits for the head's lock when its connection is cut: it was sent, and no answer will come.
    let cut = tokio::spawn(async move { (journal.append(batch(1, 1)).await, journal) });
    tokio::time::sleep(Duration::from_millis(150)).await;
    place
        .run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
              AND datname = current_database()",
        )
        .await
        .unwrap();
    let (unknown, journal) = cut.await.unwrap();
    assert!(matches!(unknown, Err(AppendError::CommitUnknown(_))), "{unknown:?}");
    turn.release().await;
    journal.append(batch(1, 1)).await.unwrap();
    assert_eq!(journal.verify_continuity().await.unwrap().seq, 2);
}

#[tokio::test]
async fn a_head_that_stays_locked_is_unavailable_after_a_while() {
    let place = Place::postgres();
    let (journal, other) = (place.open().await, place.open().await);
    let turn = other.turn().await.unwrap();
    let late = journal.append(batch(0, 1)).await.unwrap_err();
    assert!(matches!(late, AppendError::Unavailable(_)), "{late:?}");
    turn.release().await;
    journal.append(batch(0, 1)).await.unwrap();
}

#[tokio::test]
async fn an_append_that_is_cancelled_leaves_the_writer_usable() {
    let journal = Place::postgres().open().await;
    let mut head = 0;
    for wait_us in (0..6_000).step_by(40) {
        let mut next = batch(head, 20);
        next.facts.iter_mut().for_each(|fact| fact.time_us = START_US);
        match tokio::time::timeout(Duration::from_micros(wait_us), journal.append(next)).await {
            Err(_cancelled) => {}
            Ok(Ok(committed)) => head = committed.head.seq,
            Ok(Err(AppendError::HeadMoved { head: moved })) => head = moved,
            Ok(Err(error)) => panic!("after {wait_us} us: {error:?}"),
        }
    }
    // Whatever was cancelled has been carried out or thrown away by the server once it lets go of the head.
    let turn = journal.turn().await.unwrap();
    assert!(turn.head().seq.is_multiple_of(20), "no batch is half there");
    turn.release().await;
    journal.verify_continuity().await.unwrap();
}

#[tokio::test]
async fn a_journal_moves_from_store_to_store_whole() {
    let [sqlite, postgres] = Place::all();
    let source = sqlite.open().await;
    let private =
        (0..30).map(|id| PrivateWrite::Put(PrivateRow { owner: Some(5), ..row("person", u64::MAX - id) }));
    let answers = (0..40).map(answer).collect();
    let outbox = vec![message("sms", 7), message("mail", 8)];
    let full = Batch { answers, outbox, private: private.collect(), ..batch(0, 30) };
    source.append(full).await.unwrap();
    let done = source.lease_outbox(7, 1, 1).await.unwrap();
    source.complete_outbox(&done, 8).await.unwrap();

    let target = postgres.open().await;
    let copied = copy(&source, &target, |_, _| ()).await.unwrap();
    assert_eq!((copied.facts, copied.answers, copied.messages, copied.private), (30, 40, 1, 30));
    let again = copy(&source, &target, |_, _| ()).await.unwrap_err();
    assert!(again.to_string().contains("not empty"), "{again}");

    let back = Place::all();
    let back = back[0].open().await;
    copy(&target, &back, |_, _| ()).await.unwrap();
    assert_eq!(back.facts(1, 100).await.unwrap(), source.facts(1, 100).await.unwrap());
    assert_eq!(back.private_after(None, 100).await.unwrap(), source.private_after(None, 100).await.unwrap());
    assert_eq!(back.answers_after(0, 100).await.unwrap(), source.answers_after(0, 100).await.unwrap());
    assert_eq!(back.outbox_backlog().await.unwrap(), source.outbox_backlog().await.unwrap());

    let half = Place::postgres();
    half.open().await;
    half.run("INSERT INTO private VALUES ('journal_copy', 1, NULL, NULL, '', 1, 0, NULL)").await.unwrap();
    assert!(matches!(half.try_open().await, Err(StoreError::HalfCopied)));
}

#[tokio::test]
async fn a_city_of_new_people_goes_into_one_batch() {
    let place = Place::postgres();
    let journal = place.open().await;
    let person = |id: u64| PrivateRow { lookup: Some(id.to_le_bytes().to_vec()), ..row("person", id) };
    let family = |id| [PrivateWrite::Insert(person(id)), PrivateWrite::Put(row("contacts", id))];
    let city = |from: u64, to: u64| (from..to).flat_map(family).collect::<Vec<_>>();
    // More than the server has room for locks.
    let full = Batch { private: city(0, 20_000), ..batch(0, 10) };
    journal.append(full).await.unwrap();
    assert_eq!(journal.private_by_lookup("person", &7_u64.to_le_bytes()).await.unwrap().len(), 1);
    assert!(journal.private("contacts", 19_999).await.unwrap().is_some());

    let again = Batch { private: city(19_999, 20_100), ..batch(10, 1) };
    let taken = journal.append(again).await.unwrap_err();
    assert!(matches!(taken, AppendError::PrivateTaken { ref kind } if kind == "person"), "{taken:?}");
    assert_eq!(journal.private("contacts", 20_050).await.unwrap(), None);
    let twins = vec![
        PrivateWrite::Insert(person(30_000)),
        PrivateWrite::Insert(PrivateRow { id: 30_001, ..person(30_000) }),
    ];
    let taken = journal.append(Batch { private: twins, ..batch(10, 1) }).await.unwrap_err();
    assert!(matches!(taken, AppendError::PrivateTaken { .. }), "{taken:?}");
    journal.append(Batch { private: city(20_000, 20_010), ..batch(10, 1) }).await.unwrap();
}

#[tokio::test]
async fn a_batch_of_refusals_tells_its_own_head() {
    let place = Place::postgres();
    let (journal, other) = (place.open().await, place.open().await);
    journal.append(batch(0, 3)).await.unwrap();
    let writing = tokio::spawn(async move {
        let mut head = 3;
        while head < 300 {
            head = match other.append(batch(head, 3)).await {
                Ok(committed) => committed.head.seq,
                Err(AppendError::HeadMoved { head: moved }) => moved,
                Err(error) => panic!("{error:?}"),
            };
        }
    });
    let (mut expected, mut number) = (3, 0);
    while !writing.is_finished() {
        number += 1;
        let answers = vec![answer(number)];
        match journal.append(Batch { answers, ..batch(expected, 0) }).await {
            Ok(committed) => assert_eq!(committed.head.seq, expected, "not what others wrote meanwhile"),
            Err(AppendError::HeadMoved { head }) => expected = head,
            Err(error) => panic!("{error:?}"),
        }
    }
    writing.await.unwrap();
}
