//! The authorised tier (R3.34/32): whoever is given the openings of all commitments checks what the public takes on
//! trust. The facts are put together again, must become exactly the public entries, and are replayed whole: special
//! and sanatorium queues, whose child, conclusions and messages too.

use std::collections::{BTreeMap, VecDeque};

use kezek_disclosure::{COMMITMENT_KIND, Context, Entry, Log, OpenedField, Part, Said, from_hex, log_of};
use kezek_registry::Hash;
use kezek_registry::commit::Record;
use kezek_rules::benefit::BenefitClaim;
use kezek_rules::command::{Act, Conclusion};
use kezek_rules::{Engine, Event, Fact, State, decide};
use serde::{Deserialize, Serialize};

use crate::replay::{command_of, without_let_in};

/// What opens one entry: a line of the openings' file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The entry.
    pub seq: u64,
    /// Salt of its commitment, in hexadecimal.
    pub salt: String,
    /// What it does not say, in the order in which it is committed to.
    pub hidden: Vec<OpenedField>,
}

/// An entry that the openings do not bear out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotBorneOut {
    /// The entry.
    pub seq: u64,
    /// Why.
    pub why: Why,
}

/// Why an entry is not borne out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Nothing opens it: it was erased, or is kept back.
    NotOpened,
    /// What is given is not what it commits to.
    OtherContent,
    /// The fact would have become another public entry.
    OtherEntry,
    /// The law gives something else; the second is what it gives.
    Unlawful(Option<String>),
}

/// Puts the facts together and replays them. `origin` gives that of each log. Ends at the first entry that nothing opens,
/// since no later one can be judged without it.
pub fn audit(
    entries: impl Iterator<Item = (Log, Entry)>,
    openings: &BTreeMap<u64, Opening>,
    origin: impl Fn(Log) -> String,
) -> Vec<NotBorneOut> {
    let mut wrong = Vec::new();
    let mut context = Context::default();
    let mut facts: VecDeque<(u64, Fact)> = VecDeque::new();
    for (log, entry) in entries {
        let seq = entry.seq;
        let mut find = |why| wrong.push(NotBorneOut { seq, why });
        let event = match whole(&entry, openings.get(&seq), &origin(log)) {
            Ok(event) => event,
            Err(why) => {
                find(why);
                return wrong;
            }
        };
        let fact = Fact { at: entry.at, event };
        let told = context.disclose(seq, &fact);
        let (public, said) = (without_salts(told.entry.said), without_salts(entry.said));
        if public != said || log_of(&fact.event) != log {
            find(Why::OtherEntry);
        }
        facts.push_back((seq, fact));
    }
    replay(&mut facts, &mut wrong);
    wrong
}

/// The fact behind an entry.
fn whole(entry: &Entry, opening: Option<&Opening>, origin: &str) -> Result<Event, Why> {
    let hidden = match (&entry.commitment, opening) {
        (None, _) => &[][..],
        (Some(_), None) => return Err(Why::NotOpened),
        (Some(commitment), Some(opening)) => {
            let salt = from_hex(&opening.salt).ok_or(Why::OtherContent)?;
            let record =
                Record { origin: origin.to_owned(), kind: COMMITMENT_KIND.to_owned(), seq: entry.seq };
            let fields: Vec<(&str, &[u8])> =
                opening.hidden.iter().map(|one| (one.field.as_str(), one.value.as_bytes())).collect();
            record.open(&Hash(*commitment), &salt, &fields).map_err(|_| Why::OtherContent)?;
            opening.hidden.as_slice()
        }
    };
    let put_together = match (&entry.said, hidden) {
        (_, [fact]) if fact.field == "fact" => serde_json::from_str(&fact.value).ok(),
        (Said::Fact(event), []) => Some(event.clone()),
        (Said::Part(part), hidden) => with_hidden(part, hidden),
        _ => None,
    };
    put_together.ok_or(Why::OtherContent)
}

/// A part with its hidden fields put in again.
fn with_hidden(part: &Part, hidden: &[OpenedField]) -> Option<Event> {
    let text = |name: &str| hidden.iter().find(|one| one.field == name).map(|one| one.value.as_str());
    let mut event = part.stand_in()?;
    match &mut event {
        Event::Registered { child, parent, born, benefits, conclusion, over_limit, .. } => {
            *child = serde_json::from_str(text("child")?).ok()?;
            *parent = serde_json::from_str(text("parent")?).ok()?;
            let date: String = serde_json::from_str(text("born")?).ok()?;
            *born = date.parse().ok()?;
            *benefits = serde_json::from_str::<Vec<BenefitClaim>>(text("benefits")?).ok()?;
            *conclusion = serde_json::from_str::<Conclusion>(text("conclusion")?).ok()?;
            *over_limit = serde_json::from_str::<Option<Act>>(text("over_limit")?).ok()?;
        }
        Event::WishesLodged { choices, .. } => {
            if let Some(lodged) = text("choices") {
                *choices = serde_json::from_str(lodged).ok()?;
            }
        }
        Event::OpeningHeld { turns, .. } => {
            if let Some(had) = text("turns") {
                *turns = serde_json::from_str(had).ok()?;
            }
        }
        _ => {}
    }
    Some(event)
}

/// Salts are chosen by nobody who could cheat with them: only what they open counts.
fn without_salts(mut said: Said) -> Said {
    if let Said::Part(Part::OpeningHeld { wishes, .. }) = &mut said {
        wishes.iter_mut().for_each(|list| list.salt.clear());
    }
    said
}

/// Replays whole facts: each must be what falls due, or what an act gives that the rules allow. Ends at the first that
/// is not.
fn replay(facts: &mut VecDeque<(u64, Fact)>, wrong: &mut Vec<NotBorneOut>) {
    let mut engine = Engine::new(State::default());
    let mut lawful: VecDeque<Fact> = VecDeque::new();
    while let Some((seq, at)) = facts.front().map(|(seq, fact)| (*seq, fact.at)) {
        if let Some(due) = engine.next_due().filter(|due| *due <= at) {
            lawful.extend(engine.advance(due));
            if let Err(expected) = take(facts, &mut lawful) {
                return wrong.push(NotBorneOut { seq: expected.0, why: Why::Unlawful(expected.1) });
            }
            continue;
        }
        let now: Vec<&Event> = facts
            .iter()
            .take_while(|(_, fact)| fact.at == at)
            .take(NEXT)
            .map(|(_, fact)| &fact.event)
            .collect();
        let given = command_of(engine.state(), &now, at)
            .map(|command| decide(engine.state(), &command, at).map(|_| command));
        match given {
            Some(Ok(command)) => match engine.submit(&command, at) {
                Ok(events) => lawful.extend(events),
                Err(refusal) => {
                    let why = Why::Unlawful(Some(refusal.code().to_owned()));
                    return wrong.push(NotBorneOut { seq, why });
                }
            },
            Some(Err(refusal)) => {
                let why = Why::Unlawful(Some(refusal.code().to_owned()));
                return wrong.push(NotBorneOut { seq, why });
            }
            None => return wrong.push(NotBorneOut { seq, why: Why::Unlawful(None) }),
        }
        if let Err(expected) = take(facts, &mut lawful) {
            return wrong.push(NotBorneOut { seq: expected.0, why: Why::Unlawful(expected.1) });
        }
    }
}

/// How many facts are looked at to tell the act behind them.
const NEXT: usize = 64;

/// Takes the facts that the law gives; else the number of the one that is another, and what it should be.
fn take(facts: &mut VecDeque<(u64, Fact)>, lawful: &mut VecDeque<Fact>) -> Result<(), (u64, Option<String>)> {
    let mut latest = 0;
    while let Some(expected) = lawful.pop_front() {
        let Some((seq, found)) = facts.pop_front() else {
            return Err((latest, serde_json::to_string(&expected.event).ok()));
        };
        latest = seq;
        if found.at != expected.at || without_let_in(found.event) != without_let_in(expected.event.clone()) {
            return Err((seq, serde_json::to_string(&expected.event).ok()));
        }
    }
    Ok(())
}
