use proptest::prelude::*;

use super::*;

const SALT: [u8; 32] = [7; 32];

fn app() -> Record {
    Record { origin: "q.example/apps".into(), kind: "app/v1".into(), seq: 1 }
}

fn fields() -> Vec<(&'static str, &'static str)> {
    vec![("iin", "000000000000"), ("ground", "disability"), ("phone", "")]
}

/// Computed elsewhere, in another language, from the written definition.
#[test]
fn known_answer() {
    let hex = |hash: &Hash| -> String { hash.0.iter().map(|byte| format!("{byte:02x}")).collect() };
    let commitments = app().commit(&SALT, &fields()).unwrap();
    let first = "35f3e6c176b3b495b6f92fe0948267e0a61986449f6d456dfda6a63ae72b6fd5";
    assert_eq!(hex(&commitments.fields[0]), first);
    let record = "99ee7fe5353d4b4fba1f1fdc2c28e8e698e04378a400032c2baa6fd53ff47f4b";
    assert_eq!(hex(&commitments.record), record);
}

#[test]
fn one_field_is_opened_without_the_others() {
    let commitments = app().commit(&SALT, &fields()).unwrap();
    app().open(&commitments.record, &SALT, &fields()).unwrap();
    let shown = Field::Shown {
        name: "ground".into(),
        key: app().field_key(&SALT, "ground").unwrap(),
        value: b"disability".to_vec(),
    };
    let opening = vec![Field::Hidden(commitments.fields[0]), shown, Field::Hidden(commitments.fields[2])];
    app().open_fields(&commitments.record, &opening).unwrap();
    let mut moved = opening.clone();
    moved.swap(0, 1);
    assert_eq!(app().open_fields(&commitments.record, &moved), Err(CommitError::Mismatch));
    assert_eq!(app().open_fields(&commitments.record, &opening[..2]), Err(CommitError::Mismatch));
    assert_eq!(app().open_fields(&commitments.record, &[]), Err(CommitError::Fields));
    let other_key = Field::Shown {
        name: "ground".into(),
        key: app().field_key(&SALT, "iin").unwrap(),
        value: b"disability".to_vec(),
    };
    let opening = [Field::Hidden(commitments.fields[0]), other_key, Field::Hidden(commitments.fields[2])];
    assert_eq!(app().open_fields(&commitments.record, &opening), Err(CommitError::Mismatch));
}

/// Attack 40: a commitment fits no other log, type, entry, field, salt or value.
#[test]
fn nothing_is_transplanted() {
    let committed = app().commit(&SALT, &fields()).unwrap().record;
    for other in [
        Record { origin: "q.example/referrals".into(), ..app() },
        Record { kind: "app/v2".into(), ..app() },
        Record { seq: 2, ..app() },
        // Length prefixes: moving a byte from one part to the next is another record.
        Record { origin: "q.example/app".into(), kind: "sapp/v1".into(), seq: 1 },
    ] {
        assert_eq!(other.open(&committed, &SALT, &fields()), Err(CommitError::Mismatch), "{other:?}");
    }
    assert_eq!(app().open(&committed, &[8; 32], &fields()), Err(CommitError::Mismatch));
    for (at, changed) in [(0, ("iim", "000000000000")), (1, ("ground", "orphan")), (2, ("phone", "0"))] {
        let mut fields = fields();
        fields[at] = changed;
        assert_eq!(app().open(&committed, &SALT, &fields), Err(CommitError::Mismatch));
    }
    assert_eq!(app().open(&committed, &SALT, &fields()[..2]), Err(CommitError::Mismatch));
}

/// Attack 56: whoever knows everything public still cannot try values against a commitment.
#[test]
fn guesses_need_the_salt() {
    let committed = app().commit(&SALT, &[("iin", "000000000007")]).unwrap();
    for guess in 0..1000 {
        let value = format!("{guess:012}");
        let unsalted = app().commit(&[0; 32], &[("iin", value)]).unwrap();
        assert_ne!(unsalted.record, committed.record);
    }
}

proptest! {
    #[test]
    fn every_field_opens_alone(
        salt in any::<[u8; 32]>(),
        values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 1..8),
        seq in any::<u64>(),
    ) {
        let record = Record { seq, ..app() };
        let fields: Vec<_> = values.into_iter().enumerate().map(|(at, value)| (format!("f{at}"), value)).collect();
        let made = record.commit(&salt, &fields).unwrap();
        for (at, (name, value)) in fields.iter().enumerate() {
            let mut opening: Vec<_> = made.fields.iter().map(|&hash| Field::Hidden(hash)).collect();
            let key = record.field_key(&salt, name).unwrap();
            opening[at] = Field::Shown { name: name.clone(), key, value: value.clone() };
            prop_assert_eq!(record.open_fields(&made.record, &opening), Ok(()));
        }
    }
}
