//! Snapshots, the outbox and private rows.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Place, START_US, batch, message, row};
use kezek_journal::{AppendError, Batch, OutboxItem, PrivateRow, PrivateWrite, Snapshot, StoreError};

fn snapshot(seq: u64) -> Snapshot {
    Snapshot { seq, time_us: START_US, format_version: 3, state: vec![0xA5; 100_000] }
}

#[tokio::test]
async fn the_last_three_snapshots_are_kept_and_a_damaged_one_is_told() {
    for place in Place::all() {
        let journal = place.open().await;
        assert_eq!(journal.latest_snapshot().await.unwrap(), None);
        for seq in [10, 20, 30, 40, 40] {
            journal.put_snapshot(snapshot(seq)).await.unwrap();
        }
        assert_eq!(journal.latest_snapshot().await.unwrap(), Some(snapshot(40)));

        place.run("UPDATE snapshot SET state = substr(state, 2) WHERE seq = 40").await.unwrap();
        assert!(matches!(journal.latest_snapshot().await, Err(StoreError::SnapshotDamaged { seq: 40 })));
        for kept in [40, 30, 20] {
            journal.drop_snapshot(kept).await.unwrap();
            let newest = journal.latest_snapshot().await.unwrap();
            assert_eq!(newest, Some(kept - 10).filter(|seq| *seq > 10).map(snapshot));
        }
    }
}

#[tokio::test]
async fn work_is_leased_to_one_worker_and_the_token_is_a_fence() {
    for place in Place::all() {
        let journal = place.open().await;
        let outbox = vec![message("sms", 100), message("mail", 200), message("sms", 900)];
        journal.append(Batch { outbox, ..batch(0, 1) }).await.unwrap();
        let first = journal.lease_outbox(200, 50, 10).await.unwrap();
        assert_eq!(first.iter().map(|item| (item.id, item.attempts)).collect::<Vec<_>>(), [(1, 1), (2, 1)]);
        assert!(
            journal.lease_outbox(249, 50, 10).await.unwrap().is_empty(),
            "leased work is not given twice"
        );

        assert_eq!(journal.complete_outbox(&first[..1], 210).await.unwrap(), 1);
        let second = journal.lease_outbox(250, 50, 10).await.unwrap();
        assert_eq!(second.iter().map(|item| (item.id, item.attempts)).collect::<Vec<_>>(), [(2, 2)]);
        let late = journal.complete_outbox(&first, 260).await.unwrap();
        assert_eq!(late, 0, "the first worker comes too late");

        let failed = journal.fail_outbox(&second, |_| 500, "gateway answered 503").await.unwrap();
        assert_eq!(failed, 1);
        assert_eq!(journal.fail_outbox(&second, |_| 700, "again").await.unwrap(), 0);
        assert!(journal.lease_outbox(499, 50, 10).await.unwrap().is_empty());
        assert_eq!(journal.lease_outbox(500, 50, 10).await.unwrap().len(), 1);

        let backlog = journal.outbox_backlog().await.unwrap();
        assert_eq!((backlog.waiting, backlog.oldest_due_us), (2, Some(500)));
        assert_eq!(journal.forget_outbox(1_000).await.unwrap(), 1);
        assert_eq!(journal.outbox_backlog().await.unwrap().waiting, 2, "only done work is forgotten");
    }
}

#[tokio::test]
async fn a_whole_lot_is_done_or_given_back_at_once() {
    for place in Place::all() {
        let journal = place.open().await;
        let outbox = vec![message("sms", 100); 90];
        journal.append(Batch { outbox, ..batch(0, 1) }).await.unwrap();
        let lot = journal.lease_outbox(100, 50, 90).await.unwrap();
        let due = |item: &OutboxItem| 200 + i64::try_from(item.id).unwrap();
        assert_eq!(journal.fail_outbox(&lot[..3], due, "no way through").await.unwrap(), 3);
        // Three leases are lost, and that hides none of the others.
        assert_eq!(journal.complete_outbox(&lot, 110).await.unwrap(), 87);
        assert_eq!(journal.complete_outbox(&lot, 120).await.unwrap(), 0, "nothing is done twice");
        assert_eq!(journal.complete_outbox(&[], 120).await.unwrap(), 0);
        let again = journal.lease_outbox(202, 50, 90).await.unwrap();
        assert_eq!(again.iter().map(|item| (item.id, item.attempts)).collect::<Vec<_>>(), [(1, 2), (2, 2)]);
        assert_eq!(journal.outbox_backlog().await.unwrap().waiting, 3);
    }
}

#[tokio::test]
async fn private_rows_are_found_by_id_lookup_and_owner() {
    for place in Place::all() {
        let journal = place.open().await;
        let big = u64::MAX - 1;
        let rows = [
            PrivateRow { lookup: Some(vec![1, 2]), owner: Some(big), ..row("person", big) },
            PrivateRow { lookup: Some(vec![1, 2]), owner: Some(big), ..row("contacts", 5) },
            PrivateRow { owner: Some(7), key_id: 2, ..row("person", 7) },
        ];
        journal.write_private(rows.iter().cloned().map(PrivateWrite::Put).collect()).await.unwrap();
        assert_eq!(journal.private("person", big).await.unwrap().as_ref(), Some(&rows[0]));
        assert_eq!(journal.private("contacts", big).await.unwrap(), None);
        assert_eq!(journal.private_by_lookup("person", &[1, 2]).await.unwrap(), rows[..1]);
        assert_eq!(journal.private_by_owner("contacts", big).await.unwrap(), rows[1..2]);
        let with_owners = journal.private_with_owners("contacts", &[1, 2], ["person", "account"]).await;
        assert_eq!(with_owners.unwrap(), [rows[1].clone(), rows[0].clone()]);
        assert_eq!(journal.private_with_owners("contacts", &[1], ["person", "account"]).await.unwrap(), []);
        assert_eq!(journal.private_owned(big).await.unwrap(), [rows[1].clone(), rows[0].clone()]);
        assert_eq!(journal.private_below_key(2, 10).await.unwrap().len(), 2);

        let mut after = None;
        let mut seen = Vec::new();
        while let Some(found) = journal.private_of_kind("person", after, 1).await.unwrap().pop() {
            after = Some(found.id);
            seen.push(found.id);
        }
        assert_eq!(seen.len(), 2);

        let changed = PrivateRow { sealed: vec![3], ..rows[2].clone() };
        let delete = PrivateWrite::Delete { kind: "contacts".into(), id: 5 };
        let private = vec![PrivateWrite::Put(changed.clone()), delete];
        journal.append(Batch { private, ..batch(0, 1) }).await.unwrap();
        assert_eq!(journal.private("person", 7).await.unwrap(), Some(changed));
        assert_eq!(journal.private("contacts", 5).await.unwrap(), None);
    }
}

#[tokio::test]
async fn one_person_is_not_inserted_twice() {
    for place in Place::all() {
        let journal = place.open().await;
        let first = PrivateRow { lookup: Some(vec![9]), ..row("person", 1) };
        journal.write_private(vec![PrivateWrite::Insert(first.clone())]).await.unwrap();
        for taken in [PrivateRow { id: 2, ..first.clone() }, PrivateRow { lookup: None, ..first.clone() }] {
            let private = vec![PrivateWrite::Put(row("note", 3)), PrivateWrite::Insert(taken)];
            let refused = journal.append(Batch { private, ..batch(0, 1) }).await.unwrap_err();
            assert!(
                matches!(refused, AppendError::PrivateTaken { ref kind } if kind == "person"),
                "{refused}"
            );
        }
        assert_eq!(journal.head().await.unwrap().seq, 0);
        assert_eq!(journal.private("note", 3).await.unwrap(), None);
        let other_kind = PrivateRow { kind: "account".into(), id: 2, ..first };
        journal.write_private(vec![PrivateWrite::Insert(other_kind)]).await.unwrap();
        journal.write_private(vec![PrivateWrite::Insert(row("note", 4))]).await.unwrap();
    }
}

#[tokio::test]
async fn rows_past_their_time_are_deleted() {
    for place in Place::all() {
        let journal = place.open().await;
        for (id, expires_us) in [(1, Some(100)), (2, Some(101)), (3, None)] {
            let private = PrivateRow { expires_us, ..row("session", id) };
            journal.write_private(vec![PrivateWrite::Put(private)]).await.unwrap();
        }
        assert_eq!(journal.expire_private(100).await.unwrap(), 1);
        assert_eq!(journal.private_of_kind("session", None, 10).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn writes_of_one_row_are_carried_out_in_order() {
    for place in Place::all() {
        let journal = place.open().await;
        let old = row("note", 1);
        let new = PrivateRow { sealed: vec![1], ..old.clone() };
        let delete = || PrivateWrite::Delete { kind: "note".into(), id: 1 };
        let put = |row: &PrivateRow| PrivateWrite::Put(row.clone());
        journal.write_private(vec![put(&old), put(&new)]).await.unwrap();
        assert_eq!(journal.private("note", 1).await.unwrap(), Some(new.clone()));
        journal.write_private(vec![put(&old), delete(), PrivateWrite::Insert(new.clone())]).await.unwrap();
        assert_eq!(journal.private("note", 1).await.unwrap(), Some(new));
        journal.write_private(vec![put(&old), delete()]).await.unwrap();
        assert_eq!(journal.private("note", 1).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_erasure_leaves_facts_as_they_are() {
    for place in Place::all() {
        let journal = place.open().await;
        let owned = |kind, id| PrivateWrite::Put(PrivateRow { owner: Some(5), ..row(kind, id) });
        let other = PrivateWrite::Put(PrivateRow { owner: Some(6), ..row("person", 6) });
        let private = vec![owned("person", 5), owned("document", 8), owned("access", 9), other];
        journal.append(Batch { private, ..batch(0, 30) }).await.unwrap();
        let facts = journal.facts(1, 100).await.unwrap();

        let ids = journal.private_ids_owned(5).await.unwrap();
        assert_eq!(ids, [("access".to_owned(), 9), ("document".to_owned(), 8), ("person".to_owned(), 5)]);
        let mut writes: Vec<PrivateWrite> =
            ids.into_iter().map(|(kind, id)| PrivateWrite::Delete { kind, id }).collect();
        writes.push(PrivateWrite::Put(row("erased", 5)));
        journal.write_private(writes).await.unwrap();
        journal.scrub().await.unwrap();

        assert!(journal.private_owned(5).await.unwrap().is_empty());
        assert!(journal.private("erased", 5).await.unwrap().is_some());
        assert!(journal.private("person", 6).await.unwrap().is_some());
        assert_eq!(journal.facts(1, 100).await.unwrap(), facts);
        journal.verify_continuity().await.unwrap();
    }
}

#[tokio::test]
async fn many_private_rows_are_read_at_once() {
    for place in Place::all() {
        let journal = place.open().await;
        let rows = (1..=150).map(|id| PrivateWrite::Put(row("person", u64::MAX / 2 + id)));
        journal.write_private(rows.collect()).await.unwrap();
        journal.write_private(vec![PrivateWrite::Put(row("contacts", u64::MAX / 2 + 3))]).await.unwrap();
        let asked: Vec<u64> = (100..=300).map(|id| u64::MAX / 2 + id).collect();
        let mut found: Vec<u64> =
            journal.private_all("person", &asked).await.unwrap().into_iter().map(|row| row.id).collect();
        found.sort_unstable();
        assert_eq!(found, asked[..51]);
        assert_eq!(journal.private_all("contacts", &asked).await.unwrap(), []);
        assert_eq!(journal.private_all("person", &[]).await.unwrap(), []);
    }
}
