use super::*;
use kezek_journal::PrivateRow;

const LATER_US: i64 = i64::MAX;

fn alone() -> Known {
    Known::new(Hearing::Alone)
}

fn of(session: u64, person: u64) -> Arc<SignedIn> {
    Arc::new(SignedIn {
        session,
        csrf_token: "token".into(),
        expires_us: LATER_US,
        person,
        roles: vec![Role::Parent],
        kindergarten: None,
        settlement: None,
        must_change_password: false,
        name: Some(name()),
    })
}

fn name() -> Arc<Name> {
    Arc::new(Name { given: "Айгүл".into(), surname: "Үмбетова".into() })
}

fn hash(number: u64) -> Hash {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&number.to_le_bytes());
    hash
}

/// Keeps a session whose hash is made of its number.
fn keep(known: &Known, session: u64, person: u64) {
    known.keep(hash(session), &of(session, person), known.reading());
}

fn knows(known: &Known, session: u64) -> bool {
    known.find(&hash(session)).is_some()
}

#[test]
fn who_was_kept_is_found_and_shared() {
    let known = alone();
    assert!(!knows(&known, 1));
    keep(&known, 1, 7);
    let (one, two) = (known.find(&hash(1)).unwrap(), known.find(&hash(1)).unwrap());
    assert!(Arc::ptr_eq(&one, &two));
    assert_eq!((one.session, one.person), (1, 7));
}

#[test]
fn a_session_past_its_end_is_never_given() {
    let known = alone();
    let over = SignedIn { expires_us: machine_now().as_micros(), ..(*of(1, 7)).clone() };
    known.keep(hash(1), &Arc::new(over), known.reading());
    assert!(known.find(&hash(1)).is_none());
    assert!(known.remember(&hash(1)).is_none());
}

#[test]
fn a_change_of_a_person_ends_all_of_the_persons_sessions_and_no_others() {
    let known = alone();
    for (session, person) in [(1, 7), (2, 7), (3, 8)] {
        keep(&known, session, person);
    }
    known.forget(&[2]);
    assert!(knows(&known, 1) && !knows(&known, 2), "the end of a session");
    keep(&known, 2, 7);
    known.forget(&[7]);
    assert!(!knows(&known, 1) && !knows(&known, 2) && knows(&known, 3));
    known.forget_all();
    assert!(!knows(&known, 3));
}

#[test]
fn what_was_changed_while_it_was_read_is_not_kept() {
    let known = alone();
    for (change, is_kept) in
        [(vec![7], false), (vec![1], false), (vec![8, 9], true), (vec![9, 7, 9], false), (vec![], true)]
    {
        let reading = known.reading();
        known.forget(&change);
        known.keep(hash(1), &of(1, 7), reading);
        assert_eq!(knows(&known, 1), is_kept, "{change:?}");
        known.forget(&[7]);
    }
    let reading = known.reading();
    known.forget_all();
    known.keep(hash(1), &of(1, 7), reading);
    assert!(!knows(&known, 1), "anybody may have changed");
    let reading = known.reading();
    for other in 0..=LATELY as u64 {
        known.forget(&[1_000 + other]);
    }
    known.keep(hash(1), &of(1, 7), reading);
    assert!(!knows(&known, 1), "more changes than are remembered");
}

#[test]
fn so_many_changes_at_once_that_all_are_forgotten() {
    let known = alone();
    keep(&known, 1, 7);
    known.forget(&(1_000..2_001).collect::<Vec<u64>>());
    assert!(!knows(&known, 1));
}

#[test]
fn names_are_kept_and_forgotten_as_sessions_are() {
    let known = alone();
    known.keep_name(7, Some(&name()), known.reading());
    assert_eq!(known.name(7), Some(Some(name())));
    assert!(known.name(8).is_none());
    known.keep_name(8, None, known.reading());
    assert_eq!(known.name(8), Some(None), "somebody who is erased is not looked for again and again");
    known.forget(&[7]);
    assert!(known.name(7).is_none() && known.remember_name(7).is_none());
    let reading = known.reading();
    known.forget(&[7]);
    known.keep_name(7, Some(&name()), reading);
    assert!(known.name(7).is_none(), "it was changed while it was read");

    let known = Known::new(Hearing::Until(Instant::now()));
    known.keep_name(7, Some(&name()), known.reading());
    known.hear(PeopleNews::Unheard);
    assert!(known.name(7).is_none());
    assert_eq!(known.remember_name(7), Some(Some(name())));
    known.close();
    assert!(known.remember_name(7).is_none());
}

#[test]
fn nothing_is_told_while_other_nodes_changes_may_be_missed() {
    let known = Known::new(Hearing::Ended(None));
    let now = Instant::now();
    let find = |at| known.find_at(&hash(1), at).is_some();
    let keep = |at| known.keep_at(hash(1), &of(1, 7), known.reading(), at);
    keep(now);
    known.hear(PeopleNews::Anybody);
    known.hear(PeopleNews::HeardUntil(now));
    assert!(!find(now), "nothing is kept before hearing has begun");
    keep(now);
    assert!(find(now) && find(now + SURE / 2));
    assert!(!find(now + SURE), "no word for too long");
    known.hear(PeopleNews::HeardUntil(now + SURE));
    assert!(find(now + SURE), "the word came late, and what was before it was told");
    known.hear(PeopleNews::Of(7));
    assert!(!find(now + SURE));

    keep(now + SURE);
    known.hear(PeopleNews::Unheard);
    assert!(!find(now + SURE), "the connection is lost");
    keep(now + SURE);
    known.hear(PeopleNews::Anybody);
    known.hear(PeopleNews::HeardUntil(now + 2 * SURE));
    assert!(!find(now + 2 * SURE), "what was missed is not known, so nobody is");
}

#[test]
fn a_read_from_before_the_connection_was_lost_is_not_kept_after_it() {
    let known = Known::new(Hearing::Until(Instant::now()));
    let reading = known.reading();
    for news in [PeopleNews::Unheard, PeopleNews::Anybody, PeopleNews::HeardUntil(Instant::now())] {
        known.hear(news);
    }
    known.keep(hash(1), &of(1, 7), reading);
    assert!(!knows(&known, 1));
}

#[test]
fn who_was_known_lately_is_remembered_for_a_while() {
    let now = Instant::now();
    let known = Known::new(Hearing::Until(now));
    known.keep_at(hash(1), &of(1, 7), known.reading(), now);
    known.keep_at(hash(2), &of(2, 8), known.reading(), now);
    known.hear(PeopleNews::Unheard);
    known.hear(PeopleNews::Unheard);
    let remembers = |session, at| known.remember_at(&hash(session), at).is_some();
    assert!(remembers(1, now) && remembers(1, now + LOOK - SURE) && !remembers(1, now + LOOK));
    known.forget(&[7]);
    assert!(!remembers(1, now) && remembers(2, now), "signed out through this node");
    known.hear(PeopleNews::Anybody);
    assert!(!remembers(2, now));
}

#[test]
fn a_closed_node_knows_nobody() {
    let known = alone();
    keep(&known, 1, 7);
    known.close();
    keep(&known, 1, 7);
    assert!(!knows(&known, 1) && known.remember(&hash(1)).is_none());
}

#[test]
fn changes_concern_sessions_accounts_and_people() {
    let row = |kind: &str, id| PrivateRow {
        kind: kind.into(),
        id,
        lookup: None,
        owner: Some(7),
        sealed: Vec::new(),
        key_id: 1,
        created_us: 0,
        expires_us: None,
    };
    let delete = |kind: &str, id| PrivateWrite::Delete { kind: kind.into(), id };
    let changes = [
        PrivateWrite::Put(row("account", 1)),
        PrivateWrite::Insert(row("session", 2)),
        delete("session", 3),
        PrivateWrite::Put(row("notice", 4)),
        delete("person", 5),
        delete("document", 6),
        PrivateWrite::Insert(row("person", 7)),
    ];
    assert_eq!(concerned(&changes), [1, 3, 5, 7]);
}

#[test]
fn nothing_of_a_session_is_printed() {
    assert_eq!(format!("{:?}", of(1, 7)), "SignedIn(hidden)");
}
