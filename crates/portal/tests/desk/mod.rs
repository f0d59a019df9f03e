//! What the tests of the desks share: a family of the queue, and pressing a button as a browser does.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use kezek_calendar::Iin;
use kezek_node::{Intake, Outcome, PrivateChanges};
use kezek_records::{Label, Person};
use kezek_rules::Command;
use kezek_rules::benefit::Benefit;
use kezek_rules::command::{Conclusion, Entry, IinCheck, QueueChoice, Submit};
use kezek_rules::ids::{ChildKey, ParentKey, SettlementId};

use crate::common::{Answer, Browser, World, day, iin};

/// Queues a made-up child born on 1 May 2018 and returns the application's number.
pub async fn family(world: &World, child: u64, benefits: &[Benefit]) -> u64 {
    let person = Person {
        iin: Iin::parse(&iin(day(2018, 5, 1), u16::try_from(child * 100).unwrap())).unwrap(),
        surname: "Тоғайбаева".into(),
        given: format!("Бала-{child}"),
        patronymic: None,
        birth_date: Some(day(2018, 5, 1)),
    };
    let label = Label { id: child, owner: Some(child), created_us: 0, expires_us: None };
    let rows = vec![world.node.people().insert(label, &person).unwrap()];
    let command = Command::Submit(Submit {
        queue: QueueChoice::General(SettlementId(0)),
        child: ChildKey(child),
        parent: ParentKey(world.aigul),
        born: day(2018, 5, 1),
        iin: IinCheck::Valid,
        benefits: benefits.to_vec(),
        conclusion: Conclusion::None,
        draw: 7,
        entry: Entry::Sent,
    });
    done(world, command, PrivateChanges::rows(rows)).await;
    world.node.read(|state| state.applications().count() as u64)
}

/// Carries out a command.
pub async fn done(world: &World, command: Command, private: PrivateChanges) {
    let intake = Intake { actor: "parent:1".into(), command, key: None, private };
    match world.node.submit(intake).await.unwrap() {
        Outcome::Accepted(_) => {}
        refused => panic!("{refused:?}"),
    }
}

/// The form that a page sends to an address which ends so: its address and the value of a hidden field.
pub fn form<'a>(page: &'a Answer, action: &str, hidden: &str) -> (&'a str, &'a str) {
    let found = page.text.split("<form ").skip(1).find_map(|form| {
        let address = form.split("action=\"").nth(1)?.split('"').next()?;
        let value = form.split(&format!("name=\"{hidden}\" value=\"")).nth(1)?.split('"').next()?;
        address.ends_with(action).then_some((address, value))
    });
    found.unwrap_or_else(|| panic!("no {hidden} in a form to {action} in {}", page.words()))
}

/// Presses the button of the form that a page sends to an address which ends so.
pub async fn press(browser: &Browser, page: &Answer, action: &str) -> Answer {
    let (address, seen) = form(page, action, "seen");
    let (_, step) = form(page, action, "step");
    browser.post(address, &[("step", step), ("seen", seen)]).await
}

/// Types into a form twice: to see what it will do, and to do it. Both answers.
pub async fn check_and_do(browser: &Browser, address: &str, typed: &[(&str, &str)]) -> (Answer, Answer) {
    let checked = browser.post(address, typed).await;
    checked.is(200);
    let (_, seen) = form(&checked, address, "seen");
    let mut all = typed.to_vec();
    all.extend([("step", "do"), ("seen", seen)]);
    let made = browser.post(address, &all).await;
    (checked, made)
}
