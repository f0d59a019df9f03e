//! What was not done, in words: what happened, what is still safe, what to do.

use axum::http::StatusCode;
use kezek_node::SubmitError;
use kezek_rules::Refusal;

use crate::act::ActError;
use crate::ctx::Ctx;
use crate::error_page::{PageError, Problem, Told};

/// The HTTP status of a refusal: not there, in the way of the present state, or not to be understood.
pub fn status(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::NotFound => StatusCode::NOT_FOUND,
        Refusal::IinInvalid
        | Refusal::AgeOverLimit
        | Refusal::QueueNeedsConclusion
        | Refusal::WrongAge
        | Refusal::GroundRequired
        | Refusal::ReasonRequired
        | Refusal::TooManyRegistrations => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    }
}

/// What happened, in the visitor's language.
pub fn happened(ctx: &Ctx, refusal: Refusal) -> String {
    ctx.t(&id(refusal, "happened"))
}

/// What to do about it.
pub fn what_to_do(ctx: &Ctx, refusal: Refusal) -> String {
    ctx.t(&id(refusal, "do"))
}

fn id(refusal: Refusal, part: &str) -> String {
    format!("refusal-{}-{part}", refusal.code().replace('_', "-"))
}

/// The sentence that names the law, where one stands behind the refusal.
pub fn law(ctx: &Ctx, refusal: Refusal) -> Option<String> {
    let clause = refusal.clause()?;
    Some(match clause.strip_prefix("254/") {
        Some(number) => ctx.t_with("refusal-clause", &[("clause", number.into())]),
        None => ctx.t_with("refusal-reading", &[("clause", clause.into())]),
    })
}

impl ActError {
    /// The page that tells of it. `evidence` goes into a complaint.
    pub fn page(&self, ctx: &Ctx, evidence: &str) -> PageError {
        match self {
            Self::Refused(refusal) => {
                let told = Told {
                    title: ctx.t("refusal-title"),
                    happened: happened(ctx, *refusal),
                    safe: ctx.t("refusal-safe"),
                    what_to_do: what_to_do(ctx, *refusal),
                    notes: notes(ctx, *refusal, evidence),
                };
                PageError::told(Problem::of_status(status(*refusal)), told)
            }
            Self::Node(SubmitError::Busy { retry_after_s } | SubmitError::Unavailable { retry_after_s }) => {
                PageError::from(Problem::Unavailable).retry_after(*retry_after_s)
            }
            Self::Node(SubmitError::Undecided { retry_after_s }) => {
                PageError::because(Problem::Unavailable, ctx.t("act-undecided")).retry_after(*retry_after_s)
            }
            Self::Node(SubmitError::Stopped) => PageError::from(Problem::Unavailable).retry_after(5),
            Self::Node(SubmitError::KeyReused) => {
                PageError::because(Problem::Unprocessable, ctx.t("act-key-reused"))
            }
            Self::Node(SubmitError::Unknown) => {
                PageError::because(Problem::Unavailable, ctx.t("act-unknown"))
            }
            Self::People => PageError::from(Problem::Unavailable).retry_after(5),
            Self::Node(_) => Problem::Internal.into(),
            Self::NoKey => Problem::BadRequest.into(),
            Self::Stale => Problem::Conflict.into(),
            Self::Invalid { code, .. } => PageError::because(Problem::Unprocessable, ctx.t(code)),
        }
    }
}

fn notes(ctx: &Ctx, refusal: Refusal, evidence: &str) -> Vec<String> {
    let evidence = format!("{} {evidence}", refusal.code());
    let complain = ctx.t_with("refusal-complain", &[("evidence", evidence.into())]);
    law(ctx, refusal).into_iter().chain([complain]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::texts::MISSING;

    #[test]
    fn every_refusal_is_told_in_every_language() {
        for language in Language::ALL {
            let ctx = Ctx::sample(language, "/");
            for refusal in Refusal::ALL {
                let page = ActError::Refused(refusal).page(&ctx, "7");
                let told = page.told.unwrap();
                for text in [told.happened, told.safe, told.what_to_do, told.notes.concat()] {
                    assert!(!text.contains(MISSING) && text.len() > 15, "{refusal} {language:?}: {text}");
                }
            }
        }
    }
}
