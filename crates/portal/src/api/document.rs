//! The description of the API: OpenAPI 3.1, made from the calls and the table of rights.

use std::sync::OnceLock;

use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, RefOr, Required};
use utoipa::{IntoResponses, PartialSchema, ToSchema};
use utoipa_axum::routes;

use super::extract::KEY_CHARACTERS_MAX;
use super::problem::{ApiError, ProblemDetails};
use crate::rights::{Action, Allowed};
use crate::routes::{Route, Routes, TOKEN_HEADER};
use crate::words::role_code;

const BEARER: &str = "session";
const COOKIE: &str = "cookie";

pub(super) fn routes() -> Routes {
    Routes::default().api(Action::SeePublic, routes!(show_description))
}

/// This description.
#[utoipa::path(
    get, path = "/api/v1/openapi.json", tag = "public",
    responses((status = 200, content_type = "application/json", body = Object))
)]
async fn show_description() -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(text);
    ([(header::CONTENT_TYPE, "application/json")], text.as_str()).into_response()
}

/// The description as JSON text, the same at every call.
pub fn text() -> String {
    serde_json::to_string_pretty(&describe(&super::routes())).unwrap_or_default()
}

fn describe(routes: &Routes) -> OpenApi {
    let mut document = routes.document().clone();
    document.info = InfoBuilder::new()
        .title("Kezek")
        .version("1")
        .description(Some(
            "The queue for kindergarten places by Order 254 of 2020. Every change needs the header \
             Idempotency-Key; sent again with the same body it gets the same answer. Refusals are problem \
             details (RFC 9457) with the code and the clause of the law, in the language of Accept-Language.",
        ))
        .build();
    for route in routes.list() {
        if let Some(operation) =
            document.paths.paths.get_mut(&route.path).and_then(|item| operation(item, route))
        {
            complete(operation, route);
        }
    }
    let mut schemas = Vec::new();
    ProblemDetails::schemas(&mut schemas);
    let components = document.components.take().unwrap_or_default();
    let components = ComponentsBuilder::from(components)
        .schema(ProblemDetails::name(), ProblemDetails::schema())
        .schemas_from_iter(schemas)
        .security_scheme(BEARER, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
        .security_scheme(COOKIE, SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("kezek"))))
        .build();
    document.components = Some(components);
    document
}

fn operation<'a>(item: &'a mut PathItem, route: &Route) -> Option<&'a mut Operation> {
    match route.method {
        Method::GET => item.get.as_mut(),
        Method::POST => item.post.as_mut(),
        Method::PUT => item.put.as_mut(),
        Method::DELETE => item.delete.as_mut(),
        _ => None,
    }
}

/// Whether a call needs the header `Idempotency-Key`: all changes but those of sessions. A look that is sent as a
/// body changes nothing.
pub fn needs_key(route: &Route) -> bool {
    let is_session = matches!(route.action, Action::SignIn | Action::SignOut | Action::ChangePassword);
    let is_free = is_session || route.action == Action::SeePublic;
    route.method != Method::GET && !is_free
}

/// Adds what all calls have in common: the key, who may call, what an error looks like.
fn complete(operation: &mut Operation, route: &Route) {
    let parameters = operation.parameters.get_or_insert_with(Vec::new);
    if needs_key(route) {
        let key = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(KEY_CHARACTERS_MAX))
            .build();
        let parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some("Made up by the caller, new for each change; makes sending it twice harmless."))
            .schema(Some(key));
        parameters.push(parameter.build().into());
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = "Carried out.".to_string();
        }
    }
    for (status, response) in ApiError::responses() {
        operation.responses.responses.entry(status).or_insert(response);
    }
    let who = match route.action.allowed() {
        Allowed::Everybody => return,
        Allowed::SignedIn => "whoever is signed in".to_string(),
        Allowed::Roles(roles) => roles.iter().map(|role| role_code(*role)).collect::<Vec<_>>().join(", "),
    };
    let none: [&str; 0] = [];
    operation.security =
        Some(vec![SecurityRequirement::new(BEARER, none), SecurityRequirement::new(COOKIE, none)]);
    let mut description = operation.description.take().unwrap_or_default();
    if !description.is_empty() {
        description.push_str("\n\n");
    }
    description.push_str(&format!("Allowed to: {who}."));
    if route.method != Method::GET {
        description.push_str(&format!(" A change by cookie needs the header {TOKEN_HEADER}."));
    }
    operation.description = Some(description);
}
