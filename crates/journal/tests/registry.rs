//! The heads of the public registries.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Place, batch};
use kezek_journal::{Moved, RegistryHead, copy};

fn head(log: &str, size: u64, root: u8) -> RegistryHead {
    let note = format!("kezek.example/{log}\n{size}\nAAAA\n\n— signed\n");
    RegistryHead { log: log.into(), size, root: [root; 32], checkpoint: note.clone(), note }
}

#[tokio::test]
async fn heads_move_together_or_not_at_all() {
    for place in Place::all() {
        let journal = place.open().await;
        assert_eq!(journal.registry_heads().await.unwrap(), []);
        let first = [head("applications", 1, 1), head("bulletins", 0, 2), head("referrals", 0, 3)];
        assert_eq!(journal.move_registry_heads(&[], &first).await.unwrap(), Moved::Done);
        assert_eq!(journal.registry_heads().await.unwrap(), first);

        // Whoever read before that is told, also where it moves another log.
        let late = [head("applications", 2, 9)];
        assert_eq!(journal.move_registry_heads(&[], &late).await.unwrap(), Moved::ByAnother);
        let touched = [head("applications", 3, 4), head("referrals", 1, 5)];
        assert_eq!(journal.move_registry_heads(&first, &touched).await.unwrap(), Moved::Done);
        assert_eq!(
            journal.move_registry_heads(&first, &[head("bulletins", 7, 7)]).await.unwrap(),
            Moved::ByAnother
        );
        let second = [touched[0].clone(), first[1].clone(), touched[1].clone()];
        assert_eq!(place.open().await.registry_heads().await.unwrap(), second);

        // More signatures on the same head.
        let cosigned = [RegistryHead { checkpoint: "cosigned".into(), ..second[0].clone() }];
        assert_eq!(journal.move_registry_heads(&second, &cosigned).await.unwrap(), Moved::Done);
        assert_eq!(journal.registry_heads().await.unwrap()[0], cosigned[0]);
    }
}

#[tokio::test]
async fn nobody_moves_a_head_back_or_gives_a_size_a_second_root() {
    for place in Place::all() {
        let journal = place.open().await;
        let first = [head("applications", 5, 1), head("referrals", 2, 2)];
        journal.move_registry_heads(&[], &first).await.unwrap();
        journal.move_registry_heads(&first, &[head("applications", 4, 3)]).await.unwrap_err();
        let fork = [head("referrals", 3, 4), head("applications", 5, 3)];
        journal.move_registry_heads(&first, &fork).await.unwrap_err();
        for attempt in [
            "UPDATE registry_head SET size = 1",
            "UPDATE registry_head SET log = 'other' WHERE size = 2",
            "DELETE FROM registry_head",
        ] {
            let refused = place.run(attempt).await.unwrap_err().to_string();
            assert!(refused.contains("registry"), "{attempt}: {refused}");
        }
        assert_eq!(journal.registry_heads().await.unwrap(), first, "nothing of a refused move is kept");
        assert_eq!(
            journal.move_registry_heads(&first, &[head("referrals", 3, 4)]).await.unwrap(),
            Moved::Done
        );
    }
}

#[tokio::test]
async fn of_two_nodes_that_move_at_once_one_does() {
    let place = Place::postgres();
    let (one, two) = (place.open().await, place.open().await);
    let mut old = Vec::new();
    for round in 1..=20_u8 {
        let size = u64::from(round);
        let (mine, yours) =
            ([head("applications", size, 2 * round)], [head("applications", size, 2 * round + 1)]);
        let (a, b) =
            tokio::join!(one.move_registry_heads(&old, &mine), two.move_registry_heads(&old, &yours));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!(a != b, "round {round}: {a:?} and {b:?}");
        old = if a == Moved::Done { mine.to_vec() } else { yours.to_vec() };
        assert_eq!(one.registry_heads().await.unwrap(), old);
    }
}

#[tokio::test]
async fn a_copy_has_the_heads_too() {
    let ([sqlite, postgres], [other_sqlite, other_postgres]) = (Place::all(), Place::all());
    for (from, to) in [(sqlite, other_postgres), (postgres, other_sqlite)] {
        let (from, to) = (from.open().await, to.open().await);
        from.append(batch(0, 3)).await.unwrap();
        let heads = [head("applications", 2, 1), head("bulletins", 1, 2)];
        from.move_registry_heads(&[], &heads).await.unwrap();
        copy(&from, &to, |_, _| ()).await.unwrap();
        assert_eq!(to.registry_heads().await.unwrap(), heads);
    }
}
