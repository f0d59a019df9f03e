//! An application that is not to stand in the queue any more, and one that may stand again (R3.9, section 4).

use axum::extract::{Path, State};
use axum::response::Response;
use kezek_node::PrivateChanges;
use kezek_rules::Command;
use kezek_rules::command::CloseReason;
use kezek_rules::event::StopReason;
use kezek_rules::ids::ApplicationId;
use kezek_rules::state::Status;

use super::draft::Act;
use super::papers::page_of;
use crate::app::AppState;
use crate::ctx::Ctx;
use crate::error_page::{PageError, Problem};
use crate::own;
use crate::posted::Posted;
use crate::who::Who;

/// What the desk finds out about a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// It moved to another settlement.
    Moved,
    /// The child stands twice.
    Duplicate,
    /// The child goes to another kindergarten with a state order.
    FoundEnrolled,
    /// The child that was found there has left it.
    LeftThere,
}

impl Closing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Moved, Self::Duplicate, Self::FoundEnrolled, Self::LeftThere];

    /// The name in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Duplicate => "duplicate",
            Self::FoundEnrolled => "found-enrolled",
            Self::LeftThere => "left-there",
        }
    }

    /// What it is called.
    pub fn title(self, ctx: &Ctx) -> String {
        match self {
            Self::Moved => ctx.t("desk-close-moved"),
            Self::Duplicate => ctx.t("desk-close-duplicate"),
            Self::FoundEnrolled => ctx.t("desk-found-enrolled"),
            Self::LeftThere => ctx.t("desk-left-there"),
        }
    }

    /// The command; none where it does not fit.
    pub fn command(self, state: &kezek_rules::State, id: ApplicationId) -> Option<Command> {
        let one = state.application(id)?;
        Some(match self {
            Self::Moved => Command::Close(id, CloseReason::Moved),
            Self::Duplicate => Command::Close(id, CloseReason::Duplicate),
            Self::FoundEnrolled => Command::FoundEnrolled(id),
            Self::LeftThere => match &one.status {
                // The desk clears what it found; a child of this system's kindergartens leaves at theirs.
                Status::StopListed(listing) if listing.reason == StopReason::AlreadyEnrolled => {
                    let goes_here =
                        state.child(one.child).is_some_and(|child| child.organisation().is_some());
                    (!goes_here).then_some(Command::Leave(one.child))?
                }
                _ => return None,
            },
        })
    }
}

/// `GET /{language}/desk/applications/{number}/close/{reason}`
pub async fn ask(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number, reason)): Path<(String, u64, String)>,
) -> Result<Response, PageError> {
    Ok(act(&app, &ctx, &who, number, &reason)?.show(&ctx, &app))
}

/// `POST /{language}/desk/applications/{number}/close/{reason}`
pub async fn submit(
    State(app): State<AppState>,
    ctx: Ctx,
    who: Who,
    Path((_, number, reason)): Path<(String, u64, String)>,
    posted: Posted,
) -> Result<Response, PageError> {
    act(&app, &ctx, &who, number, &reason)?.submit(&app, &ctx, &who, &posted).await
}

fn act(app: &AppState, ctx: &Ctx, who: &Who, number: u64, reason: &str) -> Result<Act, Problem> {
    let closing = Closing::ALL.into_iter().find(|one| one.code() == reason).ok_or(Problem::NotFound)?;
    let (id, command) = app.read(|state| {
        let (id, _) = own::desk_application(state, who, number)?;
        let command = closing.command(state, id).ok_or(Problem::Conflict)?;
        Ok::<_, Problem>((id, command))
    })?;
    Ok(Act {
        title: format!("{}: № {number}", closing.title(ctx)),
        lead: vec![ctx.t("desk-close-lead")],
        command,
        path: format!("{}/close/{reason}", page_of(id)),
        back: page_of(id),
        button: ctx.t("desk-close-button"),
        done: "desk-closed",
        private: PrivateChanges::none(),
    })
}
