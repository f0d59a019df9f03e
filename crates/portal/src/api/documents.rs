//! Papers: handed in by families, looked at by the provider.

use axum::Json;
use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kezek_node::Found;
use kezek_records::{DOCUMENT_BYTES_MAX, Document, DocumentError, Label, MediaType, accept_document};
use kezek_rules::ids::ApplicationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::UtoipaMethodRouterExt;
use utoipa_axum::routes;

use super::codes;
use super::done::{Answer, ask};
use super::extract::key;
use super::once;
use super::problem::ApiError;
use crate::act::{ActError, Once};
use crate::app::AppState;
use crate::error_page::Problem;
use crate::own;
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;

/// A document and what stands around it.
const UPLOAD_BYTES_MAX: usize = DOCUMENT_BYTES_MAX + 64 * 1024;
/// What a paper may be about.
const PURPOSES: [&str; 3] = ["benefit", "conclusion", "other"];

pub(super) fn routes() -> Routes {
    let upload = routes!(upload_document).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX));
    Routes::default()
        .api(Action::EditOwn, upload)
        .api(Action::SeeOwn, routes!(list_documents))
        .api(Action::SeePerson, routes!(show_document))
}

/// A document as it was taken.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DocumentView {
    /// Its id.
    document: String,
    /// The file's name.
    name: String,
    /// What it is by its content.
    #[schema(schema_with = codes::media_type)]
    media_type: MediaType,
    /// Bytes.
    size: u64,
    /// What it is about: `benefit`, `conclusion` or `other`.
    purpose: String,
    /// The application it belongs to.
    application: Option<u64>,
}

impl DocumentView {
    /// A document.
    pub fn of(id: u64, document: &Document) -> Self {
        let application = document.application.and_then(|id| u32::try_from(id).ok()).map(ApplicationId);
        Self {
            document: format!("{id:016x}"),
            name: document.name.clone(),
            media_type: document.media_type,
            size: document.size,
            purpose: document.purpose.clone(),
            application: application.map(ApplicationId::number),
        }
    }
}

/// A form with a file.
#[derive(ToSchema)]
#[allow(dead_code)] // For the description only; the parts are read one by one.
pub struct Upload {
    /// `benefit`, `conclusion` or `other`.
    purpose: String,
    /// The application it belongs to; none for one that is still to be sent.
    application: Option<u64>,
    /// PDF, JPEG or PNG, up to 10 MiB; told by its content.
    #[schema(value_type = String, format = Binary)]
    file: String,
}

#[derive(Default)]
struct Parts {
    purpose: String,
    application: Option<u64>,
    name: String,
    declared: String,
    bytes: Bytes,
}

impl Parts {
    async fn read(request: Request, app: &AppState) -> Result<Self, ApiError> {
        let multipart = Multipart::from_request(request, app).await;
        let mut multipart = multipart.map_err(|rejection| ApiError::bad_body(rejection.status()))?;
        let mut parts = Self::default();
        while let Some(field) = multipart.next_field().await.map_err(bad)? {
            match field.name() {
                Some("purpose") => parts.purpose = words(field).await?,
                Some("application") => {
                    let number = words(field).await?.parse();
                    parts.application =
                        Some(number.map_err(|_| ApiError::invalid("application", "api-text-wrong"))?);
                }
                Some("file") => {
                    parts.name = field.file_name().unwrap_or_default().to_string();
                    parts.declared = field.content_type().unwrap_or_default().to_string();
                    parts.bytes = field.bytes().await.map_err(bad)?;
                }
                other => {
                    let name: String = other.unwrap_or_default().chars().take(50).collect();
                    return Err(ApiError::malformed(format!("unknown part {name:?}")));
                }
            }
        }
        Ok(parts)
    }

    fn content(&self) -> Vec<u8> {
        let head = format!("{}\n{:?}\n{}\n{}\n", self.purpose, self.application, self.name, self.declared);
        [head.as_bytes(), &self.bytes].concat()
    }
}

async fn words(field: Field<'_>) -> Result<String, ApiError> {
    let bytes = field.bytes().await.map_err(bad)?;
    String::from_utf8(bytes.to_vec()).map_err(|_| ApiError::bad_body(StatusCode::BAD_REQUEST))
}

fn bad(error: MultipartError) -> ApiError {
    ApiError::bad_body(error.status())
}

/// Hand in a document, for an application that stands or for one that is still to be sent.
#[utoipa::path(
    post, path = "/api/v1/documents", tag = "family",
    request_body(content = Upload, content_type = "multipart/form-data"),
    responses((status = 201, body = DocumentView))
)]
async fn upload_document(
    State(app): State<AppState>,
    who: Who,
    request: Request,
) -> Result<(StatusCode, Json<DocumentView>), ApiError> {
    let key = key(request.headers())?;
    let parts = Parts::read(request, &app).await?;
    let once = Once { key, body: parts.content() };
    if let Some(earlier) = once::earlier(&app, who.person, &once).await? {
        return Ok((StatusCode::CREATED, Json(earlier)));
    }
    if !PURPOSES.contains(&parts.purpose.as_str()) {
        return Err(ApiError::invalid("purpose", "api-document-purpose"));
    }
    let found = parts.application.map(|number| {
        ask(&app, |state| own::application(state, &who, number).map(|(id, one)| (id, one.child.0)))
    });
    let (application, owner) = match found.transpose()? {
        Some((id, child)) => (Some(u64::from(id.0)), child),
        None => (None, who.person),
    };
    let document = accept_document(&parts.name, &parts.declared, &parts.bytes, &parts.purpose, application);
    let document = document.map_err(refused)?;
    let id = kezek_records::random_id().map_err(ActError::from)?;
    let label = Label { id, owner: Some(owner), created_us: app.now().as_micros(), expires_us: None };
    let view = DocumentView::of(id, &document);
    let mut rows = vec![once::row(&app, who.person, &once, &view)?];
    rows.extend(app.people().put_document(label, &document, &parts.bytes).map_err(ActError::from)?);
    let view = once::write(&app, who.person, &once, rows, view).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

fn refused(error: DocumentError) -> ApiError {
    match error {
        DocumentError::Empty => ApiError::invalid("file", "api-document-empty"),
        DocumentError::TooLarge => ApiError::from(Problem::TooLarge),
        DocumentError::Type => ApiError::invalid("file", "api-document-type"),
        DocumentError::Lies { .. } => ApiError::invalid("file", "api-document-lies"),
    }
}

/// One's own documents that wait for an application, and those of one's own applications.
#[utoipa::path(
    get, path = "/api/v1/documents", tag = "family", responses((status = 200, body = [DocumentView]))
)]
async fn list_documents(State(app): State<AppState>, who: Who) -> Answer<Vec<DocumentView>> {
    let mut own: Vec<(u64, u64)> = app.read(|state| {
        let ids = state.applications_of(who.parent());
        let children = ids.filter_map(|id| Some((u64::from(id.0), state.application(id)?.child.0)));
        children.collect()
    });
    let mut views = documents(&app, who.person, &[]).await?;
    own.sort_by_key(|(_, child)| *child);
    for of_child in own.chunk_by(|one, next| one.1 == next.1) {
        let Some((_, child)) = of_child.first() else { continue };
        let applications: Vec<u64> = of_child.iter().map(|(id, _)| *id).collect();
        views.extend(documents(&app, *child, &applications).await?);
    }
    Ok(Json(views))
}

/// The documents about a person that belong to one of these applications; to none when none is named.
pub async fn documents(
    app: &AppState,
    person: u64,
    applications: &[u64],
) -> Result<Vec<DocumentView>, ApiError> {
    let found = app.people().documents(person).await?;
    let wanted = found.iter().filter(|one| match one.record.application {
        Some(application) => applications.contains(&application),
        None => applications.is_empty(),
    });
    Ok(wanted.map(|one| DocumentView::of(one.id, &one.record)).collect())
}

/// A document of an application of one's settlement, for the provider. The look is noted where the family sees it.
#[utoipa::path(
    get, path = "/api/v1/desk/documents/{document}", tag = "provider",
    params(("document" = String, Path, description = "The document's id")),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>))
)]
async fn show_document(
    State(app): State<AppState>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let id = u64::from_str_radix(&id, 16).map_err(|_| ApiError::not_found())?;
    let found = app.people().document(id).await?.ok_or_else(ApiError::not_found)?;
    let (Found { record: document, .. }, bytes) = found;
    let application = document.application.and_then(|id| u32::try_from(id).ok());
    let number = application.map(|id| ApplicationId(id).number()).ok_or_else(ApiError::not_found)?;
    let whose = ask(&app, |state| {
        own::desk_application(state, &who, number).map(|(_, one)| [one.child.0, one.parent.0])
    })?;
    app.note_look(&who, &whose, Action::SeePerson).await?;
    let shown = [
        (header::CONTENT_TYPE, document.media_type.as_str()),
        (header::CONTENT_DISPOSITION, "attachment"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((shown, bytes).into_response())
}
