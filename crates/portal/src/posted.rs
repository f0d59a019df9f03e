//! What a form sends: checked for the session's token, with the key that makes sending it twice harmless.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::response::{IntoResponse, Response};

use crate::act::Once;
use crate::error_page::{PageError, Problem};
use crate::form::{Field, FormData};
use crate::who::Who;

/// The most that a form with papers may send: five papers and some letters.
pub const PAPERS_BYTES_MAX: usize = 52 * 1024 * 1024;
/// How many papers one form takes.
const PAPERS_MAX: usize = 5;

/// A form that was sent by the page of this session.
#[derive(Clone, Debug, Default)]
pub struct Posted {
    /// What was typed.
    pub form: FormData,
    /// Papers that came along; only with [`PostedPapers`].
    pub papers: Vec<Paper>,
    path: String,
}

/// A file of a form.
#[derive(Clone)]
pub struct Paper {
    /// The field's name.
    pub field: String,
    /// The file's name as its sender calls it.
    pub name: String,
    /// The type its sender declares.
    pub declared: String,
    /// Its content.
    pub bytes: Bytes,
}

impl std::fmt::Debug for Paper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Paper(hidden)")
    }
}

impl Posted {
    /// The first value with this name.
    pub fn value(&self, name: &str) -> &str {
        self.form.value(name)
    }

    /// A field with all that was typed into it.
    pub fn field(&self, name: &str) -> Field {
        self.form.field(name)
    }

    /// A number; nothing when it is none.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.value(name).parse().ok()
    }

    /// The key and the content by which a second sending is known.
    pub fn once(&self) -> Once {
        let mut content = self.path.clone();
        for (name, value) in &self.form.0 {
            if name != "key" && name != "csrf" {
                content.push_str(&format!("\n{name}={value}"));
            }
        }
        let mut body = content.into_bytes();
        for paper in &self.papers {
            body.extend_from_slice(paper.field.as_bytes());
            body.extend_from_slice(&paper.bytes);
        }
        Once { key: self.value("key").to_string(), body }
    }

    fn check(self, token: Option<String>) -> Result<Self, PageError> {
        match token {
            // Nobody signed in: there is no session to protect.
            None => Ok(self),
            Some(token) if self.value("csrf") == token => Ok(self),
            Some(_) => Err(Problem::Forbidden.into()),
        }
    }
}

fn token_of(request: &Request) -> Option<String> {
    request.extensions().get::<Who>().map(|who| who.csrf.clone())
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let (token, path) = (token_of(&request), action_of(request.uri().path()));
        let form = FormData::from_request(request, state).await?;
        Self { form, papers: Vec::new(), path }.check(token).map_err(IntoResponse::into_response)
    }
}

/// A form with files (`enctype="multipart/form-data"`). Its route sets the limit [`PAPERS_BYTES_MAX`].
#[derive(Clone, Debug, Default)]
pub struct PostedPapers(pub Posted);

impl<S: Send + Sync> FromRequest<S> for PostedPapers {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let (token, path) = (token_of(&request), action_of(request.uri().path()));
        let bad = |_| PageError::from(Problem::BadRequest).into_response();
        let mut parts = Multipart::from_request(request, state).await.map_err(bad)?;
        let mut posted = Posted { path, ..Posted::default() };
        while let Some(part) = parts.next_field().await.map_err(too_much)? {
            let field = part.name().unwrap_or_default().to_string();
            match part.file_name().map(str::to_string) {
                None => {
                    let bytes = part.bytes().await.map_err(too_much)?;
                    let text = String::from_utf8(bytes.to_vec())
                        .map_err(|_| PageError::from(Problem::BadRequest).into_response())?;
                    posted.form.0.push((field, text));
                }
                Some(name) => {
                    let declared = part.content_type().unwrap_or_default().to_string();
                    let bytes = part.bytes().await.map_err(too_much)?;
                    // A file field that was left empty comes as a file without name and content.
                    if name.is_empty() && bytes.is_empty() {
                        continue;
                    }
                    if posted.papers.len() == PAPERS_MAX {
                        return Err(PageError::from(Problem::TooLarge).into_response());
                    }
                    posted.papers.push(Paper { field, name, declared, bytes });
                }
            }
        }
        posted.check(token).map(Self).map_err(IntoResponse::into_response)
    }
}

fn too_much(error: MultipartError) -> Response {
    error.status().into_response()
}

/// The address without its language: the same form in two languages is the same act.
fn action_of(path: &str) -> String {
    path.splitn(3, '/').nth(2).unwrap_or_default().to_string()
}

/// The values of several fields of one name, by name.
pub fn grouped(form: &FormData) -> BTreeMap<String, Vec<String>> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in &form.0 {
        groups.entry(name.clone()).or_default().push(value.trim().to_string());
    }
    groups
}
