//! What people type: kept as typed, with the mistake beside it.

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};

use crate::error_page::{PageError, Problem};

/// Everything a form sent, in its order. Use it as the last argument of a handler.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormData(pub Vec<(String, String)>);

impl FormData {
    /// The first value with this name, without spaces around it; empty when it was not sent.
    pub fn value(&self, name: &str) -> &str {
        self.0.iter().find(|(sent, _)| sent == name).map_or("", |(_, value)| value.trim())
    }

    /// The first value with this name exactly as sent; for passwords.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(sent, _)| sent == name).map_or("", |(_, value)| value)
    }

    /// A field with all that was typed into it.
    pub fn field(&self, name: &str) -> Field {
        let values =
            self.0.iter().filter(|(sent, _)| sent == name).map(|(_, value)| value.trim().to_string());
        Field { name: name.to_string(), values: values.collect(), error: None }
    }
}

impl<S: Send + Sync> FromRequest<S> for FormData {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let Form(sent) = Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map_err(|rejection| rejection.status().into_response())?;
        // A broken letter would be stored as a replacement sign: better to ask again.
        if sent.iter().any(|(name, value)| name.contains('\u{fffd}') || value.contains('\u{fffd}')) {
            return Err(PageError::from(Problem::BadRequest).into_response());
        }
        Ok(Self(sent))
    }
}

/// One question of a form: what was typed, and what was wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Its name in the form, and its id on the page. Latin letters, digits and hyphens.
    pub name: String,
    /// What was typed or chosen.
    pub values: Vec<String>,
    /// What is wrong, in the visitor's language: what to do, not only what is wrong.
    pub error: Option<String>,
}

impl Field {
    /// An empty field.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_string(), ..Self::default() }
    }

    /// A field that already has a value.
    pub fn with(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_string(), values: vec![value.into()], error: None }
    }

    /// What was typed; empty when nothing was.
    pub fn value(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    /// Whether this value is chosen.
    pub fn has(&self, value: &str) -> bool {
        self.values.iter().any(|one| one == value)
    }

    /// Notes what is wrong.
    pub fn refuse(&mut self, error: impl Into<String>) {
        self.error = Some(error.into());
    }

    /// Its answers by their groups, in their order; for a select.
    pub fn grouped<'a>(&self, choices: &'a [Choice]) -> impl Iterator<Item = (&'a str, &'a [Choice])> {
        choices.chunk_by(|one, next| one.group == next.group).map(|group| (group[0].group.as_str(), group))
    }

    /// Ids of hint and mistake for `aria-describedby`.
    pub fn described_by(&self, hint: &str) -> String {
        let mut ids = Vec::new();
        if !hint.is_empty() {
            ids.push(format!("{}-hint", self.name));
        }
        if self.error.is_some() {
            ids.push(format!("{}-error", self.name));
        }
        ids.join(" ")
    }
}

/// One answer of radios, checkboxes or a select.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the person reads.
    pub text: String,
    /// A line below it; may be empty.
    pub hint: String,
    /// What it is one of, in a select; may be empty.
    pub group: String,
}

impl Choice {
    /// An answer without a hint.
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: value.into(), text: text.into(), ..Self::default() }
    }

    /// The same answer with a line below it.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// The same answer among others of its sort.
    pub fn in_group(self, group: impl Into<String>) -> Self {
        Self { group: group.into(), ..self }
    }
}

/// A line of the error summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where the mistake is: `#iin`.
    pub href: String,
    /// What to do about it.
    pub text: String,
}

/// The mistakes of a form's fields, in their order; empty when all is well.
pub fn mistakes(fields: &[&Field]) -> Vec<Mistake> {
    let wrong =
        |field: &&Field| field.error.clone().map(|text| Mistake { href: format!("#{}", field.name), text });
    fields.iter().filter_map(wrong).collect()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{StatusCode, header};

    use super::*;

    async fn send(body: &'static str) -> Result<FormData, StatusCode> {
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        FormData::from_request(request, &()).await.map_err(|response| response.status())
    }

    #[tokio::test]
    async fn a_form_keeps_all_that_was_typed() {
        let form = send("wish=1&wish=3&name=+%D3%98%D0%BB%D0%B8+").await.unwrap();
        assert_eq!(form.value("name"), "Әли");
        assert!(form.field("wish").has("3") && !form.field("wish").has("2"));
        assert_eq!(form.value("absent"), "");
    }

    #[test]
    fn answers_of_one_sort_stand_together() {
        let choices = ["a", "b", "c"].map(|value| Choice::new(value, value));
        let [first, second, third] = choices;
        let choices = [first, second.in_group("sort"), third.in_group("sort")];
        let groups: Vec<(&str, usize)> =
            Field::new("x").grouped(&choices).map(|(name, members)| (name, members.len())).collect();
        assert_eq!(groups, [("", 1), ("sort", 2)]);
    }

    #[tokio::test]
    async fn broken_letters_are_refused() {
        assert_eq!(send("name=%FF%FE").await, Err(StatusCode::BAD_REQUEST));
    }

    #[test]
    fn mistakes_lead_to_their_fields() {
        let mut iin = Field::with("iin", "123");
        iin.refuse("Жазыңыз");
        assert_eq!(mistakes(&[&Field::new("name"), &iin]).len(), 1);
        assert_eq!(mistakes(&[&iin])[0].href, "#iin");
        assert_eq!(iin.described_by("x"), "iin-hint iin-error");
    }
}
