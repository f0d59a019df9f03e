//! Who asks: the session of a cookie or of an `Authorization` header.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use kezek_node::{PeopleError, SignedIn};
use kezek_records::Role;
use kezek_rules::ids::{OrganisationId, ParentKey, SettlementId};

use crate::app::AppState;
use crate::ctx::{Ctx, DemoClock, Visitor};
use crate::error_page::{PageError, Problem};
use crate::navigation;

/// A session lasts twelve hours.
pub const SESSION_US: i64 = 12 * 3_600_000_000;

const RETRY_AFTER_S: u32 = 3;

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The person, whose id is the account's too.
    pub person: u64,
    /// What the person may be.
    pub roles: Vec<Role>,
    /// The kindergarten an official acts for.
    pub kindergarten: Option<OrganisationId>,
    /// The settlement an official acts in.
    pub settlement: Option<SettlementId>,
    /// The session.
    pub session: u64,
    /// What its forms must carry.
    pub csrf: String,
    /// Whether the password was given by somebody else and must be changed before anything else.
    pub must_change_password: bool,
    /// How the session was shown.
    pub by: ShownBy,
}

/// How a session was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownBy {
    /// By the browser's cookie, which comes with every request: changes need the form token as well.
    Cookie,
    /// By an `Authorization` header, which only a program sends.
    Bearer,
}

impl Who {
    fn of(found: &SignedIn, by: ShownBy) -> Self {
        let small = |id: Option<u64>| id.and_then(|id| u32::try_from(id).ok());
        Self {
            person: found.person,
            roles: found.roles.clone(),
            kindergarten: small(found.kindergarten).map(OrganisationId),
            settlement: small(found.settlement).map(SettlementId),
            session: found.session,
            csrf: found.csrf_token.clone(),
            must_change_password: found.must_change_password,
            by,
        }
    }

    /// Whoever set the service up belongs to no settlement: where there is only one, that one is meant.
    fn in_only_settlement(mut self, app: &AppState) -> Self {
        if self.settlement.is_none() && self.is(Role::Administrator) {
            self.settlement = app.read(|state| {
                let mut all = state.settlements().map(|(id, _)| id);
                all.next().filter(|_| all.next().is_none())
            });
        }
        self
    }

    /// The pseudonym of the person as a parent.
    pub fn parent(&self) -> ParentKey {
        ParentKey(self.person)
    }

    /// Whether the person may be this.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// How the journal names the one who acts: a role and a random id.
    pub fn actor(&self) -> String {
        let role = self.roles.first().map_or("other", |role| crate::words::role_code(*role));
        format!("{role}:{:016x}", self.person)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Problem::Forbidden.into())
    }
}

/// Names who asks, and tells the pages about the visitor and the clock of a demonstration.
pub async fn name_visitor(app: &AppState, request: &mut Request) -> Result<(), PageError> {
    if request.uri().path().starts_with("/assets/") {
        return Ok(());
    }
    let sent = sent_token(app, request.headers());
    let found = match &sent {
        None => None,
        Some((token, by)) => match session(app, token, request.method()).await {
            Ok(found) => found.map(|found| (found, *by)),
            Err(Unavailable) => {
                return Err(PageError::from(Problem::Unavailable).retry_after(RETRY_AFTER_S));
            }
        },
    };
    let who = found.as_ref().map(|(found, by)| Who::of(found, *by).in_only_settlement(app));
    if let Some(who) = &who
        && !may_ask(app, who, request.method())
    {
        return Err(PageError::from(Problem::TooMany).retry_after(60));
    }
    // Answers of the API show neither a header nor a clock.
    if !request.uri().path().starts_with("/api/") {
        tell_pages(app, request, found.as_ref().map(|(found, _)| &**found));
    }
    if let Some(who) = who {
        request.extensions_mut().insert(who);
    }
    Ok(())
}

fn may_ask(app: &AppState, who: &Who, method: &Method) -> bool {
    let looks = matches!(*method, Method::GET | Method::HEAD);
    app.limits().account(who.person) && (looks || app.limits().change(who.person))
}

/// Whether anybody is signed in cannot be told at the moment.
struct Unavailable;

/// Whose token it is. While the store is out of reach, who was known lately may look and change nothing.
async fn session(app: &AppState, token: &str, method: &Method) -> Result<Option<Arc<SignedIn>>, Unavailable> {
    if let Some(found) = app.people().known(token) {
        return Ok(Some(found));
    }
    if !app.limits().is_store_away() {
        match app.people().signed_in(token).await {
            Ok(found) => return Ok(found),
            Err(PeopleError::Store(error)) => {
                if app.limits().note_store_away() {
                    tracing::error!(%error, "sessions cannot be read");
                }
            }
            // Of this one person only: a record that does not open turns nobody else away.
            Err(error) => tracing::error!(%error, "a session cannot be read"),
        }
    }
    let looks = matches!(*method, Method::GET | Method::HEAD);
    let remembered = app.people().remembered(token).filter(|_| looks);
    remembered.map(Some).ok_or(Unavailable)
}

fn tell_pages(app: &AppState, request: &mut Request, found: Option<&SignedIn>) {
    if app.settings().demo.is_some() {
        let zone = app.read(|state| state.settlements().next().map(|(_, one)| one.zone.clone()));
        if let Some(zone) = zone {
            request.extensions_mut().insert(DemoClock { now: zone.local(app.now()) });
        }
    }
    let ctx = Ctx::of_request(request.uri(), request.headers(), request.extensions());
    let visitor = found.map(|found| visitor(&ctx, found)).unwrap_or_default();
    request.extensions_mut().insert(visitor);
}

fn visitor(ctx: &Ctx, found: &SignedIn) -> Visitor {
    let label = match &found.name {
        Some(name) => format!("{} {}", name.given, name.surname),
        None => found.roles.first().map_or_else(String::new, |role| crate::words::role(ctx, *role)),
    };
    let navigation = navigation::of(ctx, &found.roles);
    Visitor { label: Some(label), csrf: found.csrf_token.clone(), navigation }
}

fn sent_token(app: &AppState, headers: &HeaderMap) -> Option<(String, ShownBy)> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(token) = bearer.and_then(|value| value.strip_prefix("Bearer ")) {
        return Some((token.trim().to_string(), ShownBy::Bearer));
    }
    let name = cookie_name(app);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, token)| (token.to_string(), ShownBy::Cookie))
}

fn cookie_name(app: &AppState) -> &'static str {
    if app.settings().https { "__Host-kezek" } else { "kezek" }
}

/// The cookie of a session that begins.
pub fn cookie(app: &AppState, token: &str) -> String {
    let secure = if app.settings().https { "; Secure" } else { "" };
    format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}", cookie_name(app))
}

/// The cookie that takes a session's cookie away.
pub fn no_cookie(app: &AppState) -> String {
    format!("{}; Max-Age=0", cookie(app, ""))
}
