//! Made-up families: parents, children, twins, brothers and sisters.

use std::collections::HashSet;

use anyhow::{Context, Result};
use fastrand::Rng;
use kezek_calendar::{Date, Iin, terms};
use kezek_records::{ChildRecord, Contacts, Language, Person, Phone};

use super::names::{self, Father, Sex, Tongue};

/// A parent with children.
#[derive(Clone)]
pub struct Family {
    /// Person id of the parent.
    pub id: u64,
    pub parent: Person,
    pub contacts: Contacts,
    pub address: String,
    pub children: Vec<Child>,
    tongue: Tongue,
    surname: &'static str,
    father: Father,
}

/// A child of a family.
#[derive(Clone)]
pub struct Child {
    /// Person id.
    pub id: u64,
    pub person: Person,
    pub born: Date,
}

impl Child {
    /// What belongs to a child besides the person.
    pub fn record(&self, family: &Family) -> ChildRecord {
        ChildRecord { representatives: vec![family.id], birth_certificate: None, conclusion: None }
    }
}

/// Makes families up; the same seed makes the same ones.
pub struct Maker {
    pub rng: Rng,
    iins: HashSet<Iin>,
    ids: HashSet<u64>,
    phones: u32,
}

impl Maker {
    pub fn new(seed: u64) -> Self {
        Maker { rng: Rng::with_seed(seed), iins: HashSet::new(), ids: HashSet::new(), phones: 0 }
    }

    /// A random id that nobody has yet.
    pub fn id(&mut self) -> u64 {
        loop {
            // Ids of the store are signed.
            let id = self.rng.u64(1..i64::MAX as u64);
            if self.ids.insert(id) {
                return id;
            }
        }
    }

    /// A family with one child born then.
    pub fn family(&mut self, born: Date) -> Result<Family> {
        let tongue = if self.rng.u32(..100) < 78 { Tongue::Kazakh } else { Tongue::Russian };
        let surname = names::surname(tongue, &mut self.rng);
        let sex = if self.rng.u32(..10) < 7 { Sex::Female } else { Sex::Male };
        let age_days = self.rng.i32(21 * 365..40 * 365);
        let parent = self.person(tongue, surname, sex, terms::add_days(born, -age_days), None)?;
        // Where the father applies, the children bear his given name.
        let father = match (tongue, sex) {
            (Tongue::Kazakh, Sex::Male) => Father::kazakh(&parent.given),
            _ => Father::drawn(tongue, &mut self.rng),
        };
        let mut family = Family {
            id: self.id(),
            parent,
            contacts: self.contacts(tongue)?,
            address: names::address(&mut self.rng),
            children: Vec::new(),
            tongue,
            surname,
            father,
        };
        self.child(&mut family, born)?;
        Ok(family)
    }

    /// One more child of a family.
    pub fn child(&mut self, family: &mut Family, born: Date) -> Result<()> {
        let sex = Sex::drawn(&mut self.rng);
        let patronymic = family.father.patronymic(sex);
        let person = self.person(family.tongue, family.surname, sex, born, Some(patronymic))?;
        family.children.push(Child { id: self.id(), person, born });
        Ok(())
    }

    /// An official.
    pub fn official(&mut self) -> Result<(Person, Contacts)> {
        let sex = Sex::drawn(&mut self.rng);
        let born = terms::add_days(super::figures::day(1, 1), -self.rng.i32(28 * 365..55 * 365));
        let surname = names::surname(Tongue::Kazakh, &mut self.rng);
        let person = self.person(Tongue::Kazakh, surname, sex, born, None)?;
        Ok((person, self.contacts(Tongue::Kazakh)?))
    }

    fn person(
        &mut self,
        tongue: Tongue,
        surname: &str,
        sex: Sex,
        born: Date,
        patronymic: Option<String>,
    ) -> Result<Person> {
        let given = names::given(tongue, sex, &mut self.rng).to_owned();
        let patronymic = patronymic.unwrap_or_else(|| Father::drawn(tongue, &mut self.rng).patronymic(sex));
        Ok(Person {
            iin: self.iin(born, sex)?,
            surname: names::surname_of(surname, sex),
            given,
            patronymic: Some(patronymic),
            birth_date: Some(born),
        })
    }

    fn iin(&mut self, born: Date, sex: Sex) -> Result<Iin> {
        let digit = match (born.year() < 2000, sex) {
            (true, Sex::Male) => 3,
            (true, Sex::Female) => 4,
            (false, Sex::Male) => 5,
            (false, Sex::Female) => 6,
        };
        let first = self.rng.u16(..5_000);
        (first..10_000)
            .filter_map(|serial| Iin::from_birth(born, digit, serial))
            .find(|iin| self.iins.insert(*iin))
            .with_context(|| format!("no number is left for a made-up person born on {born}"))
    }

    /// The codes +7 60x belong to nobody.
    fn contacts(&mut self, tongue: Tongue) -> Result<Contacts> {
        self.phones += 1;
        let phone = Phone::parse(&format!("+7600{:07}", self.phones))?;
        let email = (self.rng.u32(..10) < 3).then(|| format!("family{}@example.com", self.phones));
        let language = match tongue {
            Tongue::Kazakh => Language::Kk,
            Tongue::Russian => Language::Ru,
        };
        Ok(Contacts { phone: Some(phone), second_phone: None, email, language })
    }
}
