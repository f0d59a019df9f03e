//! Parents with accounts and open sessions, made by the thousand past the sign-in page.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use kezek_calendar::{Date, Iin};
use kezek_node::Node;
use kezek_node::records::{
    Account, Contacts, Label, Language, Person, Role, Session, Strength, hash_password, random_id,
};
use kezek_rules::ids::ApplicationId;

const LOT: usize = 2_000;
/// Longer than any run.
const SESSION_US: i64 = 12 * 3_600_000_000;
/// Made-up people of one birth date; the IIN has four digits for them, some of which are never issued.
const OF_A_DAY: u32 = 8_000;

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub cookie: String,
    pub csrf: String,
}

/// Gives the parents of these applications an account and a session each, in their order.
pub async fn sign_in(node: &Node, applications: &[u32]) -> Result<Vec<Visitor>> {
    let password = hash_password("жеті бұлақ 7", Strength::DemonstrationOnly)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("reading the clock")?;
    let now_us = i64::try_from(now.as_micros())?;
    let mut visitors = Vec::with_capacity(applications.len());
    for lot in applications.chunks(LOT) {
        let mut changes = Vec::with_capacity(lot.len() * 4);
        for number in lot {
            let parent = node.read(|state| state.application(ApplicationId(*number)).map(|one| one.parent.0));
            let person = parent.context("an application is missing")?;
            let label = Label { id: person, owner: Some(person), created_us: now_us, expires_us: None };
            changes.push(node.people().put(label, &made_up(*number)?)?);
            changes.push(node.people().put(label, &account(person, &password))?);
            changes.push(node.people().put(label, &contacts())?);
            let (session, token) = Session::begin(person, now_us, SESSION_US)?;
            let label = Label { id: random_id()?, expires_us: Some(session.expires_us), ..label };
            changes.push(node.people().put(label, &session)?);
            visitors.push(Visitor { cookie: format!("kezek={}", token.as_str()), csrf: session.csrf_token });
        }
        node.people().write(changes).await?;
    }
    Ok(visitors)
}

fn account(person: u64, password: &str) -> Account {
    Account {
        person,
        roles: vec![Role::Parent],
        password_hash: password.to_owned(),
        kindergarten: None,
        settlement: None,
        failed_count: 0,
        locked_until_us: None,
        must_change_password: false,
    }
}

fn contacts() -> Contacts {
    Contacts { phone: None, second_phone: None, email: None, language: Language::Kk }
}

fn made_up(number: u32) -> Result<Person> {
    let (day, serial) = (number / OF_A_DAY, number % OF_A_DAY);
    let born = Date::new(1985, 1 + i8::try_from(day / 28)?, 1 + i8::try_from(day % 28)?)?;
    let serial = u16::try_from(serial)?;
    // Where a number is never issued, the other sex has it.
    let iin = Iin::from_birth(born, 4, serial).or_else(|| Iin::from_birth(born, 3, serial));
    Ok(Person {
        iin: iin.context("no made-up IIN")?,
        surname: "Үмбетова".into(),
        given: "Айгүл".into(),
        patronymic: None,
        birth_date: Some(born),
    })
}
