//! How a family is reached: up to two mobile phones and e-mail (254, Annex 1).

use kezek_node::PrivateWrite;
use kezek_records::{Contacts, Label, Language, Phone};
use serde::Deserialize;
use utoipa::ToSchema;

use super::codes;
use super::problem::ApiError;
use super::values::text;
use crate::act::ActError;
use crate::app::AppState;

/// How a family wants to be reached.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContacts {
    /// The first mobile phone.
    phone: Option<String>,
    /// The second.
    second_phone: Option<String>,
    /// E-mail address.
    email: Option<String>,
    /// The language of notices; Kazakh unless given.
    #[serde(default)]
    #[schema(schema_with = codes::person_language)]
    language: Language,
}

impl NewContacts {
    /// Checked.
    pub fn checked(&self) -> Result<Contacts, ApiError> {
        let email = self.email.as_ref().map(|email| address(email)).transpose()?;
        Ok(Contacts {
            phone: phone("phone", self.phone.as_ref())?,
            second_phone: phone("second_phone", self.second_phone.as_ref())?,
            email,
            language: self.language,
        })
    }
}

fn phone(field: &'static str, text: Option<&String>) -> Result<Option<Phone>, ApiError> {
    let wrong = |_| ApiError::invalid(field, "api-phone-wrong");
    text.map(|text| Phone::parse(text)).transpose().map_err(wrong)
}

fn address(email: &str) -> Result<String, ApiError> {
    let email = text("email", email, 254)?;
    let is_right = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !email.contains(char::is_whitespace)
    });
    if is_right { Ok(email) } else { Err(ApiError::invalid("email", "api-email-wrong")) }
}

/// The row that keeps the contacts of a person.
pub fn row(app: &AppState, person: u64, contacts: &Contacts) -> Result<PrivateWrite, ApiError> {
    let created_us = app.now().as_micros();
    let label = Label { id: person, owner: Some(person), created_us, expires_us: None };
    app.people().put(label, contacts).map_err(|error| ActError::from(error).into())
}
