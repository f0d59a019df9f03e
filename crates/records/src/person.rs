//! People, children and how to reach them.

use kezek_calendar::{Date, Iin};
use serde::{Deserialize, Serialize};

use crate::{Keys, Record};

/// A person: parent, child or official. Found by IIN.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Individual identification number.
    #[serde(with = "iin_text")]
    pub iin: Iin,
    /// Family name.
    pub surname: String,
    /// Given name.
    pub given: String,
    /// Patronymic, where there is one.
    pub patronymic: Option<String>,
    /// Birth date by the birth record, not by the IIN.
    #[serde(with = "kezek_calendar::date_serde::option", default)]
    pub birth_date: Option<Date>,
}

impl Record for Person {
    const KIND: &'static str = "person";

    fn lookup(&self, keys: &Keys) -> Option<[u8; 32]> {
        Some(keys.iin_index(&self.iin))
    }
}

impl Person {
    /// Whether family name and given name are the same, letter case and outer spaces aside.
    pub fn has_name_of(&self, other: &Person) -> bool {
        let same = |one: &str, other: &str| one.trim().to_lowercase() == other.trim().to_lowercase();
        same(&self.surname, &other.surname) && same(&self.given, &other.given)
    }
}

/// What belongs to a child besides the person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildRecord {
    /// Person ids of the parents or other lawful representatives.
    pub representatives: Vec<u64>,
    /// Number of the birth certificate.
    pub birth_certificate: Option<String>,
    /// The conclusion for a special or sanatorium group, in words; health data.
    pub conclusion: Option<String>,
}

impl Record for ChildRecord {
    const KIND: &'static str = "child";
}

/// How a person is to be told: up to two mobile phones, e-mail (`254`, Annex 1).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// The first phone; contacts are found by it.
    pub phone: Option<Phone>,
    /// The second phone.
    pub second_phone: Option<Phone>,
    /// E-mail address.
    pub email: Option<String>,
    /// The language of notices.
    pub language: Language,
}

impl Record for Contacts {
    const KIND: &'static str = "contacts";

    fn lookup(&self, keys: &Keys) -> Option<[u8; 32]> {
        self.phone.as_ref().map(|phone| keys.phone_index(phone))
    }
}

/// A language of the service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Kazakh.
    #[default]
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

/// A phone number of Kazakhstan in its one form: `+7` and ten digits.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// The text is no phone number of Kazakhstan. Never contains the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write the phone number with its ten digits, as in +7 701 123 45 67")]
pub struct PhoneError;

impl Phone {
    /// Reads a number as people write it: with spaces, brackets and hyphens, with +7, 8 or neither in front.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let mut digits = String::new();
        for (at, character) in text.trim().char_indices() {
            match character {
                '0'..='9' => digits.push(character),
                '+' if at == 0 => {}
                ' ' | '\u{a0}' | '-' | '(' | ')' => {}
                _ => return Err(PhoneError),
            }
        }
        let national = match digits.len() {
            10 => digits.as_str(),
            11 => digits.strip_prefix(['7', '8']).ok_or(PhoneError)?,
            _ => return Err(PhoneError),
        };
        // Codes of Kazakhstan within the zone +7 begin with 6 or 7.
        if national.starts_with(['6', '7']) { Ok(Self(format!("+7{national}"))) } else { Err(PhoneError) }
    }

    /// The number: `+7` and ten digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, PhoneError> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

/// The IIN has no serialised form of its own; it may appear inside a sealed record only.
mod iin_text {
    use kezek_calendar::Iin;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(iin: &Iin, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(iin.as_str())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Iin, D::Error> {
        Iin::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_as_people_write_them() {
        for text in ["+7 (701) 000-00-01", "87010000001", "7010000001", " 8 701 000 00 01", "+77010000001"] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "+77010000001", "{text}");
        }
        for text in [
            "",
            "701000000",
            "+7 495 000 00 01",
            "99010000001",
            "7+010000001",
            "701000000x",
            "١٢٣٤٥٦٧٨٩٠",
            "870100000011",
        ] {
            assert_eq!(Phone::parse(text), Err(PhoneError), "{text}");
        }
    }
}
