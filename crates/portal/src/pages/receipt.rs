//! A receipt: proof that an application or a referral stands in a public register, for whom it concerns.
//!
//! It opens what the register hides, so it is for the applicant and the desk only, never part of an address that a
//! server hears of, and kept by nobody on the way.

use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use kezek_rules::Event;
use kezek_rules::State;
use kezek_rules::ids::{ApplicationId, ReferralId};
use kezek_rules::state::Application;

use crate::app::AppState;
use crate::ctx::Ctx;
use crate::doc::{Block, Doc, Link};
use crate::error_page::{PageError, Problem};
use crate::qr::{self, Qr};
use crate::words;

/// Where everybody checks receipts.
pub const VERIFY: &str = "/verify";

/// What a receipt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// That the application was registered.
    Application(ApplicationId),
    /// That a referral was issued for it.
    Referral(ApplicationId, ReferralId),
}

impl What {
    /// A referral by the number people see, of this application.
    pub fn referral(state: &State, id: ApplicationId, number: u32) -> Result<Self, Problem> {
        let referral = ReferralId(number.checked_sub(1).ok_or(Problem::NotFound)?);
        let is_its = state.referral(referral).is_some_and(|one| one.application == id);
        if is_its { Ok(Self::Referral(id, referral)) } else { Err(Problem::NotFound) }
    }

    fn application(self) -> ApplicationId {
        match self {
            Self::Application(id) | Self::Referral(id, _) => id,
        }
    }

    fn is_of(self, event: &Event) -> bool {
        match (self, event) {
            (Self::Application(id), Event::Registered { application, .. }) => *application == id,
            (Self::Referral(_, id), Event::ReferralIssued { referral, .. }) => *referral == id,
            _ => false,
        }
    }

    fn title(self, ctx: &Ctx) -> String {
        match self {
            Self::Application(id) => ctx.t_with("receipt-title", &[("number", words::number(id).into())]),
            Self::Referral(id, referral) => ctx.t_with(
                "receipt-title-referral",
                &[("referral", shown(referral).into()), ("number", words::number(id).into())],
            ),
        }
    }

    fn file_name(self) -> String {
        match self {
            Self::Application(id) => format!("receipt-application-{}.tlog-proof", words::number(id)),
            Self::Referral(_, referral) => format!("receipt-referral-{}.tlog-proof", shown(referral)),
        }
    }

    /// The rest of its address, after that of the application's page.
    fn path(self) -> String {
        match self {
            Self::Application(_) => "/receipt".to_string(),
            Self::Referral(_, referral) => format!("/referrals/{}/receipt", shown(referral)),
        }
    }
}

/// The number of a referral that people see.
fn shown(referral: ReferralId) -> String {
    (u64::from(referral.0) + 1).to_string()
}

/// Links to the receipts of an application, whose page is at `page`; none where no register is published.
pub fn links(ctx: &Ctx, app: &AppState, id: ApplicationId, one: &Application, page: &str) -> Vec<Link> {
    if app.node().registry().is_none() {
        return Vec::new();
    }
    let mut links = vec![Link::to(ctx, &format!("{page}/receipt"), ctx.t("receipt-link"))];
    if let Some(referral) = one.live_referral().or(one.temporary) {
        let path = What::Referral(id, referral).path();
        links.push(Link::to(ctx, &format!("{page}{path}"), ctx.t("receipt-link-referral")));
    }
    links
}

/// The page of a receipt; `page` is the address of the application's page.
pub async fn show(
    app: &AppState,
    ctx: &Ctx,
    headers: &HeaderMap,
    what: What,
    page: &str,
) -> Result<Response, PageError> {
    let found = find(app, what).await?;
    let doc = Doc::new(ctx, what.title(ctx)).back(page);
    let here = format!("{page}{}", what.path());
    let Some(file) = found else {
        let again = Link::to(ctx, &here, ctx.t("receipt-again"));
        return Ok(doc.with(Block::Lead(ctx.t("receipt-later"))).with(Block::Go(again)).answer());
    };
    let keep = Link::to(ctx, &format!("{here}/file"), ctx.t("receipt-keep"));
    let fragment = qr::fragment(&file);
    let check = format!("{VERIFY}{fragment}");
    let site = qr::site(headers, app.settings().https);
    let about = ctx.t("receipt-qr");
    let picture = site.and_then(|site| Qr::of(&format!("{site}{}", ctx.link(VERIFY)), &fragment, about));
    let doc = doc
        .with(Block::Lead(ctx.t("receipt-lead")))
        .with(Block::Keep(keep))
        .with(Block::Warning(ctx.t("receipt-private")))
        .with(Block::Heading(ctx.t("receipt-check")))
        .with(Block::Text(ctx.t("receipt-check-how")))
        .with(Block::Links(vec![Link::to(ctx, &check, ctx.t("receipt-check-now"))]));
    Ok(doc.and(picture.map(Block::Qr)).answer())
}

/// The file itself.
pub async fn file(app: &AppState, what: What) -> Result<Response, PageError> {
    let file = find(app, what).await?.ok_or(Problem::NotFound)?;
    let headers: [(HeaderName, String); 3] = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", what.file_name())),
        (header::CACHE_CONTROL, "no-store".to_string()),
    ];
    Ok((headers, file).into_response())
}

/// The receipt; none as long as the register is not published so far.
async fn find(app: &AppState, what: What) -> Result<Option<String>, PageError> {
    if app.node().registry().is_none() {
        return Err(Problem::NotFound.into());
    }
    let unread = |error: kezek_node::OpenError| {
        tracing::error!(%error, "a receipt could not be made");
        Problem::Unavailable
    };
    let history = app.node().history(what.application()).await.map_err(unread)?;
    let fact = history.iter().find(|entry| what.is_of(&entry.event)).ok_or(Problem::NotFound)?;
    let receipt = app.node().receipt(fact.seq).await.map_err(unread)?;
    Ok(receipt.map(|receipt| receipt.file))
}
