//! What goes on around every request: a place to be served, the fact that is asked for, who asks; then, of what the
//! handler answered, errors in words for people or programs, and the headers that keep an answer safe.
//!
//! It is one layer around the whole router: each layer more would cost every request a copy of all that lies inside.

use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::SemaphorePermit;

use crate::api::problem;
use crate::app::AppState;
use crate::crowd;
use crate::ctx::{self, Ctx};
use crate::error_page::{self, PageError};
use crate::language::Language;
use crate::page;
use crate::seen;
use crate::who;

/// The layer of the service.
pub async fn around(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let (_place, seen) = match enter(&app, request.method(), request.headers()).await {
        Ok(entered) => entered,
        Err(turned_away) => return Dress::of(&request).put_on(turned_away.into_response()),
    };
    let named = who::name_visitor(&app, &mut request).await;
    let dress = Dress::of(&request);
    let response = match named {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    let mut response = dress.put_on(response);
    seen.tell(&app, &mut response);
    response
}

/// The layer of pages without a service, such as samples.
pub async fn dressed(request: Request, next: Next) -> Response {
    let dress = Dress::of(&request);
    dress.put_on(next.run(request).await)
}

/// Lets a request in that there is room for, once the fact that it asks for is known.
async fn enter<'a>(
    app: &'a AppState,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(SemaphorePermit<'a>, seen::Seen), PageError> {
    let place = crowd::enter(app)?;
    Ok((place, seen::at_least(app, method, headers).await?))
}

/// What an error of a request is told with, kept while the request is handled.
enum Dress {
    /// Of the API, in this language.
    Api(Language),
    Page(Box<Ctx>),
}

impl Dress {
    fn of(request: &Request) -> Self {
        let extensions = request.extensions();
        let uri = extensions.get::<OriginalUri>().map_or_else(|| request.uri(), |uri| &uri.0);
        match uri.path().starts_with("/api/") {
            true => Self::Api(ctx::accepted(request.headers())),
            false => Self::Page(Box::new(Ctx::of_request(uri, request.headers(), extensions))),
        }
    }

    fn put_on(self, response: Response) -> Response {
        let status = response.status();
        let mut response = match (status.is_client_error() || status.is_server_error(), self) {
            (false, _) => response,
            (true, Self::Api(language)) => problem::in_words(response, language),
            (true, Self::Page(ctx)) => error_page::in_words(response, *ctx),
        };
        page::make_safe(response.headers_mut());
        response
    }
}
