//! Facts: gapless, in order, exact, never changed.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Place, START_US, answer, batch, fact, facts, message, row};
use kezek_journal::{AnswersRow, AppendError, Batch, Fact, Head, PrivateWrite, StoreError};

#[tokio::test]
async fn facts_come_back_exactly_and_gapless() {
    for place in Place::all() {
        let journal = place.open().await;
        assert_eq!(journal.head().await.unwrap(), Head { seq: 0, time_us: 0 });
        for head in [0, 7, 14] {
            let committed = journal.append(batch(head, 7)).await.unwrap();
            assert_eq!(committed.head, Head { seq: head + 7, time_us: fact(head + 7).time_us });
        }
        let found = journal.facts(1, 100).await.unwrap();
        assert_eq!(found.len(), 21);
        for (found, seq) in found.iter().zip(1..) {
            let new = fact(seq);
            let expected = Fact {
                seq,
                time_us: new.time_us,
                kind: new.kind,
                settlement: new.settlement,
                actor: new.actor,
                payload: new.payload,
                version: new.version,
                draw: new.draw,
            };
            assert_eq!(*found, expected);
        }
        let page: Vec<u64> = journal.facts(20, 100).await.unwrap().iter().map(|fact| fact.seq).collect();
        assert_eq!(page, [20, 21]);
        assert_eq!(journal.facts(5, 3).await.unwrap().last().unwrap().seq, 7);
        assert!(journal.facts(22, 10).await.unwrap().is_empty());
        assert_eq!(journal.verify_continuity().await.unwrap(), journal.head().await.unwrap());
    }
}

#[tokio::test]
async fn a_moved_head_writes_nothing_of_the_batch() {
    for place in Place::all() {
        let journal = place.open().await;
        journal.append(batch(0, 3)).await.unwrap();
        let stale = Batch {
            facts: facts(3..=4),
            answers: vec![answer(4)],
            outbox: vec![message("sms", 0)],
            private: vec![PrivateWrite::Put(row("person", 1))],
            ..batch(2, 0)
        };
        let refused = journal.append(stale.clone()).await.unwrap_err();
        assert!(matches!(refused, AppendError::HeadMoved { head: 3 }), "{refused}");
        assert_eq!(journal.head().await.unwrap().seq, 3);
        assert_eq!(journal.last_answers().await.unwrap(), 0);
        assert_eq!(journal.outbox_backlog().await.unwrap().waiting, 0);
        assert_eq!(journal.private("person", 1).await.unwrap(), None);

        journal.append(Batch { expected_head: 3, ..stale }).await.unwrap();
        assert_eq!(journal.head().await.unwrap().seq, 5);
        assert_eq!(journal.answers_after(0, 10).await.unwrap()[0].answers, [answer(4)]);
        assert!(journal.private("person", 1).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn two_writers_on_one_journal_make_one_order() {
    for place in Place::all() {
        let mut writers = Vec::new();
        for _ in 0..2 {
            let journal = place.open().await;
            writers.push(tokio::spawn(async move {
                let mut head = 0;
                let mut written = 0;
                while written < 50 {
                    // All facts at one time: either writer may come first.
                    let mut next = batch(head, 2);
                    next.facts.iter_mut().for_each(|fact| fact.time_us = START_US);
                    match journal.append(next).await {
                        Ok(committed) => (head, written) = (committed.head.seq, written + 1),
                        Err(AppendError::HeadMoved { head: moved }) => head = moved,
                        Err(error) => panic!("{error}"),
                    }
                }
            }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let journal = place.open().await;
        assert_eq!(journal.verify_continuity().await.unwrap().seq, 200);
    }
}

#[tokio::test]
async fn time_does_not_go_back() {
    for place in Place::all() {
        let journal = place.open().await;
        journal.append(batch(0, 3)).await.unwrap();
        let mut late = batch(3, 2);
        late.facts[1].time_us = START_US;
        let refused = journal.append(late).await.unwrap_err();
        assert!(matches!(refused, AppendError::TimeWentBack { time_us: START_US, .. }), "{refused}");
        assert_eq!(journal.head().await.unwrap().seq, 3);
    }
}

#[tokio::test]
async fn a_payload_that_is_not_json_is_refused() {
    for place in Place::all() {
        let journal = place.open().await;
        let mut broken = batch(0, 2);
        broken.facts[1].payload = "{\"application\":".into();
        let refused = journal.append(broken).await.unwrap_err();
        assert!(matches!(refused, AppendError::Store(StoreError::Refused(_))), "{refused}");
        assert_eq!(journal.head().await.unwrap().seq, 0);
        journal.append(batch(0, 2)).await.unwrap();
    }
}

#[tokio::test]
async fn answers_are_found_by_the_number_of_their_row() {
    for place in Place::all() {
        let journal = place.open().await;
        let accepted = Batch { answers: vec![answer(1), answer(2)], ..batch(0, 1) };
        assert_eq!(journal.append(accepted).await.unwrap().answers, 1);
        let refused = Batch { answers: vec![answer(3)], ..batch(1, 0) };
        let committed = journal.append(refused).await.unwrap();
        assert_eq!((committed.head.seq, committed.answers), (1, 2), "a refusal is an answer without a fact");
        assert_eq!(journal.append(batch(1, 1)).await.unwrap().answers, 2, "no answer, no row");

        let rows = journal.answers_after(0, 10).await.unwrap();
        let first = AnswersRow { number: 1, answers: vec![answer(1), answer(2)] };
        let second = AnswersRow { number: 2, answers: vec![answer(3)] };
        assert_eq!(rows, [first, second.clone()]);
        assert_eq!(journal.answers_after(1, 10).await.unwrap(), std::slice::from_ref(&second));
        assert_eq!(journal.answers_of(&[2, 7]).await.unwrap(), [second]);
        assert_eq!(journal.last_answers().await.unwrap(), 2);

        assert_eq!(journal.forget_answers(START_US).await.unwrap(), 0);
        assert_eq!(journal.forget_answers(START_US + 1).await.unwrap(), 2);
        assert_eq!(journal.answers_of(&[1, 2]).await.unwrap(), []);
        assert_eq!(journal.last_answers().await.unwrap(), 2, "numbers go on");
    }
}

#[tokio::test]
async fn a_batch_decided_before_another_answer_writes_nothing() {
    for place in Place::all() {
        let journal = place.open().await;
        let refused = Batch { answers: vec![answer(1)], expected_answers: Some(0), ..batch(0, 0) };
        journal.append(refused).await.unwrap();
        let late = Batch { answers: vec![answer(2)], expected_answers: Some(0), ..batch(0, 2) };
        let error = journal.append(late.clone()).await.unwrap_err();
        assert!(matches!(error, AppendError::HeadMoved { head: 0 }), "{error}");
        assert_eq!(journal.head().await.unwrap().seq, 0);
        journal.append(Batch { expected_answers: Some(1), ..late }).await.unwrap();
        assert_eq!(journal.head().await.unwrap().seq, 2);
    }
}

#[tokio::test]
async fn opening_again_finds_everything_and_refuses_what_it_does_not_know() {
    for place in Place::all() {
        let journal = place.open().await;
        journal.append(batch(0, 3)).await.unwrap();
        journal.close().await;
        assert!(matches!(journal.head().await, Err(StoreError::Unavailable(_))));
        assert!(matches!(journal.append(batch(3, 1)).await, Err(AppendError::Unavailable(_))));

        let journal = place.open().await;
        assert_eq!(journal.head().await.unwrap().seq, 3);
        journal.close().await;

        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                     VALUES (9999, 'of a later version', TRUE, '00', 0)";
        place.run(newer).await.unwrap();
        assert!(matches!(place.try_open().await, Err(StoreError::OtherVersion(_))));
    }
}

#[tokio::test]
async fn a_journal_of_the_first_version_goes_on() {
    for place in Place::all() {
        place.make_first_tables().await;
        let before = "INSERT INTO fact (seq, time_us, kind, settlement, actor, payload, version, draw)
                      VALUES (1, 5, 'noted', NULL, 'system', '{}', 1, 0), (2, 6, 'noted', NULL, 'system', '{}', 1, 0);
                      UPDATE head SET seq = 2, time_us = 6";
        place.run(before).await.unwrap();
        let journal = place.open().await;
        assert_eq!(journal.verify_continuity().await.unwrap(), Head { seq: 2, time_us: 6 });
        assert_eq!(journal.last_answers().await.unwrap(), 0);
        let next = Batch { answers: vec![answer(1)], expected_answers: Some(0), ..batch(2, 2) };
        let committed = journal.append(next).await.unwrap();
        assert_eq!((committed.head.seq, committed.answers), (4, 1));
        journal.verify_continuity().await.unwrap();
        let back = place.run("UPDATE head SET answers = 0").await;
        assert!(back.is_err(), "the head moves only forward");
    }
}

#[tokio::test]
async fn who_only_reads_changes_nothing_and_refuses_tables_of_another_version() {
    for place in Place::all() {
        place.run("CREATE TABLE other (id BIGINT)").await.unwrap();
        let refused = place.try_open_to_read().await;
        assert!(matches!(refused, Err(StoreError::NoJournal)), "{refused:?}");
        place.make_first_tables().await;
        let refused = place.try_open_to_read().await;
        assert!(matches!(refused, Err(StoreError::OtherVersion(_))), "{refused:?}");
        place.run("DELETE FROM command").await.unwrap();

        let writer = place.open().await;
        let reader = place.try_open_to_read().await.unwrap();
        writer.append(batch(0, 2)).await.unwrap();
        assert_eq!(reader.verify_continuity().await.unwrap().seq, 2);
        let refused = reader.append(batch(2, 1)).await;
        assert!(refused.is_err(), "{refused:?}");
        assert_eq!(writer.head().await.unwrap().seq, 2);
        assert!(reader.write_private(vec![PrivateWrite::Put(row("person", 1))]).await.is_err());
    }
}

#[tokio::test]
async fn a_large_batch_keeps_its_order() {
    for place in Place::all() {
        let journal = place.open().await;
        let answers: Vec<_> = (1..=1_000).map(answer).collect();
        journal.append(Batch { answers: answers.clone(), ..batch(0, 1_000) }).await.unwrap();
        let found = journal.facts(1, 2_000).await.unwrap();
        assert!(
            found.iter().zip(1..).all(|(found, seq)| found.seq == seq && found.payload == fact(seq).payload)
        );
        assert_eq!(found.len(), 1_000);
        assert_eq!(journal.answers_after(0, 5).await.unwrap()[0].answers, answers);
    }
}
