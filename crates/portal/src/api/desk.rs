//! The provider's lists, and a family's application with its personal data.

use axum::Json;
use axum::extract::{Path, State};
use kezek_rules::benefit::{Benefit, BenefitClaim, Standing};
use kezek_rules::ids::ApplicationId;
use kezek_rules::state::{AwaitedPaper, Proof, StopListing};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::application::{ApplicationView, StopView};
use super::codes;
use super::documents::{DocumentView, documents};
use super::done::{Answer, ask};
use super::problem::ApiError;
use super::values::Moment;
use crate::app::AppState;
use crate::own;
use crate::pages::desk::clock;
use crate::rights::Action;
use crate::routes::Routes;
use crate::who::Who;

pub(super) fn routes() -> Routes {
    Routes::default()
        .api(Action::SeeDesk, routes!(list_work))
        .api(Action::SeeDesk, routes!(list_stopped))
        .api(Action::AskAuthority, routes!(list_benefits_to_verify))
        .api(Action::SeePerson, routes!(show_application))
}

/// Something that waits for the provider.
#[derive(Serialize, ToSchema)]
pub struct WorkItem {
    /// What.
    kind: WorkKind,
    /// The application.
    application: u64,
    /// The benefit whose originals are awaited.
    #[schema(schema_with = codes::benefit)]
    #[serde(skip_serializing_if = "Option::is_none")]
    benefit: Option<Benefit>,
    /// Until then, exclusive.
    until: Option<Moment>,
}

/// What waits.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// Originals of a benefit (254/22, the first time).
    Benefit,
    /// Originals after a referral (254/22, the second time).
    Documents,
}

/// What waits for the provider: originals to be confirmed, the earliest term first.
#[utoipa::path(
    get, path = "/api/v1/desk/work-list", tag = "provider", responses((status = 200, body = [WorkItem]))
)]
async fn list_work(State(app): State<AppState>, who: Who) -> Answer<Vec<WorkItem>> {
    let settlement = own::settlement(&who)?;
    let item = |paper: AwaitedPaper| WorkItem {
        kind: match paper.proof {
            Proof::Benefit(_) => WorkKind::Benefit,
            Proof::Referral(_) => WorkKind::Documents,
        },
        application: paper.application.number(),
        benefit: match paper.proof {
            Proof::Benefit(benefit) => Some(benefit),
            Proof::Referral(_) => None,
        },
        until: Some(Moment(paper.until)),
    };
    Ok(Json(app.read(|state| state.awaited_papers(settlement).map(item).collect())))
}

/// An application on the stop-list.
#[derive(Serialize, ToSchema)]
pub struct StoppedApplication {
    /// The application.
    application: u64,
    /// Why, since when, until when.
    #[serde(flatten)]
    listing: StopView,
}

/// The stop-list of the settlement.
#[utoipa::path(
    get, path = "/api/v1/desk/stop-list", tag = "provider",
    responses((status = 200, body = [StoppedApplication]))
)]
async fn list_stopped(State(app): State<AppState>, who: Who) -> Answer<Vec<StoppedApplication>> {
    let settlement = own::settlement(&who)?;
    let view = |(id, listing): (ApplicationId, &StopListing)| StoppedApplication {
        application: id.number(),
        listing: listing.into(),
    };
    Ok(Json(app.read(|state| state.stop_list(settlement).map(view).collect())))
}

/// A benefit that the authorised body is asked about every month (254/22).
#[derive(Serialize, ToSchema)]
pub struct BenefitToVerify {
    /// The application.
    application: u64,
    /// The benefit.
    #[schema(schema_with = codes::benefit)]
    benefit: Benefit,
    /// Whether a live referral was got by it.
    has_referral: bool,
}

/// Confirmed benefits of servicemen and of special state bodies, for the monthly consolidated request (254/22).
/// A negative answer is entered by rejecting the benefit with the finding `false`.
#[utoipa::path(
    get, path = "/api/v1/desk/benefits-to-verify", tag = "provider",
    responses((status = 200, body = [BenefitToVerify]))
)]
async fn list_benefits_to_verify(State(app): State<AppState>, who: Who) -> Answer<Vec<BenefitToVerify>> {
    let settlement = own::settlement(&who)?;
    let found = app.read(|state| {
        let claims = state.extraordinary_claims(settlement);
        let confirmed = claims.filter(|(_, claim)| claim.standing == Standing::Confirmed);
        let view = |(id, claim): (ApplicationId, BenefitClaim)| {
            let has_referral = state.application(id)?.live_referral().is_some();
            Some(BenefitToVerify { application: id.number(), benefit: claim.benefit, has_referral })
        };
        confirmed.filter_map(view).collect()
    });
    Ok(Json(found))
}

/// A family's application with its personal data.
#[derive(Serialize, ToSchema)]
pub struct PersonalApplication {
    /// The application; `claimable` is left empty.
    #[serde(flatten)]
    application: ApplicationView,
    /// The child.
    child: Option<PersonView>,
    /// The parent.
    parent: Option<PersonView>,
    /// Home address.
    address: String,
    /// The grounds of benefits in words.
    grounds: Option<String>,
    /// A note of the applicant.
    note: Option<String>,
    /// Papers that were handed in.
    documents: Vec<DocumentView>,
    /// When originals were shown that are not judged yet.
    originals_shown: Option<Moment>,
}

/// A person.
#[derive(Serialize, ToSchema)]
pub struct PersonView {
    /// Twelve digits.
    iin: String,
    /// Family name.
    surname: String,
    /// Given name.
    given: String,
    /// Patronymic.
    patronymic: Option<String>,
}

/// A person by id.
pub async fn person(app: &AppState, id: u64) -> Result<Option<PersonView>, ApiError> {
    let found = app.people().person(id).await?.map(|found| found.record);
    Ok(found.map(|one| PersonView {
        iin: one.iin.as_str().to_string(),
        surname: one.surname,
        given: one.given,
        patronymic: one.patronymic,
    }))
}

/// An application of one's settlement with its personal data. The look is noted where the family sees it.
#[utoipa::path(
    get, path = "/api/v1/desk/applications/{number}", tag = "provider",
    params(("number" = u64, Path, description = "The application's number")),
    responses((status = 200, body = PersonalApplication))
)]
async fn show_application(
    State(app): State<AppState>,
    who: Who,
    Path(number): Path<u64>,
) -> Answer<PersonalApplication> {
    let (id, child, parent, mut application) = ask(&app, |state| {
        let (id, one) = own::desk_application(state, &who, number)?;
        Ok((id, one.child.0, one.parent.0, ApplicationView::of(state, id, one)))
    })?;
    // What a family may choose is the family's.
    application.claimable.clear();
    app.note_look(&who, &[child, parent], Action::SeePerson).await?;
    let private = app.people().application(id).await?.map(|found| found.record);
    Ok(Json(PersonalApplication {
        application,
        child: person(&app, child).await?,
        parent: person(&app, parent).await?,
        address: private.as_ref().map(|one| one.address.clone()).unwrap_or_default(),
        grounds: private.as_ref().and_then(|one| one.grounds.clone()),
        note: private.and_then(|one| one.note),
        documents: documents(&app, child, &[u64::from(id.0)]).await?,
        originals_shown: clock::shown(&app, id).await?.map(Moment),
    }))
}
