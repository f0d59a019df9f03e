//! The registries of a built city: whole, complete, and silent about people.

use std::collections::{BTreeSet, HashSet};

use kezek_node::Node;
use kezek_node::disclosure::{Entry, Log};
use kezek_registry::{Policy, check};
use kezek_rules::benefit::Benefit;

use super::queue::City;

/// Checks every file; returns all that is public, in one text.
fn public(node: &Node) -> String {
    let registry = node.registry().unwrap();
    let (mut seqs, mut text) = (BTreeSet::new(), String::new());
    for (log, key) in Log::ALL.into_iter().zip(registry.public_keys()) {
        let policy = Policy::parse(format!("log {key}\nquorum none\n").as_bytes()).unwrap();
        let dir = registry.public_dir(log);
        let report = check::check(
            &policy,
            1,
            dir.list().unwrap(),
            |path| dir.read(path),
            |_, line| {
                assert!(seqs.insert(Entry::parse(line).unwrap().seq));
                text.push_str(std::str::from_utf8(line).unwrap());
                text.push('\n');
            },
        );
        assert_eq!(report.unwrap().extra, []);
        text.push_str(&String::from_utf8(dir.read("checkpoint").unwrap()).unwrap());
    }
    let head = node.head().seq;
    assert!(
        seqs.iter().copied().eq(1..=head),
        "of {head} facts {} are published, to {:?}",
        seqs.len(),
        seqs.last()
    );
    text
}

fn words(text: &str) -> HashSet<&str> {
    text.split(|c: char| !c.is_alphanumeric()).collect()
}

/// What a closed node has published is whole and names nobody.
pub fn check_registries(node: &Node, city: &City) {
    let text = public(node);
    // Kindergartens may be called like children.
    let places =
        node.read(|state| state.organisations().map(|(_, one)| one.name.clone()).collect::<Vec<_>>());
    let places = places.join(" ");
    let allowed = words(&places);
    let said: HashSet<&str> = words(&text).difference(&allowed).copied().collect();
    let mut searched = 0;
    for family in &city.families {
        let people = std::iter::once((family.id, &family.parent));
        for (id, person) in people.chain(family.children.iter().map(|child| (child.id, &child.person))) {
            let names = [Some(&person.surname), Some(&person.given), person.patronymic.as_ref()];
            for name in names.into_iter().flatten() {
                assert!(!said.contains(name.as_str()), "a name is public: {name}");
            }
            assert!(!said.contains(person.iin.as_str()), "an IIN is public");
            assert!(!said.contains(id.to_string().as_str()), "a person's number is public: {id}");
            searched += 1;
        }
        for phone in [&family.contacts.phone, &family.contacts.second_phone].into_iter().flatten() {
            assert!(!said.contains(phone.as_str().trim_start_matches('+')), "a phone is public");
        }
        if let Some(email) = &family.contacts.email {
            assert!(!text.contains(email.as_str()), "an address is public: {email}");
        }
    }
    assert!(searched > 1_000, "{searched} people");
    for benefit in Benefit::ALL {
        let ground = serde_json::to_string(&benefit).unwrap();
        assert!(!text.contains(&ground), "a ground is public: {ground}");
    }
    // The search can find something.
    assert!(text.contains("\"class\"") && said.contains("registered"));
}
