//! The answer to a change. It is made from the facts alone, so the same key gets the same answer at any time.

use axum::Json;
use kezek_node::{Accepted, PrivateChanges};
use kezek_rules::{Event, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::act::{ActError, Once};
use crate::api::problem::ApiError;
use crate::api::values::Moment;
use crate::app::AppState;
use crate::who::Who;
use crate::words;
use kezek_rules::Command;

/// What was done; durable when it is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Done {
    /// When it was judged.
    pub at: Moment,
    /// The number of its first fact in the journal; the others follow without gaps.
    pub first_fact: u64,
    /// Its facts by their kinds, in order.
    pub facts: Vec<String>,
    /// The number of the application it registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<u64>,
    /// The group it opened or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<u32>,
    /// The vacancy it published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vacancy: Option<u32>,
    /// The referrals it issued.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub referrals: Vec<Issued>,
}

/// A referral that was issued.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Issued {
    /// Its number.
    pub referral: u32,
    /// For which application.
    pub application: u64,
    /// To which vacancy.
    pub vacancy: u32,
    /// Valid until then, exclusive; none until a place booked early is free.
    pub until: Option<Moment>,
}

impl From<Accepted> for Done {
    fn from(accepted: Accepted) -> Self {
        let mut done = Self {
            at: Moment(accepted.at),
            first_fact: accepted.first_seq,
            facts: accepted.facts.iter().map(|fact| words::code(&fact.event)).collect(),
            application: None,
            group: None,
            vacancy: None,
            referrals: Vec::new(),
        };
        for fact in accepted.facts {
            match fact.event {
                Event::Registered { application, .. } => done.application = Some(application.number()),
                Event::GroupSet { group, .. } => done.group = Some(group.0),
                Event::Published { vacancy, .. } => done.vacancy = Some(vacancy.0),
                Event::ReferralIssued { referral, application, vacancy, terms, .. } => {
                    done.referrals.push(Issued {
                        referral: referral.0,
                        application: application.number(),
                        vacancy: vacancy.0,
                        until: terms.map(|terms| Moment(terms.until)),
                    });
                }
                _ => {}
            }
        }
        done
    }
}

/// An answer.
pub type Answer<T> = Result<Json<T>, ApiError>;

/// Hands a command to the node and tells what was done.
pub async fn act(app: &AppState, who: &Who, once: &Once, command: Command) -> Answer<Done> {
    let accepted = app.act(who, once, command).await?;
    Ok(Json(accepted.into()))
}

/// As [`act`], with private rows that become durable with it.
pub async fn act_with(
    app: &AppState,
    who: &Who,
    once: &Once,
    command: Command,
    private: PrivateChanges,
) -> Answer<Done> {
    let accepted = app.act_with(who, once, command, private).await?;
    Ok(Json(accepted.into()))
}

/// Asks the state; the question may find that something is not there.
pub fn ask<T>(
    app: &AppState,
    ask: impl FnOnce(&State) -> Result<T, crate::error_page::Problem>,
) -> Result<T, ApiError> {
    Ok(app.read(ask)?)
}

/// The header that names the version of an application that the caller has seen.
pub const SEEN_HEADER: axum::http::HeaderName = axum::http::header::IF_MATCH;

/// Refuses a change that was thought out for a state which has passed.
pub async fn check_seen(
    app: &AppState,
    who: &Who,
    once: &Once,
    headers: &axum::http::HeaderMap,
    application: kezek_rules::ids::ApplicationId,
) -> Result<(), ActError> {
    let seen = headers.get(SEEN_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let seen = seen.trim().trim_matches('"');
    let seen = if seen == "*" { "" } else { seen };
    app.check_fresh(who, once, application, seen).await
}
