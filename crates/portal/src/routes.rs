//! The one way to give an address to a handler: with its action, so that nothing goes past the table of rights.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use utoipa::openapi::{OpenApi, OpenApiBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::api::problem::ApiError;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::error_page::{PageError, Problem};
use crate::rights::Action;
use crate::who::{ShownBy, Who};

/// The header in which a program with a cookie sends the form token.
pub const TOKEN_HEADER: &str = "x-csrf-token";

/// An address with what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// What it is for.
    pub action: Action,
    /// The method.
    pub method: Method,
    /// The address, with its variables in braces.
    pub path: String,
}

/// All addresses.
pub struct Routes {
    router: Router<AppState>,
    document: OpenApi,
    list: Vec<Route>,
}

impl Default for Routes {
    fn default() -> Self {
        Self { router: Router::new(), document: OpenApiBuilder::new().build(), list: Vec::new() }
    }
}

impl Routes {
    /// A page, or what its form is sent to.
    #[must_use]
    pub fn page<T, H>(self, action: Action, method: Method, path: &str, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        self.add(action, method, path, on(filter, handler))
    }

    /// A page whose handler has layers of its own, such as a limit for files.
    #[must_use]
    pub fn page_methods(
        self,
        action: Action,
        method: Method,
        path: &str,
        methods: MethodRouter<AppState>,
    ) -> Self {
        self.add(action, method, path, methods)
    }

    /// A call of the API with its description.
    #[must_use]
    pub fn api(mut self, action: Action, described: UtoipaMethodRouter<AppState>) -> Self {
        let (schemas, paths, methods) = described;
        let guarded = methods.layer(middleware::from_fn(move |request, next| guard(action, request, next)));
        let described = (schemas, paths, guarded);
        let (router, document) = OpenApiRouter::new().routes(described).split_for_parts();
        for (path, item) in &document.paths.paths {
            for (method, exists) in [
                (Method::GET, item.get.is_some()),
                (Method::POST, item.post.is_some()),
                (Method::PUT, item.put.is_some()),
                (Method::DELETE, item.delete.is_some()),
            ] {
                if exists {
                    self.list.push(Route { action, method, path: path.clone() });
                }
            }
        }
        self.document.merge(document);
        Self { router: self.router.merge(router), ..self }
    }

    /// All addresses of both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.document.merge(other.document);
        self.list.extend(other.list);
        Self { router: self.router.merge(other.router), ..self }
    }

    /// The addresses with their actions.
    pub fn list(&self) -> &[Route] {
        &self.list
    }

    /// The description of the API.
    pub fn document(&self) -> &OpenApi {
        &self.document
    }

    /// The router.
    pub fn into_router(self) -> Router<AppState> {
        self.router
    }

    fn add(mut self, action: Action, method: Method, path: &str, methods: MethodRouter<AppState>) -> Self {
        self.list.push(Route { action, method, path: path.to_string() });
        let guarded = methods.layer(middleware::from_fn(move |request, next| guard(action, request, next)));
        Self { router: self.router.route(path, guarded), ..self }
    }
}

/// Lets a request through only by the table of rights.
async fn guard(action: Action, request: Request, next: Next) -> Response {
    let who = request.extensions().get::<Who>();
    let is_api = request.uri().path().starts_with("/api/");
    if !action.is_allowed(who.map(|who| who.roles.as_slice())) {
        let ctx = Ctx::of_request(request.uri(), request.headers(), request.extensions());
        return match (is_api, who) {
            (true, None) => ApiError::not_signed_in().into_response(),
            (true, Some(_)) => ApiError::forbidden().into_response(),
            (false, None) if request.method() == Method::GET => sign_in_first(&ctx),
            (false, _) => PageError::from(Problem::Forbidden).into_response(),
        };
    }
    if who.is_some_and(|who| who.must_change_password) && !goes_before_a_new_password(action) {
        let ctx = Ctx::of_request(request.uri(), request.headers(), request.extensions());
        return match is_api {
            true => ApiError::forbidden().into_response(),
            false => Redirect::to(&ctx.link("/password")).into_response(),
        };
    }
    if is_api && changes(request.method()) && !carries_token(&request) {
        return ApiError::token_missing().into_response();
    }
    let mut response = next.run(request).await;
    if is_api {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// What somebody may do who signed in with a password that another gave.
fn goes_before_a_new_password(action: Action) -> bool {
    matches!(action, Action::SignIn | Action::SignOut | Action::ChangePassword | Action::UseDemo)
}

/// To the sign-in page, and back afterwards.
fn sign_in_first(ctx: &Ctx) -> Response {
    let next: String = ctx.path.bytes().map(|byte| format!("%{byte:02X}")).collect();
    Redirect::to(&format!("{}?next={next}", ctx.link("/sign-in"))).into_response()
}

fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A cookie comes with requests of other sites too, so a change needs the form token as well.
fn carries_token(request: &Request) -> bool {
    match request.extensions().get::<Who>() {
        Some(who) if who.by == ShownBy::Cookie => {
            request.headers().get(TOKEN_HEADER).is_some_and(|sent| sent.as_bytes() == who.csrf.as_bytes())
        }
        _ => true,
    }
}
