//! After an erasure nothing of the person can be read, and others keep theirs.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;

use common::*;
use kezek_records::*;

type Store = BTreeMap<(String, u64), SealedRow>;

fn stored(rows: impl IntoIterator<Item = SealedRow>) -> Store {
    rows.into_iter().map(|row| ((row.kind.clone(), row.id), row)).collect()
}

/// Everything a holder of the keys can read in the store.
fn readable(keys: &Keys, store: &Store) -> String {
    let mut text = String::new();
    for row in store.values() {
        let bytes = match row.kind.as_str() {
            "document_bytes" => open_document_bytes(keys, row).unwrap().to_vec(),
            "person" => serde_json::to_vec(&open::<Person>(keys, row).unwrap()).unwrap(),
            "child" => serde_json::to_vec(&open::<ChildRecord>(keys, row).unwrap()).unwrap(),
            "contacts" => serde_json::to_vec(&open::<Contacts>(keys, row).unwrap()).unwrap(),
            "application" => serde_json::to_vec(&open::<ApplicationPrivate>(keys, row).unwrap()).unwrap(),
            "document" => serde_json::to_vec(&open::<Document>(keys, row).unwrap()).unwrap(),
            "account" => serde_json::to_vec(&open::<Account>(keys, row).unwrap()).unwrap(),
            "session" => serde_json::to_vec(&open::<Session>(keys, row).unwrap()).unwrap(),
            "access" => serde_json::to_vec(&open::<AccessEntry>(keys, row).unwrap()).unwrap(),
            "notice" => serde_json::to_vec(&open::<Notice>(keys, row).unwrap()).unwrap(),
            "erased" => serde_json::to_vec(&open::<Erased>(keys, row).unwrap()).unwrap(),
            other => panic!("an unknown kind {other}"),
        };
        text += &String::from_utf8(bytes).unwrap();
    }
    text
}

#[test]
fn after_an_erasure_nothing_of_the_person_can_be_read() {
    let keys = keys();
    let neighbour = Person { surname: "Көршіова".into(), given: "Басқа".into(), ..person() };
    let neighbour = seal(&keys, label(50, 50), &neighbour).unwrap();
    let mut store = stored(rows_of(&keys, 1, 100));
    assert_eq!(store.len(), 10);
    assert!(
        SECRETS.iter().all(|secret| readable(&keys, &store).contains(secret)),
        "the test can see them all"
    );
    store.extend(stored([neighbour]));

    let owned =
        store.values().filter(|row| row.owner == Some(1)).map(|row| (row.kind.clone(), row.id)).collect();
    let erasure = erase(&keys, 1, owned, ErasureGround::Request, NOW_US + 5).unwrap();
    for key in &erasure.delete {
        assert!(store.remove(key).is_some());
    }
    store.extend(stored([erasure.tombstone]));

    let left = readable(&keys, &stored(store.values().filter(|row| row.id != 50).cloned()));
    assert!(SECRETS.iter().all(|secret| !left.contains(secret)), "{left}");
    let index = keys.iin_index(&iin()).to_vec();
    let found: Vec<u64> =
        store.values().filter(|row| row.lookup.as_ref() == Some(&index)).map(|row| row.id).collect();
    assert_eq!(found, [50], "the person is not found by IIN any more");
    assert!(store.values().all(|row| row.owner != Some(1)));

    let stone = open::<Erased>(&keys, &store[&("erased".to_owned(), 1)]).unwrap();
    assert_eq!(stone, Erased { when_us: NOW_US + 5, ground: ErasureGround::Request });
    assert!(open::<Person>(&keys, &store[&("person".to_owned(), 50)]).unwrap().surname == "Көршіова");
}
