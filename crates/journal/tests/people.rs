//! Telling other processes whose sessions, accounts and names were changed.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::{Duration, Instant};

use common::{Place, batch, row};
use kezek_journal::{Batch, FollowPeople, Journal, PeopleNews, PrivateRow, PrivateWrite};

const PATIENCE: Duration = Duration::from_secs(10);

fn of(kind: &str, id: u64, owner: Option<u64>) -> PrivateRow {
    PrivateRow { owner, ..row(kind, id) }
}

fn delete(kind: &str, id: u64) -> PrivateWrite {
    PrivateWrite::Delete { kind: kind.into(), id }
}

/// A follower that hears.
async fn follower(journal: &Journal) -> FollowPeople {
    let mut follow = journal.follow_people().unwrap();
    assert_eq!(follow.next().await, Some(PeopleNews::Anybody), "what was before is not known");
    while !matches!(follow.next().await, Some(PeopleNews::HeardUntil(_))) {}
    follow
}

/// What is told until a mark that was sent from now on.
async fn heard(follow: &mut FollowPeople) -> Vec<PeopleNews> {
    let (from, mut news) = (Instant::now(), Vec::new());
    loop {
        match tokio::time::timeout(PATIENCE, follow.next()).await.unwrap().unwrap() {
            PeopleNews::HeardUntil(until) if until >= from => return news,
            PeopleNews::HeardUntil(_) => {}
            other => news.push(other),
        }
    }
}

#[tokio::test]
async fn changes_and_deletions_are_told_to_other_processes_and_new_rows_are_not() {
    let place = Place::postgres();
    let (one, two) = (place.open().await, place.open().await);
    let mut follow = follower(&two).await;
    let mut rows = vec![of("session", 1, Some(7)), of("account", 7, Some(7)), of("person", 8, Some(8))];
    rows.extend([of("notice", 9, Some(9)), of("session", 2, None), of("session", 3, Some(u64::MAX - 1))]);
    let puts: Vec<PrivateWrite> = rows.iter().cloned().map(PrivateWrite::Put).collect();
    one.write_private(puts.clone()).await.unwrap();
    assert_eq!(heard(&mut follow).await, [], "nobody has a new row in memory");

    one.write_private(vec![puts[1].clone(), puts[3].clone()]).await.unwrap();
    assert_eq!(heard(&mut follow).await, [PeopleNews::Of(7)]);
    one.write_private(vec![delete("session", 1), delete("notice", 9)]).await.unwrap();
    assert_eq!(heard(&mut follow).await, [PeopleNews::Of(7)]);
    one.append(Batch { private: vec![puts[2].clone()], ..batch(0, 1) }).await.unwrap();
    assert_eq!(heard(&mut follow).await, [PeopleNews::Of(8)], "with facts too");
    let turn = one.turn().await.unwrap();
    turn.append(Batch { private: vec![delete("session", 3)], ..batch(1, 1) }).await.unwrap();
    assert_eq!(heard(&mut follow).await, [PeopleNews::Of(u64::MAX - 1)]);
    one.write_private(vec![delete("session", 2)]).await.unwrap();
    assert_eq!(heard(&mut follow).await, [PeopleNews::Anybody], "a row of nobody known");
    place.run("DELETE FROM private WHERE kind = 'person'").await.unwrap();
    assert_eq!(heard(&mut follow).await, [PeopleNews::Of(8)], "by hand too");
}

#[tokio::test]
async fn nothing_is_told_of_what_was_not_committed() {
    let place = Place::postgres();
    let journal = place.open().await;
    journal.write_private(vec![PrivateWrite::Put(of("account", 7, Some(7)))]).await.unwrap();
    let mut follow = follower(&journal).await;
    let refused = Batch { private: vec![delete("account", 7)], ..batch(5, 1) };
    journal.append(refused).await.unwrap_err();
    assert_eq!(heard(&mut follow).await, []);
}

#[tokio::test]
async fn a_lost_connection_is_told_and_hearing_begins_anew() {
    let place = Place::postgres();
    let journal = place.open().await;
    let mut follow = follower(&journal).await;
    let mut other = follower(&journal).await;
    assert_eq!(heard(&mut follow).await, [], "another's marks are nobody's change");
    place
        .run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE application_name = 'kezek people' AND datname = current_database()",
        )
        .await
        .unwrap();
    let mut news = Vec::new();
    while !matches!(news.last(), Some(PeopleNews::HeardUntil(_))) || news.len() < 3 {
        news.push(tokio::time::timeout(PATIENCE, follow.next()).await.unwrap().unwrap());
    }
    let cut = news.iter().position(|one| *one == PeopleNews::Unheard).unwrap();
    assert_eq!(news.get(cut + 1), Some(&PeopleNews::Anybody), "{news:?}");
    journal.close().await;
    assert_eq!(follow.next().await, None);
    assert_eq!(other.next().await, None);
}

#[tokio::test]
async fn one_process_has_nobody_to_hear() {
    let journal = Journal::open_temporary().await.unwrap();
    assert!(journal.follow_people().is_none());
}
