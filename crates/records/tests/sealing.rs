//! What is sealed opens again, for the right keys and unchanged rows only.
#![allow(clippy::unwrap_used)]

mod common;

use std::fmt::Debug;

use common::*;
use kezek_calendar::Iin;
use kezek_records::*;
use proptest::prelude::*;

fn comes_back<R: Record + PartialEq + Debug>(record: R) {
    let keys = keys();
    let row = seal(&keys, label(5, 1), &record).unwrap();
    assert_eq!(row.kind, R::KIND);
    assert!(open::<R>(&keys, &row).unwrap() == record, "{}", R::KIND);
    let again = seal(&keys, label(5, 1), &record).unwrap();
    assert_ne!(row.sealed, again.sealed, "each sealing has its own nonce");
    assert_eq!(row.lookup, again.lookup, "but is found by the same index");
}

#[test]
fn each_kind_comes_back() {
    comes_back(person());
    comes_back(Person { patronymic: None, birth_date: None, ..person() });
    comes_back(child());
    comes_back(contacts());
    comes_back(application());
    comes_back(document());
    comes_back(account());
    comes_back(Session::begin(1, 0, 1).unwrap().0);
    comes_back(access());
    comes_back(notice());
    comes_back(Erased { when_us: 1, ground: ErasureGround::Request });
    comes_back(KeyCheck {});
    let row = seal_document_bytes(&keys(), label(5, 1), b"%PDF-").unwrap();
    assert_eq!(open_document_bytes(&keys(), &row).unwrap().as_slice(), b"%PDF-");
}

#[test]
fn a_row_shows_nothing_of_what_it_holds() {
    for row in rows_of(&keys(), 1, 100) {
        let stored =
            [row.sealed.clone(), row.lookup.clone().unwrap_or_default(), row.kind.clone().into()].concat();
        for secret in SECRETS {
            let shown = stored.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!shown, "{} shows {secret}", row.kind);
        }
    }
}

#[test]
fn debug_output_shows_nothing_personal() {
    let (session, token) = Session::begin(1, 0, 1).unwrap();
    let mut printed = format!("{:?} {:?} {:?} {:?}", person(), child(), contacts(), contacts().phone);
    printed += &format!("{:?} {:?} {:?} {session:?} {token:?}", application(), document(), account());
    printed += &format!("{:?} {:?} {:?} {:?}", access(), notice(), keys(), rows_of(&keys(), 1, 100));
    for secret in SECRETS.into_iter().chain([token.as_str(), session.csrf_token.as_str()]) {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    assert!(!printed.contains("AAECAwQF") && !printed.contains("ICEiIyQl"));
}

/// A person as another version might write one.
#[derive(serde::Serialize, serde::Deserialize)]
struct OtherShape {
    iin: String,
    surname: Vec<String>,
}

impl Record for OtherShape {
    const KIND: &'static str = "person";
}

#[test]
fn errors_show_nothing_personal() {
    let keys = keys();
    let other = OtherShape { iin: "180515500008".into(), surname: vec!["Сынақова".into()] };
    let row = seal(&keys, label(1, 1), &other).unwrap();
    let shape = open::<Person>(&keys, &row).unwrap_err();
    assert!(matches!(shape, OpenError::Shape { id: 1, .. }));
    let kind = open::<Notice>(&keys, &row).unwrap_err();
    let altered = open::<Person>(&keys, &SealedRow { id: 2, ..row }).unwrap_err();
    let phone = Phone::parse("Үлгіай").unwrap_err();
    let printed = format!("{shape:?} {shape} {kind:?} {kind} {altered:?} {altered} {phone:?} {phone}");
    assert!(SECRETS.iter().all(|secret| !printed.contains(secret)), "{printed}");
}

#[test]
fn a_changed_column_does_not_open() {
    let keys = keys();
    let row = seal(&keys, Label { expires_us: Some(9), ..label(5, 1) }, &person()).unwrap();
    let changed = [
        SealedRow { id: 6, ..row.clone() },
        SealedRow { owner: Some(2), ..row.clone() },
        SealedRow { owner: None, ..row.clone() },
        SealedRow { lookup: None, ..row.clone() },
        SealedRow { lookup: Some(vec![0; 32]), ..row.clone() },
        SealedRow { created_us: 0, ..row.clone() },
        SealedRow { expires_us: Some(10), ..row.clone() },
        SealedRow { expires_us: None, ..row.clone() },
        SealedRow { sealed: row.sealed[..20].to_vec(), ..row.clone() },
        SealedRow { sealed: Vec::new(), ..row.clone() },
    ];
    for changed in changed {
        assert!(matches!(open::<Person>(&keys, &changed), Err(OpenError::Altered { .. })), "{changed:?}");
    }
    assert!(open::<Person>(&keys, &row).is_ok());
}

proptest! {
    #[test]
    fn a_changed_bit_does_not_open(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let keys = keys();
        let mut row = seal(&keys, label(5, 1), &contacts()).unwrap();
        let at = at.index(row.sealed.len());
        row.sealed[at] ^= 1_u8 << bit;
        prop_assert!(open::<Contacts>(&keys, &row).is_err());
    }

    #[test]
    fn any_text_comes_back(surname in ".*", given in ".*", patronymic in proptest::option::of(".*")) {
        let keys = keys();
        let person = Person { surname, given, patronymic, ..person() };
        let row = seal(&keys, label(5, 1), &person).unwrap();
        prop_assert!(open::<Person>(&keys, &row).unwrap() == person);
    }
}

#[test]
fn swapped_rows_do_not_open() {
    let keys = keys();
    let mut one = seal(&keys, label(1, 1), &application()).unwrap();
    let mut two = seal(&keys, label(2, 1), &application()).unwrap();
    std::mem::swap(&mut one.sealed, &mut two.sealed);
    assert!(matches!(open::<ApplicationPrivate>(&keys, &one), Err(OpenError::Altered { id: 1, .. })));
    assert!(matches!(open::<ApplicationPrivate>(&keys, &two), Err(OpenError::Altered { id: 2, .. })));

    let bytes =
        seal_document_bytes(&keys, label(1, 1), br#"{"who":1,"whose":1,"when_us":1,"why":"x"}"#).unwrap();
    let disguised = SealedRow { kind: AccessEntry::KIND.into(), ..bytes.clone() };
    assert!(matches!(open::<AccessEntry>(&keys, &disguised), Err(OpenError::Altered { .. })));
    assert!(matches!(open::<AccessEntry>(&keys, &bytes), Err(OpenError::Kind { .. })));
    assert!(matches!(open_document_bytes(&keys, &one), Err(OpenError::Kind { .. })));
}

#[test]
fn the_wrong_key_opens_nothing() {
    let row = seal(&keys(), label(5, 1), &person()).unwrap();
    let other = Keys::parse(&[INDEX_LINE, OTHER_1].join("\n")).unwrap();
    assert!(matches!(open::<Person>(&other, &row), Err(OpenError::Altered { .. })));
    let newer = Keys::parse(&[INDEX_LINE, LINE_2].join("\n")).unwrap();
    assert!(matches!(open::<Person>(&newer, &row), Err(OpenError::UnknownKey { key_id: 1 })));
}

#[test]
fn after_a_rotation_old_rows_open_and_are_sealed_anew() {
    let old = keys();
    let both = Keys::parse(&[INDEX_LINE, LINE_1, LINE_2].join("\n")).unwrap();
    let only_new = Keys::parse(&[LINE_2, INDEX_LINE].join(",")).unwrap();
    let row = seal(&old, label(5, 1), &person()).unwrap();
    assert!(open::<Person>(&both, &row).unwrap() == person());
    let anew = reseal(&both, &row).unwrap().unwrap();
    assert_eq!((row.key_id, anew.key_id), (1, 2));
    assert_eq!(
        SealedRow { sealed: row.sealed.clone(), key_id: 1, ..anew.clone() },
        row,
        "nothing else changes"
    );
    assert!(open::<Person>(&only_new, &anew).unwrap() == person());
    assert!(reseal(&both, &anew).unwrap().is_none());
    assert!(matches!(open::<Person>(&old, &anew), Err(OpenError::UnknownKey { key_id: 2 })));
    assert_eq!(only_new.iin_index(&iin()), old.iin_index(&iin()), "people are found as before");
}

#[test]
fn a_person_is_found_by_iin_and_contacts_by_phone() {
    let keys = keys();
    let row = seal(&keys, label(5, 5), &person()).unwrap();
    assert_eq!(row.lookup, Some(keys.iin_index(&iin()).to_vec()));
    assert_ne!(keys.iin_index(&iin()), keys.iin_index(&Iin::parse("180515600004").unwrap()));
    let row = seal(&keys, label(5, 5), &contacts()).unwrap();
    assert_eq!(row.lookup, Some(keys.phone_index(&Phone::parse("+77010000001").unwrap()).to_vec()));
    let other = Keys::parse(&[&LINE_2.replace("2=", "index="), LINE_1].join("\n")).unwrap();
    assert_ne!(keys.iin_index(&iin()), other.iin_index(&iin()), "without the key the index says nothing");
}

#[test]
fn a_row_written_long_ago_still_opens() {
    // Recorded; a change of the derivation, the columns or a shape would lose every installation's data.
    let sealed = include_bytes!("contacts-1.sealed").to_vec();
    let lookup = Some(keys().phone_index(&Phone::parse("+77010000001").unwrap()).to_vec());
    let (created_us, expires_us) = (NOW_US, Some(NOW_US + 1));
    let row = SealedRow {
        kind: "contacts".into(),
        id: 5,
        lookup,
        owner: Some(1),
        sealed,
        key_id: 1,
        created_us,
        expires_us,
    };
    assert!(open::<Contacts>(&keys(), &row).unwrap() == contacts());
}
